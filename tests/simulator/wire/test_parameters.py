"""Laws of single parameters and of the windows of history queries."""

import pytest

from orderdesk.simulator.engine.refusals import Refusal
from orderdesk.simulator.messages import Call
from orderdesk.simulator.wire.parameters import Reach, Window, read_limit, read_window

_REACH = Reach(span_ms=100, look_back_ms=700, rows=5, most_rows=10)


def _call(query: str) -> Call:
    return Call(method="GET", path="/", query=query, now_ms=1_000)


@pytest.mark.parametrize(
    ("query", "window"),
    [
        ("", Window(900, 1_000, 5, oldest_first=False)),
        ("startTime=500", Window(500, 1_000, 5, oldest_first=True)),
        ("startTime=0&limit=99", Window(300, 1_000, 10, oldest_first=True)),
        ("endTime=800", Window(700, 800, 5, oldest_first=False)),
        ("startTime=400&endTime=450&limit=1", Window(400, 450, 1, oldest_first=True)),
    ],
)
def test_read_window_when_a_span_is_asked_then_it_is_kept_within_reach(
    query: str, window: Window
) -> None:
    """The default span ends now; nothing older than the look-back, no more than the most rows."""
    assert read_window(_call(query), _REACH) == window


@pytest.mark.parametrize("query", ["startTime=x", "endTime=-1", "limit=0", "limit=1.5"])
def test_read_window_when_a_number_is_none_then_it_is_a_param_error(query: str) -> None:
    """Times and limits are whole numbers."""
    refusal = read_window(_call(query), _REACH)
    assert isinstance(refusal, Refusal)
    assert refusal.code == 33333


def test_cut_when_there_are_more_rows_than_wanted_then_the_start_time_decides_which() -> None:
    """From a start the oldest are kept, so that one can page on; without one the newest."""
    rows = [1, 2, 3]
    assert Window(0, 9, 2, oldest_first=True).cut(rows) == [1, 2]
    assert Window(0, 9, 2, oldest_first=False).cut(rows) == [2, 3]


def test_read_limit_when_it_is_above_the_most_then_it_is_the_most() -> None:
    """Asking for too many rows is no mistake."""
    assert read_limit(_call("limit=7"), default=1, most=5) == 5
