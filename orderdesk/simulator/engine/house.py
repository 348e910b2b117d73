"""Everybody else's orders: a ladder of bids and asks around the walking price.

The ladder of one step is a pure function of (seed, symbol, step, side). What takers ate of it
stays eaten until the next step quotes a fresh one.
"""

from collections.abc import Iterator
from decimal import ROUND_CEILING, Decimal
from hashlib import blake2b

from orderdesk.simulator.engine.amounts import ZERO, floor_to, unit
from orderdesk.simulator.engine.instruments import Instrument
from orderdesk.simulator.engine.orders import Side

BPS = Decimal("0.0001")
_HALF = Decimal("0.5")
_SPAN = Decimal(2**32)
# Levels deeper than the touch hold more, as real books do: level i holds (1 + i / 10) times.
_DEEPER = Decimal("0.1")


def noise(text: str) -> Decimal:
    """Give a number in [0, 1) that depends on the text only: the same on every machine."""
    digest = blake2b(text.encode(), digest_size=4).digest()
    return Decimal(int.from_bytes(digest)) / _SPAN


class HouseSide:
    """The house's bids (BUY) or asks (SELL) of one step, best first."""

    def __init__(self, instrument: Instrument, side: Side, *, price: Decimal, salt: str) -> None:
        """Quote around a price; the salt names seed, symbol and step."""
        self._instrument = instrument
        self._salt = f"{salt}:{side}"
        self._sign = -1 if side is Side.BUY else 1
        self._price = price
        self._gap = _ticks(price * instrument.level_gap_bps * BPS, instrument.tick)
        self._index = 0
        self._eaten = ZERO

    def best(self) -> tuple[Decimal, Decimal] | None:
        """Give price and quantity of the best level that is left, or None: nothing is left."""
        return next(self.levels(), None)

    def levels(self) -> Iterator[tuple[Decimal, Decimal]]:
        """Give (price, quantity) of every level that is left, best first."""
        eaten = self._eaten
        for index in range(self._index, self._instrument.levels):
            price = self._level_price(index)
            if price <= ZERO:
                return
            yield price, self._level_quantity(index) - eaten
            eaten = ZERO

    def eat(self, quantity: Decimal) -> None:
        """Take this much from the best level, at most all of it."""
        self._eaten += quantity
        if self._eaten >= self._level_quantity(self._index):
            self._index, self._eaten = self._index + 1, ZERO

    def _level_price(self, index: int) -> Decimal:
        return self._price + self._sign * self._gap * (index + 1)

    def _level_quantity(self, index: int) -> Decimal:
        swing = _HALF + noise(f"{self._salt}:{index}")
        notional = self._instrument.level_notional * swing * (1 + index * _DEEPER)
        decimals = self._instrument.quantity_decimals
        return max(floor_to(notional / self._level_price(index), decimals), unit(decimals))


def _ticks(distance: Decimal, tick: Decimal) -> Decimal:
    """Give the distance in whole ticks, at least one."""
    return max(distance / tick, Decimal(1)).to_integral_value(ROUND_CEILING) * tick
