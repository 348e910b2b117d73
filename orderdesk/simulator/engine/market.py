"""One symbol's market: the walking price, the house's quotes, the traders' resting orders.

Here they are looked at as one book. Trading against it is in `matching.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from orderdesk.simulator.engine.amounts import ZERO
from orderdesk.simulator.engine.house import BPS, HouseSide, noise
from orderdesk.simulator.engine.instruments import Instrument
from orderdesk.simulator.engine.orders import Order, Side
from orderdesk.simulator.engine.resting import RestingSide


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be traded next: price, quantity, and whose it is (None: the house's)."""

    price: Decimal
    quantity: Decimal
    maker: Order | None


@dataclass(slots=True)
class Day:
    """What a ticker tells of the time since the market opened; volumes are the traders' own."""

    opened_ms: int
    open: Decimal
    high: Decimal
    low: Decimal
    volume: Decimal = ZERO
    quote_volume: Decimal = ZERO


class Market:
    """The book of one symbol. `last` is the price of the walk, `version` counts its changes."""

    def __init__(self, instrument: Instrument, *, seed: int, now_ms: int) -> None:
        """Open at the listing's start price."""
        self.instrument = instrument
        self.step = 0
        self.version = 1
        self.last = instrument.start_price
        self.resting = {side: RestingSide(side) for side in Side}
        self.day = Day(now_ms, self.last, self.last, self.last)
        self._seed = seed
        self.house = self._quote()

    def walk(self) -> None:
        """Take one step: a new price, a new ladder. Which one depends on seed and step only."""
        self.step += 1
        swing = noise(f"{self._seed}:{self.instrument.symbol}:{self.step}:walk") * 2 - 1
        moved = self.last * (1 + swing * self.instrument.walk_bps * BPS)
        self.move_to(moved.quantize(self.instrument.tick, rounding=ROUND_HALF_EVEN))

    def move_to(self, price: Decimal) -> None:
        """Put the price here (at least one tick) and quote a fresh ladder around it."""
        self.last = max(price, self.instrument.tick)
        self.day.high = max(self.day.high, self.last)
        self.day.low = min(self.day.low, self.last)
        self.house = self._quote()
        self.version += 1

    def resume(self, *, step: int, price: Decimal) -> None:
        """Go on where an earlier run stood."""
        self.step = step
        self.move_to(price)

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

    def _quote(self) -> dict[Side, HouseSide]:
        salt = f"{self._seed}:{self.instrument.symbol}:{self.step}"
        return {side: HouseSide(self.instrument, side, price=self.last, salt=salt) for side in Side}
