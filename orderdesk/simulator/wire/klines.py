"""Candles of any interval out of those of a minute.

The intervals are MEXC's; there is no 1h, it is called 60m (MEXC spot v3 docs, "Kline", Jan 2026).
Days, weeks and months begin at midnight UTC, weeks on Monday: the simulator's decision.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import groupby

from orderdesk.simulator.engine.amounts import ZERO, plain
from orderdesk.simulator.engine.tape import MINUTE_MS, Candle

_MINUTES = {"1m": 1, "5m": 5, "15m": 15, "30m": 30, "60m": 60, "4h": 240, "1d": 1_440, "1W": 10_080}
_MONTH = "1M"
INTERVALS = frozenset({*_MINUTES, _MONTH})
# 1970 began on a Thursday; the Monday after it is day 4.
_FIRST_MONDAY_MS = 4 * 86_400_000


def opening_ms(interval: str, time_ms: int) -> int:
    """Give when the interval that holds this time begins."""
    if interval == _MONTH:
        moment = datetime.fromtimestamp(time_ms / 1_000, UTC)
        first = moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        return int(first.timestamp()) * 1_000
    origin_ms = _FIRST_MONDAY_MS if interval == "1W" else 0
    return time_ms - (time_ms - origin_ms) % (_MINUTES[interval] * MINUTE_MS)


def closing_ms(interval: str, open_ms: int) -> int:
    """Give when an interval that begins here ends: where the next one begins."""
    if interval == _MONTH:
        moment = datetime.fromtimestamp(open_ms / 1_000, UTC) + timedelta(days=32)
        return opening_ms(_MONTH, int(moment.timestamp()) * 1_000)
    return open_ms + _MINUTES[interval] * MINUTE_MS


def klines(minutes: Iterable[Candle], interval: str) -> list[list[object]]:
    """Shape candles as arrays of 8, oldest first; a time in which nothing moved has none."""
    groups = groupby(minutes, lambda candle: opening_ms(interval, candle.open_ms))
    return [_kline(open_ms, interval, list(group)) for open_ms, group in groups]


def _kline(open_ms: int, interval: str, minutes: list[Candle]) -> list[object]:
    return [
        open_ms,
        plain(minutes[0].open),
        plain(max(candle.high for candle in minutes)),
        plain(min(candle.low for candle in minutes)),
        plain(minutes[-1].close),
        plain(sum((candle.volume for candle in minutes), ZERO)),
        closing_ms(interval, open_ms),
        plain(sum((candle.quote_volume for candle in minutes), ZERO)),
    ]
