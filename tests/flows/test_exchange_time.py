"""Exchange time: measured when needed, never ahead of the venue, and honest about its doubt."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderdesk.core.clock_offset import LATE_BIAS_MS, MAX_AGE_MS
from orderdesk.core.orders import OrderStatus
from orderdesk.errors import ClockUncertain, ExchangeUnreachable
from orderdesk.flows.exchange_time import AHEAD_MS, SAMPLES, ExchangeTime
from orderdesk.stores.memory import FakeClock
from tests.core.laws import law
from tests.flows.trial import WINDOW_MS, Trial

MINUTES_MS = 7 * 60_000


class Wire:
    """A venue's clock, `ahead_ms` of ours, behind trips that take their time."""

    def __init__(self, clock: FakeClock, ahead_ms: int = 0, there_ms: int = 5) -> None:
        self.clock, self.ahead_ms, self.there_ms, self.back_ms = clock, ahead_ms, there_ms, 5
        self.asked = 0
        self.silent = False

    def now_ms(self) -> int:
        """What the venue's clock shows."""
        return self.clock.unix_ms() + self.ahead_ms

    def __call__(self) -> int:
        """Ask it."""
        self.asked += 1
        if self.silent:
            raise ExchangeUnreachable("no answer", 4_000)
        self.clock.advance(self.there_ms)
        shown = self.now_ms()
        self.clock.advance(self.back_ms)
        return shown


@law
@given(
    ahead_ms=st.integers(-10 * MINUTES_MS, 10 * MINUTES_MS),
    there_ms=st.integers(0, 700),
    back_ms=st.integers(0, 700),
)
def test_stamp_when_the_clocks_differ_by_minutes_then_the_venue_takes_it(
    ahead_ms: int, there_ms: int, back_ms: int
) -> None:
    """Never 1 s ahead and never near the window's end, however crooked the trip."""
    # Given
    clock = FakeClock()
    wire = Wire(clock, ahead_ms, there_ms)
    wire.back_ms = back_ms
    time = ExchangeTime(clock, wire)
    # When
    try:
        time.prepare(WINDOW_MS)
    except ClockUncertain:
        assert there_ms + back_ms > WINDOW_MS // 4
        return
    _age(clock, MAX_AGE_MS - 1)
    # Then
    late_ms = wire.now_ms() - time.stamp_ms(WINDOW_MS)
    assert -1_000 < late_ms < WINDOW_MS // 2


def test_stamp_when_the_trip_is_even_then_it_leans_late_and_is_never_ahead() -> None:
    """The venue refuses what is ahead, and tolerates what is behind."""
    clock = FakeClock()
    wire = Wire(clock, MINUTES_MS)
    time = ExchangeTime(clock, wire)
    time.prepare(WINDOW_MS)
    assert wire.now_ms() - time.stamp_ms(WINDOW_MS) == LATE_BIAS_MS
    assert time.now_ms() == wire.now_ms()


@pytest.mark.parametrize("ahead_ms", [-MINUTES_MS, MINUTES_MS])
def test_place_when_the_host_s_clock_is_wrong_by_minutes_then_orders_go_through(
    trial: Trial, ahead_ms: int
) -> None:
    """Our wall clock is for records, never for a stamp."""
    trial.venue.clock_ms = lambda: trial.clock.unix_ms() + ahead_ms
    trial.time.measure()
    assert trial.place(trial.order()).status is OrderStatus.NEW


def test_measure_when_trips_differ_then_the_quickest_is_believed() -> None:
    """Its doubt is the smallest."""
    clock = FakeClock()
    trips = [400, 10, 300]
    wire = Wire(clock, MINUTES_MS)

    def ask() -> int:
        wire.there_ms = trips[wire.asked]
        return wire()

    offset = ExchangeTime(clock, ask).measure()
    assert wire.asked == SAMPLES
    assert offset.doubt_ms <= 10
    assert clock.offset() == offset


def test_prepare_when_a_young_offset_is_at_hand_then_nobody_is_asked() -> None:
    """One process of a host measures for all."""
    time, wire, clock = _measured()
    wire.asked = 0
    _age(clock, MAX_AGE_MS - AHEAD_MS - 1)
    time.prepare(WINDOW_MS)
    assert wire.asked == 0


