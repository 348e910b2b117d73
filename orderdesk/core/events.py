"""What happened, in one frozen record and one table of names; sinks listen, core tells nobody.

The first five names are the user's (seed S3 L157); the rest are the desk's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class EventKind(StrEnum):
    """Everything the desk tells."""

    ORDER_NEW = "ORDER_NEW"
    """The exchange has acknowledged the order."""
    ORDER_FILLED = "ORDER_FILLED"
    ORDER_BLOCKED = "ORDER_BLOCKED"
    """A no of the desk: risk, kill switch, market rules."""
    ORDER_ERROR = "ORDER_ERROR"
    """A no of the exchange, or work that broke."""
    RISK_SLTP = "RISK_SLTP"
    ORDER_SENDING = "ORDER_SENDING"
    """An attempt is written down."""
    ORDER_PARTIALLY_FILLED = "ORDER_PARTIALLY_FILLED"
    ORDER_CANCELED = "ORDER_CANCELED"
    ORDER_UNKNOWN = "ORDER_UNKNOWN"
    """It may be on the exchange; only evidence ends this."""
    ORDER_FOUND = "ORDER_FOUND"
    """An unknown order was found and adopted."""
    ORDER_ABSENT = "ORDER_ABSENT"
    """A whole round of questions did not show it."""
    ORDER_NOT_PLACED = "ORDER_NOT_PLACED"
    """Proven: this attempt never reached the book."""
    ORDER_UNSENT = "ORDER_UNSENT"
    """This attempt was refused or never left; another may follow."""
    ORDER_EXPIRED = "ORDER_EXPIRED"
    ORDER_QUARANTINED = "ORDER_QUARANTINED"
    QUARANTINE_EVIDENCE = "QUARANTINE_EVIDENCE"
    """The exchange shows something new of an order that stands before a person: an alarm."""
    CANCEL_REQUESTED = "CANCEL_REQUESTED"
    FILL_BOOKED = "FILL_BOOKED"
    LATE_EVIDENCE = "LATE_EVIDENCE"
    """True on the exchange although we had ended it: an alarm."""
    DUPLICATE_ORDER = "DUPLICATE_ORDER"
    """Two orders of the exchange under one client id: an alarm."""
    FOREIGN_ORDER = "FOREIGN_ORDER"
    ORPHAN_ORDER = "ORPHAN_ORDER"
    MISMATCH = "MISMATCH"
    DEAD_LETTER = "DEAD_LETTER"
    REPLAYED = "REPLAYED"
    KILL_ENGAGED = "KILL_ENGAGED"
    KILL_RELEASED = "KILL_RELEASED"
    KILL_VERIFIED = "KILL_VERIFIED"
    """Nothing is open on the exchange any more, and nothing can land."""
    BALANCE_MOVED = "BALANCE_MOVED"
    """A balance moved by what no order of ours explains: an alarm. Profit and loss did not."""
    DRIFT = "DRIFT"
    """The exchange holds less of an asset than our own fills bought: an alarm."""
    LIMIT_CHANGED = "LIMIT_CHANGED"
    VENUE_PAUSED = "VENUE_PAUSED"
    PREFLIGHT_PASSED = "PREFLIGHT_PASSED"
    PREFLIGHT_FAILED = "PREFLIGHT_FAILED"
    """A check before the first order said no: nothing is placed until it says otherwise."""
    DOUBT = "DOUBT"
    """We may have forgotten orders: look before sending."""
    ANSWERED_BY_PERSON = "ANSWERED_BY_PERSON"
    UNKNOWN_TOO_LONG = "UNKNOWN_TOO_LONG"
    """The venue has been silent about an unknown order for a minute: an alarm."""


ALARMS = frozenset(
    {
        EventKind.ORDER_QUARANTINED,
        EventKind.QUARANTINE_EVIDENCE,
        EventKind.LATE_EVIDENCE,
        EventKind.DUPLICATE_ORDER,
        EventKind.ORPHAN_ORDER,
        EventKind.MISMATCH,
        EventKind.DEAD_LETTER,
        EventKind.KILL_ENGAGED,
        EventKind.DRIFT,
        EventKind.VENUE_PAUSED,
        EventKind.PREFLIGHT_FAILED,
        EventKind.DOUBT,
        EventKind.BALANCE_MOVED,
        EventKind.UNKNOWN_TOO_LONG,
    }
)
"""A person should see these soon."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. `data` is JSON: text, whole numbers, lists, maps; no secrets."""

    kind: EventKind
    at_ms: int
    """Unix ms by the desk's best knowledge of exchange time."""
    account: str = ""
    order: str = ""
    """The idempotency key, where there is one."""
    trace_id: str = ""
    data: Mapping[str, object] = field(default_factory=dict)
    id: int = field(default=0, compare=False)
    """Its number in the ledger, which tells a repeat; 0 until it is written down."""
