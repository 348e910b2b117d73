"""Laws of the intervals that candles have."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderdesk.simulator.wire.klines import INTERVALS, closing_ms, opening_ms


def _ms(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> int:
    return int(datetime(year, month, day, hour, minute, tzinfo=UTC).timestamp()) * 1_000


@pytest.mark.parametrize(
    ("interval", "opens", "closes"),
    [
        ("60m", (2026, 11, 26, 22), (2026, 11, 26, 23)),
        ("4h", (2026, 11, 26, 20), (2026, 11, 27)),
        ("1d", (2026, 11, 26), (2026, 11, 27)),
        ("1W", (2026, 11, 23), (2026, 11, 30)),
        ("1M", (2026, 11, 1), (2026, 12, 1)),
    ],
)
def test_opening_when_a_time_is_given_then_the_interval_around_it_begins_where_people_say(
    interval: str, opens: tuple[int, ...], closes: tuple[int, ...]
) -> None:
    """Hours, days, Mondays and firsts of the month."""
    at_ms = _ms(2026, 11, 26, 22, 10)
    assert opening_ms(interval, at_ms) == _ms(*opens)
    assert closing_ms(interval, _ms(*opens)) == _ms(*closes)


@settings(max_examples=50)
@given(st.sampled_from(sorted(INTERVALS)), st.integers(0, 4_000_000_000_000))
def test_intervals_when_any_time_is_given_then_exactly_one_holds_it(
    interval: str, time_ms: int
) -> None:
    """Intervals follow each other without a gap."""
    opens = opening_ms(interval, time_ms)
    closes = closing_ms(interval, opens)
    assert opens <= time_ms < closes
    assert opening_ms(interval, closes) == closes
    assert opening_ms(interval, closes - 1) == opens
