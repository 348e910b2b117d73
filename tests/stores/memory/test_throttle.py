"""The fake throttle keeps the caps as the real one does."""

from fractions import Fraction

import pytest
from hypothesis import given, settings

from orderdesk.core.circuit import FAILURES, FIRST_MS, LONGEST_MS, LOOK_MS, SOON_SLOTS
from orderdesk.core.tokens import Caps, Cost, Lane
from orderdesk.errors import StoreUnavailable
from orderdesk.ports import Slot, Waiting
from orderdesk.ports.throttle import ADDRESS
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
    log = []
    for ask in mix.asks:
        clock.advance(ask.idle_ms)
        slot, misses = throttle.book("main", ask.cost, ask.lane), ask.misses
        while not slot.booked or misses:
            clock.sleep_ms(slot.wait_ms + (21 if slot.booked else 0))
            misses &= not slot.booked
            slot = throttle.book("main", ask.cost, ask.lane, Waiting(before=slot))
        log.append(Sent(slot.mark, ask.cost))
    assert overflows(log, mix.caps) == []


@pytest.mark.parametrize("lane", [Lane.PLACE, Lane.POLL])
def test_book_when_many_wait_then_they_are_served_as_they_came(lane: Lane) -> None:
    """First come, first served: nobody overtakes within a lane, however the answers fall."""
    clock = FakeClock()
    throttle = FakeThrottle(clock, CAPS, Fraction(4, 5))
    served: list[int] = []
    asking: list[tuple[int, int, Slot | None]] = [(0, n, None) for n in range(30)]
    while asking:
        asking.sort(key=lambda one: one[:2])
        at_ms, number, before = asking.pop(0)
        clock.advance(max(0, at_ms - clock.monotonic_ms()))
        slot = throttle.book("main", ORDER, lane, Waiting(60_000, before=before))
        if slot.booked:
            served.append(number)
        else:
            asking.append((clock.monotonic_ms() + slot.wait_ms, number, slot))
    assert served == sorted(served)
    assert throttle.admitted[-1].slot_ms - throttle.admitted[0].slot_ms <= 29 * 105


def test_book_when_placements_fill_the_pool_then_a_cancel_takes_the_next_slot_not_given() -> None:
    """It waits for what is booked, 300 ms at most, and for one rest."""
    clock = FakeClock()
    throttle = FakeThrottle(clock, CAPS, Fraction(4, 5))
    for _ in range(200):
        throttle.book("main", ORDER, Lane.PLACE)
        clock.advance(7)
    cancels = [throttle.book("main", ORDER, Lane.CANCEL) for _ in range(3)]
    assert all(slot.booked for slot in cancels)
    assert cancels[0].wait_ms <= 300 + 105
    assert not throttle.book("main", ORDER, Lane.PLACE).booked


def test_book_when_a_slot_is_given_back_then_the_next_one_has_its_place() -> None:
    """What was not sent counts nowhere: a missed slot costs its pool nothing."""
    clock = FakeClock()
    throttle = FakeThrottle(clock, CAPS, Fraction(4, 5))
    slots = [throttle.book("main", ORDER, Lane.PLACE) for _ in range(4)]
    clock.advance(21)
    again = throttle.book("main", ORDER, Lane.PLACE, Waiting(before=slots[0]))
    after = throttle.book("main", ORDER, Lane.PLACE)
    assert again.mark - slots[-1].mark <= 105_000
    assert after.mark - again.mark <= 105_000


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


def test_pause_when_the_venue_repeats_itself_then_it_doubles_until_it_is_quiet() -> None:
    """Right after a pause the next sign says that it was too short; later it is new trouble."""
    clock = FakeClock()
    throttle = FakeThrottle(clock, CAPS, reach_ms=dict.fromkeys(Lane, 60_000))
    lasts = []
    for quiet in (False, False, False, True):
        lasts.append(throttle.pause(ADDRESS, 60_000, "429", again_ms=600_000))
        clock.advance(lasts[-1])
        for _ in range(SOON_SLOTS + 1 if quiet else SOON_SLOTS):
            throttle.book("main", ORDER, Lane.CANCEL)
        clock.advance(60_000)
    lasts.append(throttle.pause(ADDRESS, 60_000, "429", again_ms=600_000))
    assert lasts == [60_000, 600_000, 1_200_000, 2_400_000, 60_000]


def test_circuit_when_looks_fail_then_it_opens_for_longer_and_one_at_a_time_looks() -> None:
    """Half open means one question; its failure doubles the time, up to a bound."""
    clock = FakeClock()
    throttle = FakeThrottle(clock, CAPS)
    for _ in range(FAILURES - 1):
        throttle.heard(answered=False, reason="reset")
    opened = []
    for _ in range(5):
        opened.append(throttle.heard(answered=False, reason="reset"))
        clock.advance(opened[-1])
        looked = [throttle.book("main", Cost("GET /time"), Lane.POLL).booked for _ in range(3)]
        assert looked == [True, False, False]
        assert not throttle.book("main", ORDER, Lane.PLACE).booked
    assert opened == [FIRST_MS, 4_000, 8_000, LONGEST_MS, LONGEST_MS]


def test_circuit_when_who_looked_died_then_somebody_else_looks() -> None:
    """A dead look holds the venue closed for no longer than its deadline."""
    clock = FakeClock()
    throttle = FakeThrottle(clock, CAPS)
    for _ in range(FAILURES):
        throttle.heard(answered=False, reason="reset")
    clock.advance(FIRST_MS)
    assert throttle.book("main", Cost("GET /time"), Lane.POLL).booked
    assert not throttle.book("main", Cost("GET /time"), Lane.POLL).booked
    clock.advance(LOOK_MS)
    assert throttle.book("main", Cost("GET /time"), Lane.POLL).booked
