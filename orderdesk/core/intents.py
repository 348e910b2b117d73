"""What the ledger knows of one intent, its attempts and its story: frozen records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from orderdesk.core.answers import Fill
from orderdesk.core.events import Event
from orderdesk.core.fence import Window
from orderdesk.core.markets import Size
from orderdesk.core.money import ZERO
from orderdesk.core.orders import ENDED, OrderStatus
from orderdesk.core.protective import Candle, Stops


@dataclass(frozen=True, slots=True)
class Draft:
    """An order ready to be opened: who asked for what, and what exactly would be sent."""

    account: str
    idempotency_key: str
    client_order_id: str
    parameter_hash: str
    task_id: str
    symbol: str
    size: Size
    deadline_ms: int
    received_ms: int
    trace_id: str
    command: Mapping[str, object]
    """The command as it crossed the queue, for the sweep to publish again."""
    notional: Decimal | None = None
    """What the desk reserves for it, in quote: what it may cost at worst."""
    throttled_ms: int | None = None
    base: str = ""
    quote: str = ""
    value: Decimal | None = None
    """What it is worth at its own price, or at the market's."""
    market_price: Decimal | None = None
    priced_ms: int = 0
    """When the market's price was the last one, by this host's monotonic clock."""
    candles: Sequence[Candle] = ()
    stops: Stops | None = None
    """Where the policy puts its protective prices, if candles were given."""


@dataclass(frozen=True, slots=True)
class Intent:
    """One row of the ledger: an intent, as it stands now. Times are Unix ms of the exchange."""

    id: int
    account: str
    idempotency_key: str
    client_order_id: str
    parameter_hash: str
    task_id: str
    symbol: str
    size: Size
    status: OrderStatus
    deadline_ms: int
    received_ms: int
    trace_id: str
    command: Mapping[str, object]
    order_id: str | None = None
    executed_quantity: Decimal = ZERO
    executed_quote: Decimal = ZERO
    fills: int = 0
    filled_quantity: Decimal = ZERO
    """The sum of the fills we have booked; equals `executed_quantity` when all are here."""
    commissions: Mapping[str, Decimal] = field(default_factory=dict)
    attempts: int = 0
    reserved_notional: Decimal = ZERO
    reason: str | None = None
    code: str | None = None
    cancel_requested_ms: int | None = None
    next_wake_ms: int | None = None
    wakes: int = 0
    throttled_ms: int | None = None
    sent_ms: int | None = None
    acknowledged_ms: int | None = None
    filled_ms: int | None = None
    ended_ms: int | None = None

    @property
    def ended(self) -> bool:
        """True if nothing more is expected of it."""
        return self.status in ENDED

    @property
    def fills_complete(self) -> bool:
        """True if every executed unit has its fill booked."""
        return self.filled_quantity >= self.executed_quantity

    @property
    def answerable(self) -> bool:
        """True when the producer's result is due: acknowledged, complete, refused or quarantined.

        LIMIT orders are answered when acknowledged; orders that end at once when they
        have ended and their fills are here.
        """
        if self.status is OrderStatus.QUARANTINED:
            return True
        if self.size.type.ends_at_once:
            return self.ended and self.fills_complete
        return self.ended or self.status in (OrderStatus.NEW, OrderStatus.PARTIALLY_FILLED)


class AttemptState(StrEnum):
    """Where one attempt stands; only OPEN can still land unseen."""

    OPEN = "OPEN"
    ACCEPTED = "ACCEPTED"
    REFUSED = "REFUSED"
    UNSENT = "UNSENT"
    NOT_PLACED = "NOT_PLACED"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to place the intent, written down before its bytes."""

    id: int
    """Rises over the whole ledger; Redis remembers the highest."""
    intent_id: int
    number: int
    window: Window
    state: AttemptState
    request_hash: str
    answer: str | None = None
    closed_ms: int | None = None
    absences_ms: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Opened:
    """The attempt is written down: send it now, stamped with its `window.stamp_ms`."""

    intent: Intent
    attempt: Attempt


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """Work that could not be finished, with what a person needs to decide about it."""

    id: int
    at_ms: int
    task: str
    task_id: str
    arguments: Mapping[str, object]
    reason: str
    """The error's class, or what was wrong with the message."""
    message: str
    attempts: int
    trace: str
    order: str | None = None
    account: str | None = None
    state: str = "OPEN"
    """OPEN, REPLAYED or DISCARDED."""
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Switch:
    """A standing order to the desk, such as the kill switch."""

    name: str
    engaged: bool
    reason: str
    by: str
    at_ms: int
    verified_ms: int | None = None
    """When it was verified that nothing is open any more."""


LEDGER_RESTORED = "LEDGER_RESTORED"
LEDGER_MOVED = "LEDGER_MOVED"
FORGETFUL = frozenset({LEDGER_RESTORED, LEDGER_MOVED})
"""Reasons of a doubt by which the ledger itself may have lost attempts that it had written."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """We may have forgotten orders sent before `since_ms`; look before sending until `until_ms`."""

    since_ms: int
    until_ms: int
    reason: str
    """Why the last doubt began; an earlier one may stand beside it."""
    forgot_ms: int | None = None
    """The ledger itself may have lost attempts written before this time; None if it lost none."""

    def concerns(self, *, key_minted: bool, received_ms: int | None, now_ms: int) -> bool:
        """True if an order may be one that was sent and forgotten.

        Only a key that was made inside a `delay()` after the doubt began cannot be a repeat.
        """
        born_after = key_minted and received_ms is not None and received_ms > self.since_ms
        return now_ms < self.until_ms and not born_after


@dataclass(frozen=True, slots=True)
class Story:
    """Everything the ledger holds of one intent."""

    intent: Intent
    attempts: Sequence[Attempt]
    fills: Sequence[Fill]
    events: Sequence[Event]