def test_prepare_when_a_slot_is_waited_for_afterwards_then_the_offset_still_stamps() -> None:
    """A look at the clock is no use if it is too old when the slot has come."""
    time, wire, clock = _measured()
    for aged_ms in range(0, MAX_AGE_MS, 1_000):
        _age(clock, aged_ms)
        time.prepare(WINDOW_MS)
        _age(clock, AHEAD_MS - 1)
        assert wire.now_ms() - time.stamp_ms(WINDOW_MS) == LATE_BIAS_MS


def test_prepare_when_the_offset_is_thirty_seconds_old_then_it_is_measured_again() -> None:
    """Clocks drift, and so does the doubt."""
    time, wire, clock = _measured()
    wire.asked, wire.ahead_ms = 0, -MINUTES_MS
    _age(clock, MAX_AGE_MS)
    with pytest.raises(ClockUncertain):
        time.stamp_ms(WINDOW_MS)
    time.prepare(WINDOW_MS)
    assert wire.asked == SAMPLES
    assert time.now_ms() == wire.now_ms()


def test_prepare_when_every_trip_is_slow_then_nothing_can_be_stamped() -> None:
    """A doubt of a quarter of the window is too much: no attempt is opened on a guess."""
    clock = FakeClock()
    time = ExchangeTime(clock, Wire(clock, there_ms=WINDOW_MS // 2))
    with pytest.raises(ClockUncertain, match="vague"):
        time.prepare(WINDOW_MS)
    with pytest.raises(ClockUncertain):
        time.stamp_ms(WINDOW_MS)


def test_prepare_when_the_venue_is_silent_then_it_says_so_and_when_to_come_back() -> None:
    """The venue's own wish to be left alone is passed on."""
    clock = FakeClock()
    wire = Wire(clock)
    wire.silent = True
    with pytest.raises(ClockUncertain, match="unknown") as uncertain:
        ExchangeTime(clock, wire).prepare(WINDOW_MS)
    assert uncertain.value.retry_after_ms == 4_000


def test_place_when_exchange_time_is_unknown_then_nothing_is_sent_and_it_waits(
    trial: Trial,
) -> None:
    """Nothing is stamped on a guess; the order is written down and goes on later."""
    trial.venue.silent_questions = 1
    with pytest.raises(ClockUncertain):
        trial.place(trial.order())
    assert trial.stands().status is OrderStatus.RECEIVED
    assert trial.place(trial.order()).status is OrderStatus.NEW


def test_now_when_nothing_was_measured_then_it_is_the_host_s_clock() -> None:
    """Good enough for records; a stamp is refused."""
    clock = FakeClock()
    time = ExchangeTime(clock, Wire(clock))
    assert time.now_ms() == clock.unix_ms()
    for ask in (lambda: time.stamp_ms(WINDOW_MS), lambda: time.monotonic_at(0)):
        with pytest.raises(ClockUncertain):
            _call(ask)


@law
@given(age_ms=st.integers(100, MAX_AGE_MS - 1), ahead_ms=st.integers(-MINUTES_MS, MINUTES_MS))
def test_monotonic_at_when_given_a_stamp_then_it_is_the_moment_it_was_taken(
    age_ms: int, ahead_ms: int
) -> None:
    """The inverse of `stamp_ms`: T + W/2 on this host's own clock."""
    time, _, clock = _measured(ahead_ms)
    _age(clock, age_ms)
    stamp_ms = time.stamp_ms(WINDOW_MS)
    assert time.monotonic_at(stamp_ms) == clock.monotonic_ms()
    assert time.monotonic_at(stamp_ms + 1_500) == clock.monotonic_ms() + 1_500


def _measured(ahead_ms: int = MINUTES_MS) -> tuple[ExchangeTime, Wire, FakeClock]:
    clock = FakeClock()
    wire = Wire(clock, ahead_ms)
    time = ExchangeTime(clock, wire)
    time.measure()
    return time, wire, clock


def _age(clock: FakeClock, age_ms: int) -> None:
    """Let the offset at hand grow exactly so old."""
    offset = clock.offset()
    assert offset is not None
    clock.advance(offset.measured_ms + age_ms - clock.monotonic_ms())


def _call(ask: Callable[[], int]) -> int:
    return ask()
