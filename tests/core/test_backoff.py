"""Waiting grows, is bounded, and yields to what the other side asks for."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderdesk.core.backoff import BASE_MS, CAP_MS, MAX_RETRIES, backoff_ms, doubling_ms
from tests.core.laws import law


def longest(_low: int, high: int) -> int:
    """Let the dice fall on the longest wait."""
    return high


def shortest(low: int, _high: int) -> int:
    """Let the dice fall on the shortest wait."""
    return low


def test_backoff_when_nothing_is_set_then_the_numbers_are_the_users() -> None:
    """1 s doubling to 60 s, three retries."""
    assert (BASE_MS, CAP_MS, MAX_RETRIES) == (1_000, 60_000, 3)
    waits = [backoff_ms(retries, longest) for retries in range(8)]
    assert waits == [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]


@law
@given(st.integers(0, 10**30), st.randoms(use_true_random=False))
def test_backoff_when_drawn_then_it_is_between_nothing_and_the_cap(
    retries: int, random: Random
) -> None:
    """Full jitter: any wait from 0 up; retries may count for ever without overflow."""
    wait_ms = backoff_ms(retries, random.randint)
    assert 0 <= wait_ms <= min(CAP_MS, BASE_MS << min(retries, 10))
    assert backoff_ms(retries, shortest) == 0


@law
@given(st.integers(0, 10**30), st.integers(0, 10**9))
def test_backoff_when_the_other_side_names_a_wait_then_it_wins(retries: int, asked: int) -> None:
    """Retry-After is neither shortened by the dice nor by the cap."""
    assert backoff_ms(retries, shortest, retry_after_ms=asked) == asked


def test_backoff_when_the_named_wait_is_over_then_there_is_none() -> None:
    """A Retry-After in the past means now."""
    assert backoff_ms(0, longest, retry_after_ms=-5) == 0


def test_doubling_when_woken_again_and_again_then_it_grows_to_its_cap() -> None:
    """The sweep's wake-ups: 5 s, doubling to 60 s, and no further."""
    waits = [doubling_ms(times) for times in range(6)]
    assert waits == [5_000, 10_000, 20_000, 40_000, 60_000, 60_000]


@pytest.mark.parametrize("times", [16, 17, 10**6, 10**30])
def test_doubling_when_woken_for_ever_then_the_number_stays_small(times: int) -> None:
    """An intent that is woken for months does not overflow its column."""
    assert doubling_ms(times) == 60_000
    assert doubling_ms(times, first_ms=1, cap_ms=7) == 7
