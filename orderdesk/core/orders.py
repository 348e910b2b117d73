"""An order's states: everything that decides how a state may change lives here.

Words are FIX's where FIX has them (NEW, PARTIALLY_FILLED, FILLED, CANCELED,
REJECTED); MEXC adds PARTIALLY_CANCELED; the rest are the desk's own.
"""

from enum import StrEnum


class Side(StrEnum):
    """Which way; MEXC spot v3 `side`."""

    BUY = "BUY"
    SELL = "SELL"


class OrderType(StrEnum):
    """How it trades; the five types MEXC spot v3 accepts (docs of Jan 2026).

    IOC and FOK are types there, not a timeInForce; stop types are not accepted.
    """

    MARKET = "MARKET"
    LIMIT = "LIMIT"
    LIMIT_MAKER = "LIMIT_MAKER"
    IMMEDIATE_OR_CANCEL = "IMMEDIATE_OR_CANCEL"
    FILL_OR_KILL = "FILL_OR_KILL"

    @property
    def ends_at_once(self) -> bool:
        """True for orders that never rest: their result waits for the fills."""
        return self in _ENDING_AT_ONCE

    @property
    def priced(self) -> bool:
        """True for orders that need a price."""
        return self is not OrderType.MARKET


_ENDING_AT_ONCE = frozenset(
    {OrderType.MARKET, OrderType.IMMEDIATE_OR_CANCEL, OrderType.FILL_OR_KILL}
)


class OrderStatus(StrEnum):
    """Where an intent stands."""

    RECEIVED = "RECEIVED"
    """Known to us, and provably not on the exchange; no attempt is open."""
    SENDING = "SENDING"
    """An attempt is written down; its bytes may be on the wire."""
    UNKNOWN = "UNKNOWN"
    """It may be on the exchange; only evidence ends this."""
    QUARANTINED = "QUARANTINED"
    """The evidence contradicts itself; a person answers."""
    NEW = "NEW"
    """On the exchange, nothing filled that we know of."""
    PARTIALLY_FILLED = "PARTIALLY_FILLED"
    FILLED = "FILLED"
    CANCELED = "CANCELED"
    """Ended without (further) fills, on the exchange or unsent."""
    PARTIALLY_CANCELED = "PARTIALLY_CANCELED"
    """MEXC's own: ended with fills, the rest was cancelled (a market order's residue too)."""
    REJECTED = "REJECTED"
    """The exchange said no."""
    DENIED = "DENIED"
    """The desk said no: risk, kill switch, market rules."""
    EXPIRED_UNSENT = "EXPIRED_UNSENT"
    """Too old, or out of attempts, and provably never placed."""


S = OrderStatus

ON_EXCHANGE = frozenset({S.NEW, S.PARTIALLY_FILLED})
"""Resting there now, as far as we know."""

ENDED = frozenset(
    {
        S.FILLED,
        S.CANCELED,
        S.PARTIALLY_CANCELED,
        S.REJECTED,
        S.DENIED,
        S.EXPIRED_UNSENT,
    }
)
"""Nothing more is expected; late evidence is let in all the same, with an alarm."""

IN_DOUBT = frozenset({S.SENDING, S.UNKNOWN, S.QUARANTINED})
"""May be on the exchange; counts as exposure."""

_FOUND = ON_EXCHANGE | {S.FILLED, S.CANCELED, S.PARTIALLY_CANCELED}

NEXT: dict[OrderStatus, frozenset[OrderStatus]] = {
    S.RECEIVED: frozenset({S.SENDING, S.DENIED, S.CANCELED, S.EXPIRED_UNSENT})
    # In doubt we look before the first attempt, and may find it already there.
    | _FOUND
    | {S.QUARANTINED}
    # Its producer was told so before the ledger was restored.
    | {S.REJECTED},
    S.SENDING: frozenset({S.REJECTED, S.UNKNOWN})
    | _FOUND
    # A no to this attempt only (clock, rate, provably unsent): another attempt may follow,
    # or a cancel or the deadline came first.
    | {S.RECEIVED, S.CANCELED, S.EXPIRED_UNSENT},
    S.UNKNOWN: frozenset({S.RECEIVED, S.EXPIRED_UNSENT, S.QUARANTINED, S.REJECTED}) | _FOUND,
    # A person answers: placed (any found state) or not placed.
    S.QUARANTINED: frozenset(OrderStatus) - {S.QUARANTINED},
    S.NEW: frozenset({S.PARTIALLY_FILLED, S.FILLED, S.CANCELED, S.PARTIALLY_CANCELED}),
    S.PARTIALLY_FILLED: frozenset({S.FILLED, S.CANCELED, S.PARTIALLY_CANCELED}),
    S.FILLED: frozenset(),
    S.CANCELED: frozenset(),
    S.PARTIALLY_CANCELED: frozenset(),
    S.REJECTED: frozenset(),
    # A replay by a person re-enters the same intent, under the same client order id.
    S.DENIED: frozenset({S.RECEIVED}),
    S.EXPIRED_UNSENT: frozenset({S.RECEIVED}),
}
"""The expected moves. What is not in here is late evidence: let in only from the exchange."""


class Move(StrEnum):
    """What the table says of a change of state."""

    SAME = "SAME"
    EXPECTED = "EXPECTED"
    LATE = "LATE"
    """True on the exchange although we had ended it: booked, and alarmed."""
    STALE = "STALE"
    """Older than what we know already: recorded, and nothing moves."""


def judge_move(now: OrderStatus, then: OrderStatus) -> Move:
    """Say what a change from `now` to `then` is, when the exchange is the one that says it."""
    if now is then:
        return Move.SAME
    if then in NEXT[now]:
        return Move.EXPECTED
    if then not in _FOUND:
        return Move.STALE
    # An order that was open in an older answer has not come back to life.
    if now in (S.FILLED, S.PARTIALLY_CANCELED) or (
        now in (S.CANCELED, S.PARTIALLY_FILLED) and then in ON_EXCHANGE
    ):
        return Move.STALE
    return Move.LATE
