"""Absence is proof only past the fence, three times, and after the visibility lag."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderdesk.core.fence import (
    ABSENCES_NEEDED,
    GATEWAY_SKEW_MS,
    VISIBILITY_LAG_MS,
    Window,
    next_question_ms,
    proven_absent,
)
from tests.core.laws import law

windows = st.builds(Window, st.integers(0, 2 * 10**12), st.integers(1, 60_000))
AT = Window(stamp_ms=100_000, window_ms=3_000)


def test_window_when_drawn_up_then_the_times_are_those_of_the_protocol() -> None:
    """Sent by T + W/2, landed by T + W, fence at T + W + d, proof after fence + L."""
    assert (GATEWAY_SKEW_MS, VISIBILITY_LAG_MS, ABSENCES_NEEDED) == (1_000, 20_000, 3)
    assert AT.send_by_ms == 101_500
    assert AT.lands_by_ms == 103_000
    assert AT.fence_ms == 104_000
    assert AT.proof_ms == 124_000


@law
@given(windows)
def test_window_when_of_any_size_then_its_times_are_in_order(window: Window) -> None:
    """Bytes stop, then landing stops, then absence counts, then it is proof."""
    times = [window.stamp_ms, window.send_by_ms, window.lands_by_ms]
    assert times == sorted(times)
    assert window.lands_by_ms < window.fence_ms < window.proof_ms


@law
@given(windows, st.data())
def test_absence_when_all_were_seen_before_the_fence_then_nothing_is_proven(
    window: Window, data: st.DataObject
) -> None:
    """Until the fence the bytes may still land, however often they are not seen."""
    early = st.integers(window.stamp_ms, window.fence_ms)
    assert not proven_absent(window, data.draw(st.lists(early, max_size=20)))


@law
@given(windows, st.data())
def test_absence_when_all_were_seen_within_the_lag_then_nothing_is_proven(
    window: Window, data: st.DataObject
) -> None:
    """An admitted order may hide for L: the last of the absences must come after that."""
    hidden = st.integers(window.fence_ms + 1, window.proof_ms)
    assert not proven_absent(window, data.draw(st.lists(hidden, max_size=20)))


@pytest.mark.parametrize(
    ("absences_ms", "proven"),
    [
        ([], False),
        ([124_001], False),
        ([124_001, 124_002], False),
        ([124_001, 124_002, 124_003], True),
        ([104_001, 104_002, 124_001], True),
        ([124_001, 104_002, 104_001], True),
        ([104_000, 104_002, 124_001], False),
        ([104_001, 104_002, 124_000], False),
        ([90_000, 104_000, 104_002, 124_001], False),
        ([90_000, 104_001, 104_002, 124_001], True),
    ],
)
def test_absence_when_counted_then_three_past_the_fence_and_one_past_the_lag_are_needed(
    absences_ms: list[int], *, proven: bool
) -> None:
    """Both edges are open: at the fence is not after it."""
    assert proven_absent(AT, absences_ms) is proven


@law
@given(windows, st.data())
def test_absence_when_one_more_is_seen_then_no_proof_is_undone(
    window: Window, data: st.DataObject
) -> None:
    """Evidence adds up, in whatever order it is written down."""
    times = st.integers(window.stamp_ms, window.proof_ms + 60_000)
    absences = data.draw(st.lists(times, max_size=6))
    if proven_absent(window, absences):
        assert proven_absent(window, [*absences, data.draw(times)])
        assert proven_absent(window, data.draw(st.permutations(absences)))


@law
@given(windows, st.lists(st.integers(0, 5_000), min_size=3, max_size=3), st.data())
def test_question_when_asked_as_told_then_three_rounds_bring_the_proof(
    window: Window, delays_ms: list[int], data: st.DataObject
) -> None:
    """However late each round is and whatever was asked before the fence: three, and no more."""
    # Given questions that came too early to count
    early = st.integers(window.stamp_ms, window.fence_ms)
    absences = data.draw(st.lists(early, max_size=4))
    rounds = 0
    # When each round is asked no earlier than told
    for delay_ms in delays_ms:
        assert not proven_absent(window, absences)
        absences.append(max(next_question_ms(window, absences), *absences, 0) + delay_ms)
        rounds += 1
        if proven_absent(window, absences):
            break
    # Then the third brings the proof
    assert rounds == ABSENCES_NEEDED
    assert proven_absent(window, absences)


@pytest.mark.parametrize(
    ("absences_ms", "asked_ms"),
    [
        ([], 104_001),
        ([90_000, 104_000], 104_001),
        ([104_001], 114_001),
        ([104_001, 114_001], 124_001),
        ([104_001, 104_002, 104_003, 104_004], 124_001),
    ],
)
def test_question_when_rounds_are_spread_then_they_lie_over_the_lag(
    absences_ms: list[int], asked_ms: int
) -> None:
    """Right after the fence, in the middle, and right after fence + L; more would be waste."""
    assert next_question_ms(AT, absences_ms) == asked_ms


@law
@given(windows, st.data())
def test_question_when_others_asked_meanwhile_then_the_next_one_still_brings_the_proof(
    window: Window, data: st.DataObject
) -> None:
    """Rounds for other orders count too; a question that can add nothing is never asked."""
    inside = st.integers(window.fence_ms + 1, window.proof_ms)
    absences = data.draw(st.lists(inside, min_size=2, max_size=10))
    asked_ms = next_question_ms(window, absences)
    assert proven_absent(window, [*absences, asked_ms])


@law
@given(windows, st.data())
def test_question_when_told_then_it_is_past_the_fence_and_never_later_than_needed(
    window: Window, data: st.DataObject
) -> None:
    """Before the fence a question proves nothing; after fence + L waiting proves no more."""
    times = st.integers(window.stamp_ms, window.proof_ms)
    absences: Sequence[int] = data.draw(st.lists(times, max_size=6))
    assert window.fence_ms < next_question_ms(window, absences) <= window.proof_ms + 1
