"""The pace of following: quick at first, seldom later, and never above its share."""

from hypothesis import given
from hypothesis import strategies as st

from orderdesk.core.following import QUESTIONS_PER_S, every_ms


def test_every_ms_when_an_order_ages_then_it_is_asked_for_more_and_more_seldom() -> None:
    """Every second right after placing, every ten when it has rested for long."""
    paces = [every_ms(age, 1) for age in (0, 9_999, 10_000, 60_000, 600_000, 86_400_000)]
    assert paces == [1_000, 1_000, 2_000, 5_000, 10_000, 10_000]


@given(st.integers(0, 10**9), st.integers(1, 500))
def test_every_ms_when_there_are_many_symbols_then_together_they_keep_their_share(
    age_ms: int, symbols: int
) -> None:
    """So many symbols at that pace ask no more than the share allows, plus one."""
    assert symbols * 1_000 / every_ms(age_ms, symbols) <= QUESTIONS_PER_S + 1
