"""A venue in memory: what it holds, and how the next requests go wrong; its clock is the test's.

It keeps what a venue keeps (orders by client id, duplicates accepted, trades) and judges stamps
as MEXC does. It has one price, no book, no balances of its own; for real matching use the
simulator.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from orderdesk.core.answers import (
    Accepted,
    Answer,
    Balance,
    ExchangeOrder,
    Fill,
    Refused,
    Rights,
    Unclear,
    Why,
)
from orderdesk.core.markets import Market, Size
from orderdesk.core.money import ZERO, floor_to, product
from orderdesk.core.orders import OrderStatus, OrderType, Side
from orderdesk.errors import ExchangeRefused, ExchangeUnreachable
from orderdesk.ports import NewOrder

AHEAD_MS = 1_000
"""A stamp may be less than this ahead, as at MEXC."""

VIEWS = frozenset({"order", "open_orders", "all_orders", "trades", "cancel"})
"""Everything that shows orders or needs to see them."""

_LOT = Decimal("0.00000001")
_FEE = Decimal("0.0005")

RIGHTS = Rights(can_trade=True, can_withdraw=False, permissions=("SPOT",))

UNKNOWN_SYMBOL = Refused(Why.REJECT, "-1121", "Invalid symbol.")


@dataclass
class InMemoryVenue:
    """The venue. Amounts are Decimal, times are its own clock in ms."""

    clock_ms: Callable[[], int]
    price: Decimal = Decimal(60_000)
    """The last price of every symbol; what ends at once fills here."""
    orders: list[ExchangeOrder] = field(default_factory=list)
    fills: list[Fill] = field(default_factory=list)
    listed: Mapping[str, Market] = field(default_factory=dict)
    """The symbols it knows; empty means that it takes any."""
    holdings: list[Balance] = field(default_factory=list)
    uid: str | None = "10000001"
    """Its number of the account; None if it does not tell."""
    calls: Counter[str] = field(default_factory=Counter)

    rights: Rights = RIGHTS
    tells_symbols: bool = True
    """False: it does not say what a key may trade."""
    next_tests: list[Refused] = field(default_factory=list)
    """Answers to the next orders that are only to be checked, instead of a yes."""
    next_answers: list[Answer] = field(default_factory=list)
    """Answers to the next placements instead of the real ones, without anything landing."""
    lose_answers: int = 0
    """So many placements land, and their answers are lost."""
    hold_back: int = 0
    """So many placements are kept on the wire: unclear now, landed by `land`."""
    denials: dict[str, ExchangeRefused | ExchangeUnreachable] = field(default_factory=dict)
    """What questions are refused with, by their names, until it is taken away."""
    silent_questions: int = 0
    """So many questions get no answer."""
    visible_from_ms: int = 0
    """Until then the `blind` views show no order at all."""
    blind: frozenset[str] = VIEWS
    """Which views lag behind; GET order may while the lists do not."""
    _on_the_wire: list[tuple[NewOrder, int, int]] = field(default_factory=list)

    # -- what a test does to it

    def land(self) -> list[str]:
        """Let what is on the wire arrive now, if its window still allows; return the ids."""
        arrived = [self._admit(*parts) for parts in self._on_the_wire]
        self._on_the_wire.clear()
        return [answer.order_id for answer in arrived if isinstance(answer, Accepted)]

    def force(self, order: NewOrder) -> str:
        """Take an order whatever its window: what a venue that breaks its promise would do."""
        return self._take_in(order).order_id

    def fill(self, order_id: str, quantity: Decimal) -> None:
        """Let a resting order trade so much (base) at its own price."""
        place = self._place_of(order_id)
        order = self.orders[place]
        self.orders[place] = self._traded(order, quantity, order.price)

    def end(self, order_id: str, status: OrderStatus = OrderStatus.CANCELED) -> None:
        """End an order, whoever did it."""
        place = self._place_of(order_id)
        self.orders[place] = replace(self.orders[place], status=status, updated_ms=self.clock_ms())

    def of(self, client_order_id: str) -> list[ExchangeOrder]:
        """Return what really is there under a client id."""
        return [order for order in self.orders if order.client_order_id == client_order_id]

    # -- what the lanes ask

    def take(self, order: NewOrder, stamp_ms: int, window_ms: int) -> Answer:
        """Take an order in, or go wrong as steered."""
        if self.next_answers:
            return self.next_answers.pop(0)
        if self.hold_back:
            self.hold_back -= 1
            self._on_the_wire.append((order, stamp_ms, window_ms))
            return Unclear("the answer did not come")
        answer = self._admit(order, stamp_ms, window_ms)
        if self.lose_answers and isinstance(answer, Accepted):
            self.lose_answers -= 1
            return Unclear("the answer was lost")
        return answer

    def question(self, name: str) -> None:
        """Count a question, or fail to answer it."""
        self.calls[name] += 1
        if self.silent_questions:
            self.silent_questions -= 1
            raise ExchangeUnreachable(f"{name}: no answer")
        if name in self.denials:
            raise self.denials[name]

    def knows(self, symbol: str) -> bool:
        """Tell whether a symbol is listed."""
        return not self.listed or symbol in self.listed

    def shown(self, symbol: str, view: str) -> list[ExchangeOrder]:
        """Return what a view shows of a symbol now."""
        if view in self.blind and self.clock_ms() < self.visible_from_ms:
            return []
        return [order for order in self.orders if order.symbol == symbol]

    def cancel(self, matches: Callable[[ExchangeOrder], bool]) -> bool:
        """Cancel what matches and is open and visible."""
        done = False
        for order in [*self.orders]:
            if matches(order) and is_open(order) and order in self.shown(order.symbol, "cancel"):
                partly = order.executed_quantity > ZERO
                self.end(
                    order.order_id,
                    OrderStatus.PARTIALLY_CANCELED if partly else OrderStatus.CANCELED,
                )
                done = True
        return done

    def _place_of(self, order_id: str) -> int:
        return [order.order_id for order in self.orders].index(order_id)

    def _admit(self, order: NewOrder, stamp_ms: int, window_ms: int) -> Answer:
        now_ms = self.clock_ms()
        if stamp_ms >= now_ms + AHEAD_MS or now_ms - stamp_ms > window_ms:
            return Refused(Why.CLOCK, "700003", "Timestamp outside of the recvWindow.")
        if not self.knows(order.symbol):
            return UNKNOWN_SYMBOL
        return Accepted(self._take_in(order).order_id, now_ms)

    def _take_in(self, order: NewOrder) -> ExchangeOrder:
        size = order.size
        now_ms = self.clock_ms()
        taken = ExchangeOrder(
            symbol=order.symbol,
            order_id=f"X{len(self.orders) + 1}",
            client_order_id=order.client_order_id,
            side=size.side,
            type=size.type,
            status=OrderStatus.NEW,
            quantity=self._quantity(size),
            price=size.price or self.price,
            executed_quantity=ZERO,
            executed_quote=ZERO,
            quote_quantity=size.quote_quantity,
            created_ms=now_ms,
            updated_ms=now_ms,
        )
        self.orders.append(self._at_once(taken))
        return taken

    def _quantity(self, size: Size) -> Decimal:
        if size.quantity is not None:
            return size.quantity
        return floor_to((size.quote_quantity or ZERO) / self.price, _LOT)

    def _at_once(self, order: ExchangeOrder) -> ExchangeOrder:
        if order.type is None or not order.type.ends_at_once:
            return order
        buying = order.side is Side.BUY
        good = order.price >= self.price if buying else order.price <= self.price
        if order.type is not OrderType.MARKET and not good:
            return replace(order, status=OrderStatus.CANCELED)
        return self._traded(order, order.quantity, self.price)

    def _traded(self, order: ExchangeOrder, quantity: Decimal, price: Decimal) -> ExchangeOrder:
        quote = product(quantity, price)
        self.fills.append(
            Fill(
                symbol=order.symbol,
                trade_id=f"T{len(self.fills) + 1}",
                order_id=order.order_id,
                client_order_id=order.client_order_id,
                side=order.side,
                quantity=quantity,
                quote_quantity=quote,
                price=price,
                commission=product(quote, _FEE),
                commission_asset="USDT",
                is_maker=False,
                traded_ms=self.clock_ms(),
            )
        )
        executed = order.executed_quantity + quantity
        whole = executed >= order.quantity
        return replace(
            order,
            executed_quantity=executed,
            executed_quote=order.executed_quote + quote,
            status=OrderStatus.FILLED if whole else OrderStatus.PARTIALLY_FILLED,
            updated_ms=self.clock_ms(),
        )


def is_open(order: ExchangeOrder) -> bool:
    """Tell whether an order rests on the book."""
    return order.status in (OrderStatus.NEW, OrderStatus.PARTIALLY_FILLED)
