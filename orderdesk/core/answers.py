"""What the exchange can say to an attempt: yes, no, or nothing we can rely on.

Three families, decided in one table per venue (`exchanges/<venue>/error_codes.py`):
`Accepted` is the yes, `Refused` and `Unsent` are the noes, `Unclear` is "don't know".
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from orderdesk.core.orders import OrderStatus, OrderType, Side


class Why(StrEnum):
    """The kind of a no."""

    REJECT = "REJECT"
    """The order itself is refused; the same order would be refused again."""
    AUTH = "AUTH"
    """Key, signature, permission or IP; every request would be refused."""
    BUG = "BUG"
    """We wrote a malformed request."""
    CLOCK = "CLOCK"
    """The stamp was outside the window: a no to this attempt only."""
    RATE = "RATE"
    """The venue's own JSON rate-limit answer: a no to this attempt only."""
    WIRE = "WIRE"
    """Provably not sent: a no to this attempt only."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A 2xx with an order id: the order is on the exchange. It says nothing of fills."""

    order_id: str
    transact_time_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A code known to be issued before matching."""

    why: Why
    code: str
    message: str
    retry_after_ms: int | None = None
    symbol_off: bool = False
    """True if the venue says that this key may not trade the symbol at all."""
    unfunded: bool = False
    """True if all that is wrong is that the account holds too little."""

    @property
    def this_attempt_only(self) -> bool:
        """True if another attempt with the same id may follow."""
        return self.why in (Why.CLOCK, Why.RATE)


@dataclass(frozen=True, slots=True)
class Unsent:
    """Provably nothing left this host, so a no to this attempt."""

    reason: str
    unreachable: bool = False
    """True if the venue took no connection; else it was our own doing."""


@dataclass(frozen=True, slots=True)
class Unclear:
    """It may have landed: only evidence can tell. `pause_ms` is set for 429, 418, 403."""

    reason: str
    pause_ms: int | None = None
    ours: bool = False
    """True if nobody of ours was there to hear the answer: that says nothing of the venue."""


Answer = Accepted | Refused | Unsent | Unclear


def venue_failed(answer: Answer) -> bool:
    """Tell whether the venue gave no answer at all; a refusal is one, and so is "slow down"."""
    if isinstance(answer, Unsent):
        return answer.unreachable
    return isinstance(answer, Unclear) and answer.pause_ms is None and not answer.ours


def broke(answer: Answer) -> bool:
    """Tell whether an attempt came to neither a yes nor a no on the order's own merits."""
    if isinstance(answer, Refused):
        return answer.why is not Why.REJECT
    return venue_failed(answer) or (isinstance(answer, Unclear) and not answer.ours)


def tells_of_venue(answer: Answer) -> bool:
    """Tell whether an answer says anything of the venue, and not only of ourselves."""
    return venue_failed(answer) or isinstance(answer, Accepted | Refused) or broke(answer)


@dataclass(frozen=True, slots=True)
class ExchangeOrder:
    """An order as the exchange shows it when asked.

    Amounts: `quantity` and `executed_quantity` in base, `executed_quote` in quote.
    On a market order the exchange reports a protective `price` and an inflated
    `quantity`; average = executed_quote / executed_quantity, never `price`.
    """

    symbol: str
    order_id: str
    client_order_id: str | None
    side: Side
    type: OrderType | None
    """None for types that can be queried but not placed (app stop orders)."""
    status: OrderStatus
    quantity: Decimal
    price: Decimal
    executed_quantity: Decimal
    executed_quote: Decimal
    quote_quantity: Decimal | None
    created_ms: int
    updated_ms: int


@dataclass(frozen=True, slots=True)
class Fill:
    """One trade of one of our orders. `price` in quote per base, `commission` in its asset."""

    symbol: str
    trade_id: str
    order_id: str
    client_order_id: str | None
    side: Side
    quantity: Decimal
    quote_quantity: Decimal
    price: Decimal
    commission: Decimal
    commission_asset: str
    is_maker: bool
    traded_ms: int


@dataclass(frozen=True, slots=True)
class Rights:
    """What the venue says an account may do. None: it did not say."""

    can_trade: bool | None
    can_withdraw: bool | None
    """Of the account, not of the key in use: a key may have less."""
    permissions: tuple[str, ...] = ()
    """In the venue's words, like SPOT."""


@dataclass(frozen=True, slots=True)
class Balance:
    """What the account holds of one asset."""

    asset: str
    free: Decimal
    locked: Decimal

    @property
    def total(self) -> Decimal:
        """Free and locked together."""
        return self.free + self.locked
