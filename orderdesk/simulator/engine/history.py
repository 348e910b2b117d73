"""Every order and trade ever accepted, found by id, by client id, by account and time.

Lists are kept ascending by (time, sequence). How far back a caller may look, and what is hidden
from it, is asked for by the caller; nothing is ever dropped here, so a home grows with its orders.
"""

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict

from orderdesk.simulator.engine.orders import Order, Trade


class History:
    """The archive of one exchange."""

    def __init__(self) -> None:
        """Start empty."""
        self._by_id: dict[str, Order] = {}
        self._by_client_id: dict[tuple[str, str], list[Order]] = defaultdict(list)
        self._open: dict[str, dict[str, Order]] = defaultdict(dict)
        self._orders: dict[tuple[str, str], list[Order]] = defaultdict(list)
        self._trades: dict[tuple[str, str], list[Trade]] = defaultdict(list)

    def add_order(self, order: Order) -> None:
        """Take in a new order. A client id may come again: MEXC promises no uniqueness."""
        self._by_id[order.order_id] = order
        if order.client_order_id:
            self._by_client_id[order.account, order.client_order_id].append(order)
        insort(self._orders[order.account, order.symbol], order, key=_order_key)
        self.note(order)

    def add_trade(self, trade: Trade) -> None:
        """Take in a new trade."""
        insort(self._trades[trade.account, trade.symbol], trade, key=_trade_key)

    def note(self, order: Order) -> None:
        """Keep the list of open orders true after the order changed."""
        if order.is_open:
            self._open[order.account][order.order_id] = order
        else:
            self._open[order.account].pop(order.order_id, None)

    def order(self, order_id: str) -> Order | None:
        """Give the order with this id."""
        return self._by_id.get(order_id)

    def orders_of_client_id(self, account: str, client_order_id: str) -> list[Order]:
        """Give every order placed under this client id, oldest first."""
        return self._by_client_id.get((account, client_order_id), [])

    def open_orders(self, account: str) -> list[Order]:
        """Give the account's open orders, in the order they were placed."""
        return list(self._open[account].values())

    def count_open(self, account: str) -> int:
        """Count the account's open orders."""
        return len(self._open[account])

    def all_orders(self) -> list[Order]:
        """Give every order of everybody, in the order they were placed."""
        return list(self._by_id.values())

    def all_trades(self) -> list[Trade]:
        """Give every trade of everybody."""
        return [trade for trades in self._trades.values() for trade in trades]

    def orders_between(self, account: str, symbol: str, *, from_ms: int, to_ms: int) -> list[Order]:
        """Give the orders placed in [from_ms, to_ms], both ends included, oldest first."""
        orders = self._orders.get((account, symbol), [])
        first = bisect_left(orders, from_ms, key=_order_time)
        return orders[first : bisect_right(orders, to_ms, key=_order_time)]

    def trades_between(self, account: str, symbol: str, *, from_ms: int, to_ms: int) -> list[Trade]:
        """Give the trades done in [from_ms, to_ms], both ends included, oldest first."""
        trades = self._trades.get((account, symbol), [])
        first = bisect_left(trades, from_ms, key=_trade_time)
        return trades[first : bisect_right(trades, to_ms, key=_trade_time)]


def _order_key(order: Order) -> tuple[int, int]:
    return order.time_ms, order.sequence


def _trade_key(trade: Trade) -> tuple[int, int]:
    return trade.time_ms, trade.sequence


def _order_time(order: Order) -> int:
    return order.time_ms


def _trade_time(trade: Trade) -> int:
    return trade.time_ms
