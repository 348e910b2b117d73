"""Without Redis a kill goes on at 2 cancels a second: less than what the buffer leaves."""

from fractions import Fraction

from orderdesk.core.pools import draws
from orderdesk.core.tokens import Caps, Cost, Lane
from orderdesk.errors import StoreUnavailable
from orderdesk.stores.memory import FakeClock, FakeThrottle
from orderdesk.stores.reserve_pace import ReservePace

CANCEL, QUESTION = Cost("DELETE /api/v3/order", 1, orders=1), Cost("GET /api/v3/openOrders", 3)
CAPS = Caps("test", orders_per_s=12, requests_per_s=20, weight_per_10_s=300)


def away() -> tuple[FakeClock, FakeThrottle, ReservePace]:
    """A pace whose shared throttle is away."""
    clock = FakeClock()
    shared = FakeThrottle(clock, CAPS, Fraction(4, 5))
    shared.failure = StoreUnavailable("away")
    return clock, shared, ReservePace(shared, clock)


def leave_at(clock: FakeClock, pace: ReservePace, cost: Cost) -> int:
    """Wait for a slot; return when it came."""
    slot = pace.book("main", cost, Lane.CANCEL)
    assert slot.booked
    clock.sleep_ms(slot.wait_ms)
    return clock.monotonic_ms()


def most_within(times: list[int], span_ms: int) -> int:
    """The most that left within any span, as long as a second before the span is over."""
    return max(sum(at <= other < at + span_ms for other in times) for at in times)


def test_pace_when_redis_is_away_then_no_second_has_more_than_the_reserve() -> None:
    """2 cancels and 1 question: with a buffer of 0.8 there is room for 2 and 3."""
    clock, _, pace = away()
    mix = (CANCEL, CANCEL, QUESTION)
    times = [(cost, leave_at(clock, pace, cost)) for _ in range(20) for cost in mix]
    assert most_within([at for cost, at in times if cost is CANCEL], 1_000) == 2
    assert most_within([at for _, at in times], 1_000) == 3
    held = {d.pool: d.held_units for d in draws("main", CANCEL, CAPS, Fraction(4, 5))}
    assert held["orders/main"] + 2 <= CAPS.orders_per_s
    assert held["requests"] + 3 <= CAPS.requests_per_s


def test_pace_when_redis_is_there_then_the_shared_throttle_decides() -> None:
    """A kill takes its turn like everybody, ahead of them by its lane."""
    _, shared, pace = away()
    shared.failure = None
    pace.book("main", CANCEL, Lane.CANCEL)
    assert [admitted.cost for admitted in shared.admitted] == [CANCEL]


def test_pause_when_redis_is_away_then_this_process_heeds_it_by_itself() -> None:
    """A ban is a ban: nothing leaves until it is over."""
    clock, _, pace = away()
    pace.pause("main", 60_000, "HTTP 418")
    slot = pace.book("main", CANCEL, Lane.CANCEL)
    assert (slot.booked, slot.wait_ms) == (False, 60_000)
    assert pace.pause_left("main") == (60_000, "HTTP 418")
    clock.advance(60_000)
    assert pace.pause_left("main") is None
    assert pace.book("main", CANCEL, Lane.CANCEL).booked


def test_pause_when_redis_is_there_then_everybody_hears_of_it() -> None:
    """And what others paused is heeded here."""
    _, shared, pace = away()
    shared.failure = None
    pace.pause("main", 1_000, "HTTP 429")
    assert shared.pause_left("main") == (1_000, "HTTP 429")
