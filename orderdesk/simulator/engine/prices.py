"""Where the next price of a market comes from: a seeded walk, or what was recorded.

Both are functions of the step alone, so a market that goes on after a restart goes on with them.
"""

from bisect import bisect_right
from collections.abc import Iterable
from decimal import Decimal
from typing import Protocol

from orderdesk.simulator.engine.house import BPS, noise
from orderdesk.simulator.engine.instruments import Instrument


class Prices(Protocol):
    """What a market asks at its start and at every step."""

    def first(self, instrument: Instrument) -> Decimal:
        """Give the price that a fresh market opens at."""

    def at(self, step: int, instrument: Instrument, *, last: Decimal) -> Decimal:
        """Give the price of a step; `last` is the one before it. The market cuts it to the tick."""


class Walk:
    """A random walk that a seed decides, each symbol by itself."""

    def __init__(self, seed: int) -> None:
        """Walk as this seed says."""
        self._seed = seed

    def first(self, instrument: Instrument) -> Decimal:
        """Open where the listing says."""
        return instrument.start_price

    def at(self, step: int, instrument: Instrument, *, last: Decimal) -> Decimal:
        """Move by up to the listing's `walk_bps` either way."""
        swing = noise(f"{self._seed}:{instrument.symbol}:{step}:walk") * 2 - 1
        return last * (1 + swing * instrument.walk_bps * BPS)


class Recording:
    """Prices that were recorded, played a step at a time; at its end it begins again.

    A symbol that was not recorded walks.
    """

    def __init__(
        self, rows: Iterable[tuple[int, str, Decimal]], *, step_ms: int, seed: int
    ) -> None:
        """Take in (time in ms, symbol, price), in any order; a step plays `step_ms` of it.

        Raises:
            ValueError: there is no row, or a price that is not above zero.
        """
        self._walk = Walk(seed)
        self._step_ms = step_ms
        self._times: dict[str, list[int]] = {}
        self._prices: dict[str, list[Decimal]] = {}
        ordered = sorted(rows)
        if not ordered:
            raise ValueError("no prices in it")
        self._begin_ms = ordered[0][0]
        self._span_ms = ordered[-1][0] - self._begin_ms + step_ms
        for time_ms, symbol, price in ordered:
            if price <= 0:
                raise ValueError(f"price {price} of {symbol} at {time_ms} is not above 0")
            self._times.setdefault(symbol, []).append(time_ms)
            self._prices.setdefault(symbol, []).append(price)

    @property
    def symbols(self) -> frozenset[str]:
        """Give the symbols that were recorded."""
        return frozenset(self._prices)

    def first(self, instrument: Instrument) -> Decimal:
        """Open at the first price that was recorded."""
        prices = self._prices.get(instrument.symbol)
        return prices[0] if prices else self._walk.first(instrument)

    def at(self, step: int, instrument: Instrument, *, last: Decimal) -> Decimal:
        """Give the latest price that was recorded by this step's time."""
        times = self._times.get(instrument.symbol)
        if times is None:
            return self._walk.at(step, instrument, last=last)
        time_ms = self._begin_ms + step * self._step_ms % self._span_ms
        place = max(bisect_right(times, time_ms) - 1, 0)
        return self._prices[instrument.symbol][place]
