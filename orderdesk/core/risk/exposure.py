"""What is at risk, counted: one row of counters a symbol, and one for the account as a whole.

The counters move with every change of an intent and with every fill, in the transaction that
changes it; so nobody ever has to add up the ledger. How rows are kept is the ledger's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from orderdesk.core.intents import Intent
from orderdesk.core.money import ZERO, minus, plus
from orderdesk.core.orders import IN_DOUBT, ON_EXCHANGE, Side
from orderdesk.core.portfolio import Position
from orderdesk.core.risk.tally import Tally

DAY_MS = 86_400_000

DUST = Decimal(1)
"""A position that cost less than this in quote is no open position: it cannot be sold.

Source: MEXC's smallest order is 1 USDT (exchangeInfo, `quoteAmountPrecision`, Jan 2026).
"""


@dataclass(frozen=True, slots=True)
class Reservation:
    """What one intent may still cost, beyond what its booked fills have already cost."""

    buying: Decimal = ZERO
    selling: Decimal = ZERO
    orders: int = 0


def reservation_of(intent: Intent) -> Reservation:
    """Return what an intent holds back: in doubt and resting alike, until evidence ends it.

    The part that is filled is not held back any more once its fills are all booked, because
    from then on it is in the position; until then it counts twice rather than not at all.
    """
    left = intent.reserved_notional
    if intent.fills_complete:
        left = max(ZERO, minus(left, intent.executed_quote))
    orders = int(intent.status in IN_DOUBT | ON_EXCHANGE)
    if intent.size.side is Side.BUY:
        return Reservation(buying=left, orders=orders)
    return Reservation(selling=left, orders=orders)


@dataclass(frozen=True, slots=True)
class Counters:
    """One row: a symbol's, or (symbol empty) the whole account's, which sums the others up."""

    account: str
    symbol: str = ""
    base: str = ""
    quote: str = ""
    reserved_buy: Decimal = ZERO
    """Held back for orders that may still buy, in quote."""
    reserved_sell: Decimal = ZERO
    open_orders: int = 0
    """Resting on the exchange or in doubt."""
    position: Position = field(default_factory=Position)
    """By our fills; of the account only the `cost` is a sum that means something."""
    engaged: int = 0
    """Symbols with a position or an open buy; of a symbol 1 or 0."""
    mark: Decimal | None = None
    """The last price this symbol's position was valued at."""
    unrealised: Decimal = ZERO
    marked_ms: int | None = None
    """When all positions were last valued; of a symbol, when this one was."""
    day: int = 0
    """The UTC day that `day_…` are of, in days since 1970."""
    day_realised: Decimal = ZERO
    day_base: Decimal = ZERO
    """What was unrealised when the day began: today's loss begins there."""
    last_order_ms: int | None = None
    orders: Tally = field(default_factory=dict)
    """Intents that were opened, within a minute."""
    answers: Tally = field(default_factory=dict)
    """Attempts that were answered or given up, within five minutes."""
    errors: Tally = field(default_factory=dict)
    """Those of them that broke."""
    failures: int = 0
    """Attempts in a row to which the venue gave no answer."""
    drifts: int = 0
    """Syncs in a row that found less than our fills say."""
    limits: Mapping[str, str] = field(default_factory=dict)
    """Limits that were set at run time."""

    @property
    def exposure(self) -> Decimal:
        """What is held, at what it cost, and what may still be bought."""
        return plus(self.position.cost, self.reserved_buy)

    @property
    def day_result(self) -> Decimal:
        """Today's profit (below 0: loss), realised and unrealised."""
        return minus(plus(self.day_realised, self.unrealised), self.day_base)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the ledger knows when an order asks to be let through."""

    account: Counters
    symbol: Counters
    attempts: int = 0
    """How many attempts this very intent has had."""


def rolled(counters: Counters, now_ms: int) -> Counters:
    """Return an account's counters on the UTC day of a time; a day never goes back."""
    day = now_ms // DAY_MS
    if day <= counters.day:
        return counters
    return replace(counters, day=day, day_realised=ZERO, day_base=counters.unrealised)
