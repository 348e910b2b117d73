"""The rests that keep a line within its caps."""

from fractions import Fraction

import pytest

from orderdesk.core.tokens import Caps, Cost
from orderdesk.stores.throttle_line import horizon_us, rests

CAPS = Caps("example", orders_per_s=12, requests_per_s=20, weight_per_10_s=300)


def test_rests_when_the_buffer_hides_the_weight_then_nothing_is_waited_for_beforehand() -> None:
    """At 0.8 of 300 a request of weight 61 still fits beside a full line."""
    assert rests(Cost("GET", weight=61), CAPS, Fraction(4, 5)).before_us == 0
    assert rests(Cost("GET", weight=62), CAPS, Fraction(4, 5)).before_us > 0


def test_rests_when_there_is_no_buffer_then_heavy_requests_wait_beforehand() -> None:
    """At a buffer of 1 all but one unit of a request would stick out of its window."""
    heavy = rests(Cost("GET", weight=10), CAPS, Fraction(1))
    assert heavy.before_us == 300_000  # 9 units of 10 s / 300
    assert rests(Cost("POST", weight=1, orders=1), CAPS, Fraction(1)).before_us == 0


def test_rests_when_a_request_was_made_then_the_tightest_pool_decides() -> None:
    """12 orders a second leave 83.3 ms, rounded up, between two orders."""
    assert rests(Cost("POST", weight=1, orders=1), CAPS, Fraction(1)).after_us == 83_334


def test_rests_when_the_buffer_is_out_of_range_then_it_raises() -> None:
    """A share of nothing would never send anything."""
    with pytest.raises(ValueError, match="RATE_LIMIT_BUFFER"):
        rests(Cost("GET"), CAPS, Fraction(0))


def test_horizon_when_a_line_is_booked_to_the_last_then_it_lies_within() -> None:
    """No booking that a lane allows may look like a clock that was set back."""
    horizon = horizon_us(CAPS, Fraction(1), reach_ms=5_000, unknown_ms=10_000)
    assert horizon >= 5_000_000 + rests(Cost("GET", weight=300), CAPS, Fraction(1)).after_us
    assert horizon_us(CAPS, Fraction(1), reach_ms=0, unknown_ms=90_000) == 90_000_000
