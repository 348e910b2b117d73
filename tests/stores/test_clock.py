"""What every clock does, the fake and the real one."""

import pytest

from orderdesk.core.clock_offset import ClockOffset
from orderdesk.ports import Clock
from orderdesk.stores.clock_redis import ClockRedis
from orderdesk.stores.memory import FakeClock
from tests.stores.kinds import BOTH


@pytest.fixture(params=BOTH)
def clock(request: pytest.FixtureRequest) -> Clock:
    """Give a clock that knows no offset."""
    if request.param == "fake":
        return FakeClock()
    desk_id = request.getfixturevalue("desk_id")
    return ClockRedis(request.getfixturevalue("client"), desk_id=desk_id)


def test_sleep_when_it_returns_then_so_much_time_has_passed(clock: Clock) -> None:
    """Sleeping moves both clocks on; nothing and less than nothing move neither back."""
    before_ms, wall_ms = clock.monotonic_ms(), clock.unix_ms()
    clock.sleep_ms(20)
    clock.sleep_ms(0)
    clock.sleep_ms(-5)
    assert clock.monotonic_ms() - before_ms >= 20
    assert clock.unix_ms() - wall_ms >= 19  # two roundings


def test_unix_when_asked_then_it_is_wall_time_in_ms(clock: Clock) -> None:
    """The wall clock counts from 1970: later than 2023, earlier than 2100."""
    assert 1_700_000_000_000 < clock.unix_ms() < 4_102_444_800_000


def test_offset_when_nothing_was_measured_then_there_is_none(clock: Clock) -> None:
    """Nobody guesses."""
    assert clock.offset() is None


def test_remember_when_offsets_come_out_of_order_then_the_youngest_stands(clock: Clock) -> None:
    """A process that slept with an old measurement in hand replaces no younger one."""
    now_ms = clock.monotonic_ms()
    younger = ClockOffset(offset_ms=7, doubt_ms=3, measured_ms=now_ms)
    older = ClockOffset(offset_ms=9, doubt_ms=1, measured_ms=now_ms - 50)
    clock.remember(younger)
    clock.remember(older)
    assert clock.offset() == younger
