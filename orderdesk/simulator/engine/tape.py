"""What one market has traded: the latest prints, and a candle for every minute.

A print is any trade: a trader's, or one that the others made among themselves when the price
walked. A price that was put somewhere by hand is no trade, but the candle shows it.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from orderdesk.simulator.engine.amounts import ZERO

MINUTE_MS = 60_000
# As many as anybody may ask for at once (MEXC spot v3 docs, "Recent Trades List", Jan 2026).
KEPT_PRINTS = 1_000
# A week, then the oldest minute goes.
KEPT_MINUTES = 7 * 24 * 60


@dataclass(frozen=True, slots=True)
class Print:
    """One trade as everybody sees it; `quantity` is base, `time_ms` ms since 1970."""

    price: Decimal
    quantity: Decimal
    time_ms: int
    buyer_is_maker: bool


@dataclass(slots=True)
class Candle:
    """What happened in the minute from `open_ms`; `volume` is base, `quote_volume` quote."""

    open_ms: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal = ZERO
    quote_volume: Decimal = ZERO


class Tape:
    """The tape of one market; empty until something moves."""

    def __init__(self) -> None:
        """Start empty."""
        self.prints: deque[Print] = deque(maxlen=KEPT_PRINTS)
        self._minutes: deque[Candle] = deque(maxlen=KEPT_MINUTES)
        self._closed: list[Candle] = []

    def quote(self, price: Decimal, *, now_ms: int) -> Candle:
        """Take in a price; give its minute's candle."""
        open_ms = now_ms - now_ms % MINUTE_MS
        candle = self._minutes[-1] if self._minutes else None
        if candle is None or candle.open_ms < open_ms:
            if candle is not None:
                self._closed.append(candle)
            candle = Candle(open_ms, price, price, price, price)
            self._minutes.append(candle)
        candle.high, candle.low = max(candle.high, price), min(candle.low, price)
        candle.close = price
        return candle

    def trade(self, trade: Print) -> None:
        """Take in a trade."""
        candle = self.quote(trade.price, now_ms=trade.time_ms)
        candle.volume += trade.quantity
        candle.quote_volume += trade.price * trade.quantity
        self.prints.append(trade)

    def minutes(self, *, from_ms: int, to_ms: int) -> Iterator[Candle]:
        """Give the candles that open in [from_ms, to_ms], both ends included, oldest first."""
        return (candle for candle in self._minutes if from_ms <= candle.open_ms <= to_ms)

    def all_minutes(self) -> list[Candle]:
        """Give every candle that is kept, the one that is still open too, oldest first."""
        return list(self._minutes)

    def restore(self, candle: Candle) -> None:
        """Take back a candle of an earlier run; of one that came twice the later counts."""
        if self._minutes and self._minutes[-1].open_ms == candle.open_ms:
            self._minutes.pop()
        self._minutes.append(candle)

    def take_closed(self) -> list[Candle]:
        """Give the candles that closed since the last call."""
        closed, self._closed = self._closed, []
        return closed
