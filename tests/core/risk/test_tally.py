"""A tally counts never too little, and never keeps more than its span."""

from hypothesis import given
from hypothesis import strategies as st

from orderdesk.core.risk.tally import MINUTE, Tally, added, counted
from tests.core.laws import law

START_MS = 1_800_000_000_000


@law
@given(st.lists(st.integers(0, 20_000), max_size=60))
def test_tally_when_things_happen_then_no_sliding_minute_is_undercounted(gaps: list[int]) -> None:
    """At every moment it is at least the true count, and at most that of a step more."""
    tally: Tally = {}
    times: list[int] = []
    now_ms = START_MS
    for gap in gaps:
        now_ms += gap
        tally = added(tally, now_ms, MINUTE)
        times.append(now_ms)
        true = sum(at > now_ms - MINUTE.length_ms for at in times)
        wider = sum(at > now_ms - MINUTE.length_ms - MINUTE.step_ms for at in times)
        assert true <= counted(tally, now_ms, MINUTE) <= wider
        assert len(tally) <= MINUTE.length_ms // MINUTE.step_ms + 2


def test_tally_when_nothing_is_added_then_old_steps_are_forgotten_all_the_same() -> None:
    """What it keeps does not grow with what happened."""
    tally = added({}, START_MS, MINUTE, 7)
    assert counted(tally, START_MS, MINUTE) == 7
    assert added(tally, START_MS + 70_000, MINUTE, 0) == {}
