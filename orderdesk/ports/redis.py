"""Clock, intake, queue and memory: what the desk keeps in Redis and may lose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from orderdesk.core.clock_offset import ClockOffset
from orderdesk.core.durability import Durability
from orderdesk.core.events import Event
from orderdesk.core.markets import Market


class Time(Protocol):
    """The exchange's time, as far as this host knows it."""

    def now_ms(self) -> int:
        """Return the best estimate, for deadlines and records."""

    def measure(self) -> ClockOffset:
        """Ask the exchange now, several times; share the best. Raises `ExchangeUnreachable`."""

    def prepare(self, window_ms: int) -> None:
        """Measure if the offset is too old or too vague to stamp for a window.

        Raises `ClockUncertain` if it stays so.
        """

    def stamp_ms(self, window_ms: int) -> int:
        """Return the timestamp to sign; asks nobody. Raises `ClockUncertain`."""

    def monotonic_at(self, exchange_ms: int) -> int:
        """Return the moment of this host's monotonic clock at an exchange time."""


class Clock(Protocol):
    """This host's clock, and what it knows of the exchange's."""

    def monotonic_ms(self) -> int:
        """Return the host's monotonic clock, the same for every process of this boot."""

    def sleep_ms(self, duration_ms: int) -> None:
        """Wait."""

    def unix_ms(self) -> int:
        """Return the host's wall clock: for records only, never for a stamp."""

    def offset(self) -> ClockOffset | None:
        """Return the youngest offset any process of this host has measured."""

    def remember(self, offset: ClockOffset) -> None:
        """Share an offset with every process of this host."""


@dataclass(frozen=True, slots=True)
class IntakeEntry:
    """One command as the intake stream keeps it."""

    entry_id: str
    task: str
    task_id: str
    fields: Mapping[str, Any]

    @property
    def taken_ms(self) -> int:
        """When Redis took it, by its clock."""
        return int(self.entry_id.split("-")[0])


class Intake(Protocol):
    """Accepted means kept: the stream of commands (append-only file, fsync always)."""

    def append(self, task: str, task_id: str, fields: Mapping[str, Any]) -> str:
        """Keep a command; return its entry id.

        Raises `QueueUnreachable` if nothing can have been kept, `OutcomeUnknown` otherwise.
        """

    def entries(self, after: str, limit: int) -> Sequence[IntakeEntry]:
        """Return entries after an id, oldest first."""

    def now_ms(self) -> int:
        """Return Redis' clock."""

    def trim(self, before: str) -> int:
        """Drop entries older than an id; return how many."""

    def cursor(self) -> str:
        """Return the id up to which every entry is known to the ledger."""

    def move_cursor(self, entry_id: str) -> None:
        """Remember that everything up to this id has its row."""

    def wake_due(self, entry_ids: Sequence[str], now_ms: int) -> set[str]:
        """Return which entries may be woken now, and schedule their next wake (5 s doubling)."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a producer was told of its call: a report's words, or the error that it got."""

    status: str = ""
    order_id: str | None = None
    reason: str = ""
    code: str | None = None
    error: str = ""
    """The class of the error; empty if it was told a report."""


class Queue(Protocol):
    """The broker, as far as the desk itself publishes and looks."""

    def publish(
        self,
        task: str,
        fields: Mapping[str, Any],
        *,
        task_id: str | None = None,
        delay_ms: int = 0,
        queue: str | None = None,
    ) -> None:
        """Wake a task up, on its own queue or another; raises `StoreUnavailable`."""

    def head_ms(self, task: str) -> int | None:
        """Return the intake time (ms, Redis) of the oldest message waiting in the task's queue."""

    def waiting(self) -> Mapping[str, int]:
        """Return how many messages wait in each queue; none that a worker has in its hands."""

    def missing_results(self, task_ids: Sequence[str]) -> set[str]:
        """Return the task ids without a stored result."""

    def told(self, task_id: str) -> Told | None:
        """Return what is stored for an order's producer, None if nothing is."""

    def forget_told(self, task_id: str) -> None:
        """Take a stored result back: a person has begun its work anew."""


class Memory(Protocol):
    """What Redis remembers of the ledger, to notice when either of them forgot."""

    def claim(self, ledger_id: str) -> str:
        """Set the ledger's id if absent; return the id that stands."""

    def owner(self) -> str | None:
        """Return the id of the ledger that has claimed this Redis, without claiming it."""

    def durability(self) -> Durability:
        """Ask whether this Redis keeps what it acknowledges, and throws nothing away."""

    def keep(self, name: str, text: str, for_ms: int) -> None:
        """Keep a text for every process of the desk; what it held under that name is replaced."""

    def kept(self, name: str) -> str | None:
        """Return a text that is still kept."""

    def highest_attempt(self) -> int:
        """Return the highest attempt counter seen."""

    def note_attempt(self, attempt_id: int) -> None:
        """Remember an attempt before its bytes leave; never lowers."""

    def accept_counter(self, counter: int) -> None:
        """Take the ledger's counter for true, even if it is lower, once a doubt is written."""

    def epoch(self) -> str | None:
        """Return the epoch key, which is missing from a Redis that came back empty."""

    def begin_epoch(self) -> str:
        """Set the epoch key; return it."""

    def results_checked_ms(self) -> int:
        """Return until when (exchange time) all answers were found stored; 0 if that is unknown."""

    def note_results_checked(self, until_ms: int) -> None:
        """Remember it; a lower one than is known only makes for a second look."""

    def note_ms(self, name: str, at_ms: int, *, keep_ms: int, first: bool = False) -> int:
        """Remember a moment under a name for so long; return the one that stands.

        With `first` an earlier note stays as it is.
        """

    def noted_ms(self, name: str) -> int | None:
        """Return the moment noted under a name, if it is still remembered."""

    def once(self, name: str, for_ms: int) -> bool:
        """True for the first caller within `for_ms`: single flight for upkeep."""

    def release(self, name: str) -> None:
        """Give a `once` back early."""


class Outbox(Protocol):
    """How far the ledger's events have reached the event stream. Raises `StoreUnavailable`."""

    def cursor(self) -> int | None:
        """Return the event up to which every one is in the stream; None if that is unknown."""

    def highest(self) -> int:
        """Return the highest event that is known to be in the stream, 0 if none is."""

    def begin_after(self, event_id: int, *, anew: bool = False) -> None:
        """Set the cursor where there is none; `anew` forgets what was in the stream before."""

    def missing(self, event_ids: Sequence[int]) -> set[int]:
        """Return which events behind the cursor are not in the stream."""

    def deliver(self, event: Event, *, aloud: bool) -> None:
        """Put an event into the stream, once, however often called; `aloud` also tell it on the
        channel to whoever listens now.
        """

    def settle(self, event_id: int) -> None:
        """Move the cursor, and let go of what nobody needs any more."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A last price (quote per base) and how old it is at most."""

    price: Decimal
    age_ms: int


class Markets(Protocol):
    """Market rules and prices, cached; fetched through the exchange when stale."""

    def market(self, symbol: str) -> Market | None:
        """Return a symbol's rules, or None if the venue has no such symbol."""

    def symbols(self) -> Sequence[str]:
        """Return every symbol that the venue lists, in order."""

    def last_price(self, symbol: str) -> Decimal | None:
        """Return the last price (Decimal) if it is fresh or can be had, else None."""

    def remembered_price(self, symbol: str) -> Quote | None:
        """Return the last price if one at most a minute old is at hand; never asks the venue."""

    def disable(self, symbol: str, reason: str) -> None:
        """Remember that the venue refused the symbol for this key."""
