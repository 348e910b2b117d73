"""A line that rests as it is told keeps every pool of the venue, in every window."""

from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderdesk.core.tokens import Caps, Cost, Lane, spacing_us
from tests.core.laws import law

CAPS = Caps("test", 12, 20, 300, (("POST /batch", 2),))
SPAN_US = 1_000_000

costs = st.builds(
    Cost,
    st.sampled_from(["GET /order", "GET /trades", "POST /batch"]),
    weight=st.integers(0, 40),
    orders=st.integers(0, 20),
)
single_orders = st.builds(
    Cost, st.sampled_from(["POST /order", "POST /batch"]), orders=st.just(1), weight=st.just(1)
)
buffers = st.fractions(Fraction(1, 10), 1, max_denominator=20)


def started_us(line: Sequence[Cost], buffer: Fraction) -> list[int]:
    """Return when each request of a full line starts, each resting as it is told."""
    at, times = 0, []
    for cost in line:
        times.append(at)
        at += spacing_us(cost, CAPS, buffer)
    return times


def windows_of(line: Sequence[Cost], buffer: Fraction, span_us: int) -> list[Sequence[Cost]]:
    """Return what falls into a window that opens with each of the requests in turn."""
    times = started_us(line, buffer)
    return [
        [cost for cost, at in zip(line[i:], times[i:], strict=True) if at < start + span_us]
        for i, start in enumerate(times)
    ]


@law
@given(st.lists(single_orders, min_size=1, max_size=60), buffers)
def test_line_when_it_is_full_of_orders_then_no_window_holds_more_than_the_cap(
    line: list[Cost], buffer: Fraction
) -> None:
    """Single orders never pass the caps on orders, requests and endpoints, even at buffer 1."""
    for window in windows_of(line, buffer, SPAN_US):
        assert len(window) <= CAPS.requests_per_s
        assert sum(cost.orders for cost in window) <= CAPS.orders_per_s
        assert sum(cost.name == "POST /batch" for cost in window) <= 2


@law
@given(st.lists(costs, min_size=1, max_size=60), buffers)
def test_line_when_costs_are_mixed_then_all_but_the_last_request_fit_into_the_used_share(
    line: list[Cost], buffer: Fraction
) -> None:
    """In any window, what came before its last request is less than the buffered cap.

    So a heavy last request may stick out of a window by its own cost; whoever books the
    line at a buffer near 1 must leave room for that.
    """
    for window in windows_of(line, buffer, SPAN_US):
        assert sum(cost.orders for cost in window[:-1]) < CAPS.orders_per_s * buffer
    for window in windows_of(line, buffer, 10 * SPAN_US):
        assert sum(cost.weight for cost in window[:-1]) < CAPS.weight_per_10_s * buffer


@law
@given(
    st.lists(st.builds(Cost, st.just("q"), weight=st.integers(0, 40)), min_size=1, max_size=90),
    st.fractions(Fraction(1, 10), Fraction(4, 5), max_denominator=20),
)
def test_line_when_a_fifth_is_left_unused_then_no_real_mix_passes_the_weight_cap(
    line: list[Cost], buffer: Fraction
) -> None:
    """At the default buffer of 0.8 the unused share is wider than any request is heavy."""
    for window in windows_of(line, buffer, 10 * SPAN_US):
        assert sum(cost.weight for cost in window) <= CAPS.weight_per_10_s


@pytest.mark.parametrize(
    ("cost", "buffer", "expected_us"),
    [
        (Cost("POST /order", orders=1), Fraction(1), 83_334),
        (Cost("POST /order", orders=1), Fraction(4, 5), 104_167),
        (Cost("GET /time", weight=1), Fraction(1), 50_000),
        (Cost("GET /trades", weight=10), Fraction(1), 333_334),
        (Cost("POST /batch", orders=1), Fraction(1), 500_000),
        (Cost("GET /free", weight=0), Fraction(1, 2), 100_000),
    ],
)
def test_spacing_when_several_pools_count_then_the_tightest_decides(
    cost: Cost, buffer: Fraction, expected_us: int
) -> None:
    """The rest is the tightest pool's share, rounded up, and not a µs more."""
    assert spacing_us(cost, CAPS, buffer) == expected_us


@pytest.mark.parametrize("buffer", [Fraction(0), Fraction(-1, 2), Fraction(11, 10)])
def test_spacing_when_the_buffer_is_no_share_then_it_is_refused_by_name(buffer: Fraction) -> None:
    """A share of nothing or of more than all is a mistake in RATE_LIMIT_BUFFER."""
    with pytest.raises(ValueError, match="RATE_LIMIT_BUFFER"):
        spacing_us(Cost("x"), CAPS, buffer)


def test_cost_when_nothing_else_is_said_then_it_is_one_plain_request() -> None:
    """A question weighs 1 and is no order."""
    assert Cost("GET /api/v3/ping") == Cost("GET /api/v3/ping", weight=1, orders=0)


def test_lanes_when_listed_then_cancels_come_first_and_polls_last() -> None:
    """The order of the lanes is their urgency."""
    assert list(Lane) == [Lane.CANCEL, Lane.RESOLVE, Lane.PLACE, Lane.POLL]
