"""One symbol's market: the walking price, the house's quotes, the traders' resting orders.

Here they are looked at as one book. Trading against it is in `matching.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from orderdesk.simulator.engine.amounts import ZERO, floor_to, unit
from orderdesk.simulator.engine.house import HouseSide, noise
from orderdesk.simulator.engine.instruments import Instrument
from orderdesk.simulator.engine.orders import Order, Side
from orderdesk.simulator.engine.prices import Prices, Walk
from orderdesk.simulator.engine.resting import RestingSide
from orderdesk.simulator.engine.tape import Print, Tape

# A step of the walk trades up to a tenth of what a level of the book holds.
_PRINTED = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be traded next: price, quantity, and whose it is (None: the house's)."""

    price: Decimal
    quantity: Decimal
    maker: Order | None


class Market:
    """The book of one symbol. `last` is the price of the walk, `version` counts its changes."""

    def __init__(self, instrument: Instrument, *, seed: int, prices: Prices | None = None) -> None:
        """Open where the prices begin; they walk by the seed unless others are given."""
        self.instrument = instrument
        self.step = 0
        self.version = 1
        self._prices = prices or Walk(seed)
        first = self._prices.first(instrument).quantize(instrument.tick)
        self.last = max(first, instrument.tick)
        self.resting = {side: RestingSide(side) for side in Side}
        self.tape = Tape()
        self._seed = seed
        self.house = self._quote()

    def walk(self, *, now_ms: int) -> None:
        """Take one step: the next price, a new ladder. Which ones depends on the step only."""
        price = self._prices.at(self.step + 1, self.instrument, last=self.last)
        self.step_to(price, now_ms=now_ms)

    def step_to(self, price: Decimal, *, now_ms: int) -> None:
        """Take one step to this price, cut to the tick, by a trade of the others'."""
        before = self.last
        self.step += 1
        self._put(price.quantize(self.instrument.tick, rounding=ROUND_HALF_EVEN))
        least = unit(self.instrument.quantity_decimals)
        quote = self.instrument.level_notional * _PRINTED * self._noise("print")
        quantity = max(floor_to(quote / self.last, self.instrument.quantity_decimals), least)
        self.tape.trade(Print(self.last, quantity, now_ms, self.last < before))

    def move_to(self, price: Decimal, *, now_ms: int) -> None:
        """Put the price here (at least one tick) and quote a fresh ladder around it."""
        self._put(price)
        self.tape.quote(self.last, now_ms=now_ms)

    def resume(self, *, step: int, price: Decimal) -> None:
        """Go on where an earlier run stood."""
        self.step = step
        self._put(price)

    def offers(self, side: Side) -> Iterator[Offer]:
        """Give every offer of one side, best first.

        At equal prices traders go before the house: it quotes anew at every step, so its place in
        the queue is always the younger one.
        """
        sign = -1 if side is Side.BUY else 1
        own = iter(self.resting[side])
        house = self.house[side].levels()
        order, level = next(own, None), next(house, None)
        while order is not None or level is not None:
            if order is not None and (level is None or sign * (order.price - level[0]) <= ZERO):
                yield Offer(order.price, order.quantity - order.executed, order)
                order = next(own, None)
            elif level is not None:
                yield Offer(level[0], level[1], None)
                level = next(house, None)

    def best(self, side: Side) -> Offer | None:
        """Give the offer of one side that trades first."""
        return next(self.offers(side), None)

    def ladder(self, side: Side, limit: int) -> list[tuple[Decimal, Decimal]]:
        """Give (price, total quantity) of the best levels of one side, at most `limit`."""
        levels: list[tuple[Decimal, Decimal]] = []
        for offer in self.offers(side):
            if levels and levels[-1][0] == offer.price:
                levels[-1] = (offer.price, levels[-1][1] + offer.quantity)
            elif len(levels) == limit:
                break
            else:
                levels.append((offer.price, offer.quantity))
        return levels

    def _put(self, price: Decimal) -> None:
        self.last = max(price, self.instrument.tick)
        self.house = self._quote()
        self.version += 1

    def _noise(self, what: str) -> Decimal:
        return noise(f"{self._seed}:{self.instrument.symbol}:{self.step + 1}:{what}")

    def _quote(self) -> dict[Side, HouseSide]:
        salt = f"{self._seed}:{self.instrument.symbol}:{self.step}"
        return {side: HouseSide(self.instrument, side, price=self.last, salt=salt) for side in Side}
