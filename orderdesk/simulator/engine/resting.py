"""The traders' own resting orders of one side, by price and then by time."""

from bisect import bisect_left, insort
from collections.abc import Iterator
from decimal import Decimal

from orderdesk.simulator.engine.orders import Order, Side


class RestingSide:
    """Resting bids (BUY) or asks (SELL), best first; equal prices wait in turn."""

    def __init__(self, side: Side) -> None:
        """Start empty."""
        self._sign = -1 if side is Side.BUY else 1
        self._orders: list[Order] = []

    def add(self, order: Order) -> None:
        """Put an order behind those with the same price."""
        insort(self._orders, order, key=self._key)

    def remove(self, order: Order) -> None:
        """Take an order out.

        Raises:
            LookupError: it does not rest here.
        """
        place = bisect_left(self._orders, self._key(order), key=self._key)
        if place == len(self._orders) or self._orders[place] is not order:
            raise LookupError(order.order_id)
        del self._orders[place]

    def best(self) -> Order | None:
        """Give the order that trades first."""
        return self._orders[0] if self._orders else None

    def __iter__(self) -> Iterator[Order]:
        """Go through the orders, best first."""
        return iter(self._orders)

    def _key(self, order: Order) -> tuple[Decimal, int]:
        return self._sign * order.price, order.sequence
