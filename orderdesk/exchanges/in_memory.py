"""The `Exchange` port over a venue in memory, shipped for tests of flows.

Deterministic and steered: `InMemoryVenue` is the venue with its clock and its faults,
`InMemoryExchange` one lane's view of it. It passes the same contract suite as `MexcSpot`.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from orderdesk.core.answers import Answer, Balance, ExchangeOrder, Fill, Refused, Rights, Unsent
from orderdesk.core.markets import Market
from orderdesk.core.tokens import Cost
from orderdesk.errors import ExchangeRefused
from orderdesk.exchanges.in_memory_venue import UNKNOWN_SYMBOL, InMemoryVenue, is_open
from orderdesk.ports import NewOrder

__all__ = ["InMemoryExchange", "InMemoryVenue"]


class InMemoryExchange:
    """One lane's view of an `InMemoryVenue`."""

    place_cost = Cost("POST /api/v3/order", 1, orders=1)

    def __init__(
        self,
        venue: InMemoryVenue,
        *,
        pace: Callable[[Cost], object],
        monotonic_ms: Callable[[], int],
    ) -> None:
        self.venue = venue
        self._pace = pace
        self._monotonic_ms = monotonic_ms

    def place(self, order: NewOrder, *, stamp_ms: int, window_ms: int, send_by_ms: int) -> Answer:
        """Send one order once, or not at all."""
        if self._monotonic_ms() > send_by_ms:
            return Unsent("it was too late to send")
        self.venue.calls["place"] += 1
        return self.venue.take(order, stamp_ms, window_ms)

    def test_order(self, order: NewOrder) -> Refused | None:
        """Take every order of a known symbol, unless steered."""
        self._ask(f"test {order.symbol}", 1)
        if not self.venue.knows(order.symbol):
            return UNKNOWN_SYMBOL
        return self.venue.next_tests.pop(0) if self.venue.next_tests else None

    def cancel(self, symbol: str, client_order_id: str) -> bool:
        """Cancel by client id."""
        self._ask("cancel", 1, orders=1)
        self._must_know(symbol)
        return self.venue.cancel(
            lambda order: order.symbol == symbol and order.client_order_id == client_order_id
        )

    def cancel_by_order_id(self, symbol: str, order_id: str) -> bool:
        """Cancel by the venue's id."""
        self._ask("cancel", 1, orders=1)
        self._must_know(symbol)
        return self.venue.cancel(
            lambda order: order.symbol == symbol and order.order_id == order_id
        )

    def cancel_open(self, symbol: str) -> None:
        """Cancel everything open on a symbol."""
        self._ask("cancel open", 1, orders=1)
        self.venue.cancel(lambda order: order.symbol == symbol)

    def cancel_everything(self) -> None:
        """Cancel everything open."""
        self._ask("cancel everything", 1, orders=1)
        self.venue.cancel(lambda _order: True)

    def order(self, symbol: str, client_order_id: str) -> ExchangeOrder | None:
        """Look one order up; of several under one client id the newest shows."""
        self._ask("order", 2)
        self._must_know(symbol)
        shown = self.venue.shown(symbol, "order")
        found = [order for order in shown if order.client_order_id == client_order_id]
        return found[-1] if found else None

    def open_orders(self, symbol: str) -> Sequence[ExchangeOrder]:
        """Return what is open."""
        self._ask("open_orders", 3)
        self._must_know(symbol)
        return [order for order in self.venue.shown(symbol, "open_orders") if is_open(order)]

    def all_orders(self, symbol: str, since_ms: int) -> Sequence[ExchangeOrder]:
        """Return everything created since."""
        self._ask("all_orders", 10)
        self._must_know(symbol)
        shown = self.venue.shown(symbol, "all_orders")
        return [order for order in shown if order.created_ms >= since_ms]

    def trades(self, symbol: str, since_ms: int) -> Sequence[Fill]:
        """Return our trades since."""
        self._ask("trades", 10)
        self._must_know(symbol)
        visible = {order.order_id for order in self.venue.shown(symbol, "trades")}
        return [
            fill
            for fill in self.venue.fills
            if fill.order_id in visible and fill.traded_ms >= since_ms
        ]

    def balances(self) -> Sequence[Balance]:
        """Return what the account was given."""
        self._ask("balances", 10)
        return tuple(self.venue.holdings)

    def uid(self) -> str | None:
        """Return the venue's number of the account."""
        self._ask("uid", 1)
        return self.venue.uid

    def rights(self) -> Rights:
        """Return what the account was given."""
        self._ask("rights", 10)
        return self.venue.rights

    def allowed_symbols(self) -> frozenset[str] | None:
        """Return what is listed; None while it takes any symbol, or does not tell."""
        self._ask("allowed symbols", 1)
        return (frozenset(self.venue.listed) or None) if self.venue.tells_symbols else None

    def time_ms(self) -> int:
        """Return the venue's clock."""
        self._ask("time", 1)
        return self.venue.clock_ms()

    def ping(self) -> None:
        """Reach the venue, or raise."""
        self._ask("ping", 1)

    def markets(self) -> Mapping[str, Market]:
        """Return what is listed."""
        self._ask("markets", 25)
        return self.venue.listed

    def last_price(self, symbol: str) -> Decimal:
        """Return the one price there is."""
        self._ask(f"price {symbol}", 10)
        self._must_know(symbol)
        return self.venue.price

    def _must_know(self, symbol: str) -> None:
        if not self.venue.knows(symbol):
            raise ExchangeRefused(UNKNOWN_SYMBOL.message, UNKNOWN_SYMBOL.code)

    def _ask(self, name: str, weight: int, orders: int = 0) -> None:
        self._pace(Cost(name, weight, orders=orders))
        self.venue.question(name)
