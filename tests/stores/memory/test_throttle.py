"""The fake throttle keeps the caps as the real one does."""

from fractions import Fraction

import pytest
from hypothesis import given, settings

from orderdesk.core.tokens import Caps, Cost, Lane
from orderdesk.errors import StoreUnavailable
from orderdesk.stores.memory import Admitted, FakeClock, FakeThrottle
from tests.stores.requests_mix import Mix, mixes
from tests.stores.sliding_windows import Sent, overflows

CAPS = Caps("example", orders_per_s=12, requests_per_s=20, weight_per_10_s=300)
ORDER = Cost("POST /order", weight=1, orders=1)


@given(mix=mixes())
@settings(max_examples=150, deadline=None)
def test_book_when_any_mix_asks_and_waits_then_no_pool_is_over_its_cap(mix: Mix) -> None:
    """Every window of every pool holds, with real lanes, refusals and idle times."""
    clock = FakeClock()
    throttle = FakeThrottle(clock, mix.caps, mix.buffer)
    for ask in mix.asks:
        clock.advance(ask.idle_ms)
        slot = throttle.book("main", ask.cost, ask.lane)
        if not slot.booked:
            clock.sleep_ms(slot.wait_ms)
            throttle.book("main", ask.cost, ask.lane)
    log = [Sent(given.slot_ms * 1_000, given.cost) for given in throttle.admitted]
    assert len(log) == len(mix.asks)
    assert overflows(log, mix.caps) == []


def test_book_when_a_heavy_request_follows_light_ones_then_the_full_cap_still_holds() -> None:
    """The mix that a line of rests alone gets wrong: 1 + 30 × 10 of 300."""
    clock = FakeClock()
    throttle = FakeThrottle(clock, CAPS, Fraction(1), dict.fromkeys(Lane, 60_000))
    for weight in (1, *[10] * 30):
        assert throttle.book("main", Cost("GET", weight), Lane.POLL).booked
    log = [Sent(given.slot_ms * 1_000, given.cost) for given in throttle.admitted]
    assert overflows(log, CAPS) == []


def test_book_when_time_passes_then_the_line_is_free_again() -> None:
    """The clock is the test's; every slot that was given is on record."""
    clock = FakeClock(monotonic_ms=0)
    throttle = FakeThrottle(clock, CAPS, Fraction(4, 5))
    throttle.book("main", ORDER, Lane.PLACE)
    clock.advance(105)
    throttle.book("main", ORDER, Lane.PLACE)
    assert throttle.admitted == [
        Admitted("main", ORDER, Lane.PLACE, 0),
        Admitted("main", ORDER, Lane.PLACE, 105),
    ]


def test_book_when_the_test_takes_it_away_then_it_fails_as_told() -> None:
    """Redis away is one assignment."""
    throttle = FakeThrottle(FakeClock(), CAPS, failure=StoreUnavailable("Redis is away"))
    with pytest.raises(StoreUnavailable):
        throttle.book("main", ORDER, Lane.PLACE)
