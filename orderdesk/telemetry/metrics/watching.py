"""Ports that count what passes through them, so that neither side knows of metrics.

Each looks at the calls it names, and passes every other one on as it is.
"""

import threading
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, TypeVar, cast

from orderdesk.core.clock_offset import ClockOffset
from orderdesk.core.markets import Market
from orderdesk.core.tokens import Cost, Lane
from orderdesk.ports import Clock, Markets, Slot, Throttle, Waiting
from orderdesk.ports.throttle import NOT_WAITING
from orderdesk.telemetry.metrics.counted import Counted

T = TypeVar("T")


def counted_throttle(throttle: Throttle, counted: Counted) -> Throttle:
    """Return a throttle that tells how long each booked request had to wait."""
    return cast("Throttle", _CountedThrottle(throttle, counted))


def counted_clock(clock: Clock, counted: Counted) -> Clock:
    """Return a clock that tells each measurement of exchange time."""
    return cast("Clock", _CountedClock(clock, counted))


def counted_markets(markets: Markets, counted: Counted, fetches: "Fetches") -> Markets:
    """Return markets that tell hits and misses: a question that made *this* thread fetch is a miss.

    Whoever waited for somebody else's fetch was served by the cache: one flight, one miss.
    """
    return cast("Markets", _CountedMarkets(markets, counted, fetches))


class _Port:
    def __init__(self, port: Any, counted: Counted) -> None:
        self._port = port
        self._counted = counted

    def __getattr__(self, name: str) -> Any:
        return getattr(self._port, name)


class _CountedThrottle(_Port):
    def book(self, account: str, cost: Cost, lane: Lane, waiting: Waiting = NOT_WAITING) -> Slot:
        slot: Slot = self._port.book(account, cost, lane, waiting)
        # A place in line is neither: whoever has one asks again.
        if slot.booked or slot.wait_ms > waiting.patience_ms:
            wait_ms = waiting.waited_ms + slot.wait_ms
            self._counted.waited(lane.value, wait_ms, booked=slot.booked)
        return slot


class _CountedClock(_Port):
    def remember(self, offset: ClockOffset) -> None:
        self._port.remember(offset)
        now_ms, unix_ms = self._port.monotonic_ms(), self._port.unix_ms()
        self._counted.measured(offset, monotonic_ms=now_ms, unix_ms=unix_ms)


class _CountedMarkets(_Port):
    def __init__(self, port: Markets, counted: Counted, fetches: "Fetches") -> None:
        super().__init__(port, counted)
        self._markets = port
        self._fetches = fetches

    def market(self, symbol: str) -> Market | None:
        return self._look("market_rules", lambda: self._markets.market(symbol))

    def symbols(self) -> Sequence[str]:
        return self._look("market_rules", self._markets.symbols)

    def last_price(self, symbol: str) -> Decimal | None:
        return self._look("last_prices", lambda: self._markets.last_price(symbol))

    def _look(self, cache: str, look: Callable[[], T]) -> T:
        before = self._fetches.begun
        try:
            return look()
        finally:
            self._counted.looked_up(cache, hit=self._fetches.begun == before)


class Fetches(threading.local):
    """How many fetches each thread has begun; wraps whatever fetches for a cache."""

    begun = 0

    def counted(self, fetch: Callable[..., T]) -> Callable[..., T]:
        """Return the fetch, counted."""

        def counting(*words: Any) -> T:
            self.begun += 1
            return fetch(*words)

        return counting
