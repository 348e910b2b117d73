"""Laws of a window that slides."""

from hypothesis import given, settings
from hypothesis import strategies as st

from orderdesk.simulator.caps.windows import Window

_SPAN_US = 1_000_000


def test_add_when_two_are_one_span_apart_then_they_share_no_window() -> None:
    """The window is open at its old end: 12 a second may come every second, to the microsecond."""
    window = Window(_SPAN_US)
    assert window.add(1, at_us=0) == 1
    assert window.add(1, at_us=_SPAN_US - 1) == 2
    assert window.add(1, at_us=_SPAN_US) == 2


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 700_000), st.integers(1, 25)), max_size=40))
def test_add_when_anything_arrives_then_it_holds_what_lies_within_the_span(
    steps: list[tuple[int, int]],
) -> None:
    """It always equals the plain sum over the arrivals of the last second."""
    window, now_us, past = Window(_SPAN_US), 0, list[tuple[int, int]]()
    for gap_us, cost in steps:
        now_us += gap_us
        past.append((now_us, cost))
        expected = sum(spent for at_us, spent in past if at_us > now_us - _SPAN_US)
        assert window.add(cost, at_us=now_us) == expected


@settings(max_examples=60)
@given(st.lists(st.integers(0, 200_000), min_size=1, max_size=40), st.integers(1, 12))
def test_room_when_told_then_one_more_fits_there_and_not_before(
    gaps: list[int], limit: int
) -> None:
    """Whoever waits until then is let in; a microsecond earlier it is still full."""
    window, now_us, past = Window(_SPAN_US), 0, list[int]()
    for gap_us in gaps:
        now_us += gap_us
        past.append(now_us)
        window.add(1, at_us=now_us)
    room_us = window.room_at_us(1, limit=limit)

    def held(at_us: int) -> int:
        return sum(at_us - _SPAN_US < stamp for stamp in past)

    if room_us:
        assert held(room_us) + 1 <= limit < held(room_us - 1) + 1
    else:
        assert held(now_us) + 1 <= limit
