"""Every error the desk raises, in one tree; each class names its fate.

    DeskError                         fate
    ├── InvalidOrder                  BURY   ours: the command breaks a rule (also a ValueError)
    │   └── IntentConflict            BURY   same key, other order
    ├── SettingsError                 HALT   a setting is missing or wrong
    ├── QueueUnreachable              RETRY  nothing was queued; call again
    ├── OutcomeUnknown                ASK    it may be queued; repeat with the same key
    ├── Transient                     RETRY  theirs or the network's; nothing was ordered
    │   ├── ExchangeUnreachable       RETRY  a question got no answer
    │   ├── LedgerUnavailable         RETRY  the ledger is locked, gone or full
    │   ├── StoreUnavailable          RETRY  Redis is away; no request leaves without it
    │   └── ClockUncertain            RETRY  exchange time is not known well enough to stamp
    ├── NotInTime                     BURY   trouble lasted longer than the order was valid
    ├── NotYet                        LATER  come back at a given time; costs no retry
    ├── ExchangeRefused               BURY   a question was answered with a no (carries `.code`)
    │   └── ExchangeDenied            HALT   key, signature, permission, IP: stop the venue
    ├── UnknownOrder                  BURY   no intent under that name
    └── DeskHalted                    HALT   wrong ledger, second desk, venue halted

A refusal of an *order* is not in this tree: it is an `OrderReport`, a value.
Arguments are positional and JSON-able, and all go to `super().__init__`,
because Celery carries errors across the queue as (class, args).
"""

from enum import StrEnum


class Fate(StrEnum):
    """What happens next to work that raised."""

    RETRY = "RETRY"
    """Run again with exponential backoff; bury after the last retry."""
    LATER = "LATER"
    """Run again at a time the error names; no retry is spent."""
    ASK = "ASK"
    """The outcome is unknown: ask the exchange, never send again."""
    BURY = "BURY"
    """It will not get better: dead-letter it."""
    HALT = "HALT"
    """A person must look: bury it, alarm, and stop the sending."""


class DeskError(Exception):
    """The root; `message` says what broke and what to do."""

    fate: Fate = Fate.BURY
    retry_after_ms: int | None = None

    def __init__(self, message: str, *details: object) -> None:
        super().__init__(message, *details)
        self.message = message

    def __str__(self) -> str:
        return self.message


class InvalidOrder(DeskError, ValueError):
    """The command breaks a rule: `(message, field, value, rule)`."""

    def __init__(self, message: str, field: str = "", value: str = "", rule: str = "") -> None:
        super().__init__(message, field, value, rule)
        self.field, self.value, self.rule = field, value, rule


class IntentConflict(InvalidOrder):
    """The key already names an order with other parameters; nothing is merged."""


class SettingsError(DeskError):
    """A setting is missing or wrong: `(message, name, value, rule)`."""

    fate = Fate.HALT

    def __init__(self, message: str, name: str = "", value: str = "", rule: str = "") -> None:
        super().__init__(message, name, value, rule)
        self.name, self.value, self.rule = name, value, rule


class QueueUnreachable(DeskError):
    """Redis could not be reached at all: nothing was queued, calling again is safe."""

    fate = Fate.RETRY


class OutcomeUnknown(DeskError):
    """`delay()` broke after the command may have been taken: `(message, key, task_id)`.

    Repeat the call with `idempotency_key=error.key`; that can never double the order.
    """

    fate = Fate.ASK

    def __init__(self, message: str, key: str = "", task_id: str = "") -> None:
        super().__init__(message, key, task_id)
        self.key, self.task_id = key, task_id


class Transient(DeskError):
    """Trouble that may pass: `(message, retry_after_ms)`."""

    fate = Fate.RETRY

    def __init__(self, message: str, retry_after_ms: int | None = None) -> None:
        super().__init__(message, retry_after_ms)
        self.retry_after_ms = retry_after_ms


class ExchangeUnreachable(Transient):
    """A question to the exchange got no usable answer; asking again is safe."""


class LedgerUnavailable(Transient):
    """The ledger is locked, gone or full; what it had acknowledged is kept."""


class StoreUnavailable(Transient):
    """Redis is away; the throttle fails closed, so no request leaves."""


class ClockUncertain(Transient):
    """Exchange time is not known within a quarter of the window; nothing can be stamped."""


class NotInTime(DeskError):
    """Trouble lasted longer than the order was valid; it was provably never placed."""


class NotYet(DeskError):
    """The work is in order but early: `(message, retry_after_ms)`."""

    fate = Fate.LATER

    def __init__(self, message: str, retry_after_ms: int) -> None:
        super().__init__(message, retry_after_ms)
        self.retry_after_ms = retry_after_ms


class ExchangeRefused(DeskError):
    """The exchange answered a question with a no: `(message, code)`."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message, code)
        self.code = code


class ExchangeDenied(ExchangeRefused):
    """Key, signature, permission or IP refused; every further request would be too."""

    fate = Fate.HALT


class UnknownOrder(DeskError):
    """No intent is known under that name: `(message, name)`."""

    def __init__(self, message: str, name: str = "") -> None:
        super().__init__(message, name)
        self.name = name


class DeskHalted(DeskError):
    """The desk must not run or send as things stand; a person must look."""

    fate = Fate.HALT
