"""What a request takes, and the windows and paces that keep every cap of the venue."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderdesk.core.pools import LANES, LATE_MS, LONGEST_REACH_MS, Draw, draws, unknown_ms
from orderdesk.core.tokens import Caps, Cost, Lane
from tests.core.laws import law

CAPS = Caps("test", 12, 20, 300, (("GET /account", 2),))
ORDER = Cost("POST /order", weight=1, orders=1)
SPANS_US = {"orders/main": 1_000_000, "requests": 1_000_000, "weight": 10_000_000}
LIMITS = {"orders/main": 12, "requests": 20, "weight": 300}

buffers = st.fractions(Fraction(1, 20), 1, max_denominator=40)
costs = st.builds(
    Cost, st.just("POST /batch"), weight=st.integers(1, 300), orders=st.integers(1, 12)
)


def drawn(cost: Cost, buffer: Fraction) -> dict[str, Draw]:
    """Return the draws by pool."""
    return {draw.pool: draw for draw in draws("main", cost, CAPS, buffer)}


def test_draws_when_a_request_is_asked_for_then_only_what_it_counts_in_is_named() -> None:
    """An order counts in three pools, a question in two, and a capped endpoint in its own too."""
    assert set(drawn(ORDER, Fraction(1))) == {"orders/main", "requests", "weight"}
    assert set(drawn(Cost("GET /order", 2), Fraction(1))) == {"requests", "weight"}
    account = drawn(Cost("GET /account", 10), Fraction(1))
    assert set(account) == {"requests", "weight", "GET /account/main"}
    assert account["weight"].units == 10


@law
@given(costs, buffers)
def test_draws_when_any_buffer_is_used_then_a_window_keeps_the_cap_and_a_margin(
    cost: Cost, buffer: Fraction
) -> None:
    """No window holds more than the venue's, and each is longer than the venue's by a guard."""
    for draw in drawn(cost, buffer).values():
        assert draw.units <= draw.held_units <= LIMITS[draw.pool]
        assert draw.held_us >= SPANS_US[draw.pool] + 2 * LATE_MS * 1_000


@law
@given(costs, buffers)
def test_draws_when_any_buffer_is_used_then_the_pace_stays_within_the_budget(
    cost: Cost, buffer: Fraction
) -> None:
    """On average no more than cap × buffer, however the windows are filled."""
    for draw in drawn(cost, buffer).values():
        budget = LIMITS[draw.pool] * buffer
        assert draw.rest_us * budget >= draw.units * SPANS_US[draw.pool]


@pytest.mark.parametrize(("buffer", "share"), [("0.8", "0.999"), ("0.5", "0.999"), ("1", "0.92")])
def test_draws_when_orders_are_paced_then_the_budget_is_used(buffer: str, share: str) -> None:
    """What a full queue can use of cap × buffer; at 1 the guard takes its part."""
    draw = drawn(ORDER, Fraction(buffer))["orders/main"]
    per_s = Fraction(1_000_000, draw.rest_us)
    assert per_s >= 12 * Fraction(buffer) * Fraction(share)
    assert Fraction(draw.held_units * 1_000_000, draw.held_us) >= 12 * Fraction(buffer) * Fraction(
        share
    )


def test_draws_when_buffer_leaves_a_reserve_then_a_private_pace_fits_beside_it() -> None:
    """At 0.8 no second holds more than 10 orders and 17 requests: 2 and 3 are left."""
    order = drawn(ORDER, Fraction(4, 5))
    assert (order["orders/main"].held_units, order["requests"].held_units) == (10, 17)


@pytest.mark.parametrize("buffer", ["0", "-1", "1.1"])
def test_draws_when_the_buffer_is_out_of_range_then_it_raises(buffer: str) -> None:
    """A share of nothing would never send anything."""
    with pytest.raises(ValueError, match="RATE_LIMIT_BUFFER"):
        drawn(ORDER, Fraction(buffer))


def test_draws_when_a_request_is_larger_than_its_pool_then_it_raises() -> None:
    """It could never be sent, and must not wait for ever."""
    with pytest.raises(ValueError, match="orders/main, which has 12"):
        drawn(Cost("POST /batch", orders=13), Fraction(1))


def test_unknown_when_everything_was_lost_then_the_longest_window_and_reach_are_over() -> None:
    """A slot given at the last moment before the loss may lie the longest reach ahead."""
    assert unknown_ms(CAPS) >= 10_000 + LONGEST_REACH_MS
    assert unknown_ms(Caps("no weight", 1, 1, 0)) < 3_000


def test_lanes_when_they_are_ordered_then_the_more_urgent_reaches_farther() -> None:
    """Urgency is a reach and a share, both rising from polls to cancels."""
    rules = [LANES[lane] for lane in (Lane.POLL, Lane.PLACE, Lane.RESOLVE, Lane.CANCEL)]
    assert [r.reach_ms for r in rules] == sorted({r.reach_ms for r in rules})
    assert [r.ahead for r in rules] == sorted({r.ahead for r in rules})
    assert LANES[Lane.PLACE].reach_ms == 300
