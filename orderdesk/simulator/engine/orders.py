"""What a trader would call an order and a trade, and the states an order goes through.

Everything that decides an order's state is the table `STATES` in this file.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from orderdesk.simulator.engine.amounts import ZERO, floor_to


class Side(StrEnum):
    """The taker's or maker's own direction."""

    BUY = "BUY"
    SELL = "SELL"

    @property
    def opposite(self) -> "Side":
        """Give the side this one trades against."""
        return Side.SELL if self is Side.BUY else Side.BUY


class OrderType(StrEnum):
    """The five types spot v3 takes; IOC and FOK are types, there is no timeInForce.

    Source: MEXC spot v3 docs, enum "Order type", Jan 2026.
    """

    LIMIT = "LIMIT"
    MARKET = "MARKET"
    LIMIT_MAKER = "LIMIT_MAKER"
    IMMEDIATE_OR_CANCEL = "IMMEDIATE_OR_CANCEL"
    FILL_OR_KILL = "FILL_OR_KILL"

    @property
    def may_rest(self) -> bool:
        """Say whether what is not filled at once waits in the book."""
        return self in (OrderType.LIMIT, OrderType.LIMIT_MAKER)


class Status(StrEnum):
    """MEXC's five order states; there is no REJECTED and no EXPIRED.

    Source: MEXC spot v3 docs, enum "Order state", Jan 2026.
    """

    NEW = "NEW"
    PARTIALLY_FILLED = "PARTIALLY_FILLED"
    FILLED = "FILLED"
    CANCELED = "CANCELED"
    PARTIALLY_CANCELED = "PARTIALLY_CANCELED"


Filled = Literal["none", "some", "all"]

# (how much is filled, is it still working?) -> the state. The whole machine.
STATES: dict[tuple[Filled, bool], Status] = {
    ("none", True): Status.NEW,
    ("some", True): Status.PARTIALLY_FILLED,
    ("all", True): Status.FILLED,
    ("none", False): Status.CANCELED,
    # Also the end of a MARKET order that left a residue: terminal, with fills.
    ("some", False): Status.PARTIALLY_CANCELED,
    ("all", False): Status.FILLED,
}
OPEN = frozenset({Status.NEW, Status.PARTIALLY_FILLED})


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRequest:
    """What a trader asks for; amounts are above zero or absent, not yet held against the rules."""

    symbol: str
    side: Side
    type: OrderType
    quantity: Decimal | None = None
    quote_quantity: Decimal | None = None
    price: Decimal | None = None
    client_order_id: str = ""
    stp_mode: str = ""


@dataclass(slots=True, kw_only=True)
class Order:
    """An accepted order. Only the matching, the clearing and the exchange change it.

    `price` of a MARKET order is the price it was frozen at, and one of `quantity` and
    `quote_quantity` is an estimate from it; `by_quote` says that the quote amount is the real one.
    `locked` is what is still reserved for it: quote for a BUY, base for a SELL. `cancel_reason` is
    MEXC's word for an end that nobody asked for.
    """

    order_id: str
    sequence: int
    account: str
    symbol: str
    side: Side
    type: OrderType
    client_order_id: str
    price: Decimal
    quantity: Decimal
    quote_quantity: Decimal
    by_quote: bool
    stp_mode: str
    time_ms: int
    update_ms: int
    hidden_until_ms: int = 0
    executed: Decimal = ZERO
    executed_quote: Decimal = ZERO
    locked: Decimal = ZERO
    status: Status = Status.NEW
    cancel_reason: str = ""

    @property
    def is_open(self) -> bool:
        """Say whether the order still works."""
        return self.status in OPEN

    @property
    def filled(self) -> Filled:
        """Say how much of what was asked for has been done."""
        if self.executed == ZERO:
            return "none"
        if self.by_quote:
            return "all" if self.executed_quote == self.quote_quantity else "some"
        return "all" if self.executed == self.quantity else "some"

    def accepts(self, price: Decimal) -> bool:
        """Say whether the order trades at this price; a MARKET order stops at its frozen one."""
        return price <= self.price if self.side is Side.BUY else price >= self.price

    def wanted_at(self, price: Decimal, *, decimals: int) -> Decimal:
        """Give the base quantity still wanted at this price, cut to so many decimals."""
        if not self.by_quote:
            return self.quantity - self.executed
        return floor_to((self.quote_quantity - self.executed_quote) / price, decimals)

    def become(self, *, working: bool, now_ms: int) -> None:
        """Move to the state that the table gives."""
        self.status = STATES[self.filled, working]
        self.update_ms = now_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """One account's half of one fill; the commission is in `commission_asset`."""

    trade_id: str
    sequence: int
    order_id: str
    client_order_id: str
    account: str
    symbol: str
    side: Side
    price: Decimal
    quantity: Decimal
    quote_quantity: Decimal
    commission: Decimal
    commission_asset: str
    time_ms: int
    hidden_until_ms: int
    is_maker: bool
    is_self_trade: bool
