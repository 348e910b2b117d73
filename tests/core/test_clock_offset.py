"""Exchange time is known within the doubt that is stated, whatever the network does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderdesk.core.clock_offset import (
    LATE_BIAS_MS,
    MAX_AGE_MS,
    ClockOffset,
    TimeSample,
    offset_from,
)
from tests.core.laws import law

AHEAD_REFUSED_MS = 1_000
"""MEXC spot v3 docs, "Timing security", Jan 2026: a stamp this far ahead is refused."""


@st.composite
def questions(draw: st.DrawFn, offset_us: int) -> TimeSample:
    """Ask the time once: any delay there, any other delay back, all clocks cut to whole ms."""
    asked_us = draw(st.integers(0, 10**10))
    there_us, back_us = draw(st.tuples(*[st.integers(0, 3 * 10**6)] * 2))
    read_us = asked_us + there_us
    return TimeSample(asked_us // 1000, (read_us + back_us) // 1000, (read_us + offset_us) // 1000)


offsets_us = st.integers(-(10**9), 2 * 10**15)


@law
@given(st.data(), offsets_us, st.integers(0, 3 * 10**10))
def test_offset_when_the_two_ways_differ_then_the_truth_is_within_the_doubt(
    data: st.DataObject, offset_us: int, later_us: int
) -> None:
    """However lopsided the round trip, the true exchange time is within ± doubt."""
    samples = data.draw(st.lists(questions(offset_us), min_size=1, max_size=5))
    offset = offset_from(samples)
    shown_us = offset.exchange_ms(later_us // 1000) * 1000
    assert abs(shown_us - (later_us + offset_us)) <= offset.doubt_ms * 1000


@law
@given(st.data())
def test_offset_when_asked_several_times_then_the_quickest_trip_is_taken(
    data: st.DataObject,
) -> None:
    """A slow answer never spoils a quick one: the doubt is the smallest that was seen."""
    samples = data.draw(st.lists(questions(0), min_size=2, max_size=5))
    doubts = [offset_from([sample]).doubt_ms for sample in samples]
    assert offset_from(samples).doubt_ms == min(doubts)
    assert offset_from(samples).measured_ms in {sample.answered_ms for sample in samples}


def test_offset_when_nothing_was_answered_then_there_is_none() -> None:
    """No sample, no offset: guessing is an error."""
    with pytest.raises(ValueError, match="at least one sample"):
        offset_from([])


def test_offset_when_measured_then_it_is_the_midpoint_of_the_trip() -> None:
    """Asked at 100, answered at 140 with 1_000_120: the exchange is 1_000_000 ahead."""
    offset = offset_from([TimeSample(100, 140, 1_000_120)])
    assert offset == ClockOffset(1_000_000, 22, 140)
    assert offset.exchange_ms(500) == 1_000_500


def test_stamp_when_taken_then_it_leans_late() -> None:
    """Being behind is tolerated, being ahead is refused: the bias is one way."""
    offset = ClockOffset(1_000, 5, 0)
    assert LATE_BIAS_MS == 100
    assert offset.stamp_ms(50) == offset.exchange_ms(50) - LATE_BIAS_MS


@law
@given(st.data(), offsets_us, st.integers(1_000, 4_000), st.integers(0, MAX_AGE_MS))
def test_stamp_when_the_offset_is_good_enough_then_it_is_never_refused_as_ahead(
    data: st.DataObject, offset_us: int, window_ms: int, age_ms: int
) -> None:
    """An offset that may be used cannot stamp an order a whole second into the future."""
    offset = offset_from([data.draw(questions(offset_us))])
    now_us = (offset.measured_ms + age_ms) * 1000
    ahead_us = offset.stamp_ms(now_us // 1000) * 1000 - (now_us + offset_us)
    if offset.good_for(window_ms, now_us // 1000):
        assert ahead_us < AHEAD_REFUSED_MS * 1000


@pytest.mark.parametrize(
    ("doubt_ms", "age_ms", "good"),
    [
        (0, 0, True),
        (749, 0, True),
        (750, 0, False),
        (749, MAX_AGE_MS - 1, True),
        (0, MAX_AGE_MS, False),
        (0, -1, False),
    ],
)
def test_offset_when_old_or_doubtful_then_it_is_not_good_enough(
    doubt_ms: int, age_ms: int, *, good: bool
) -> None:
    """Younger than 30 s, doubt below a quarter of the window, and not from the future."""
    assert MAX_AGE_MS == 30_000
    offset = ClockOffset(0, doubt_ms, measured_ms=1_000)
    assert offset.good_for(3_000, 1_000 + age_ms) is good
