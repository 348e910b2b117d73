"""Offsets shared by the processes of one host and boot, and by nobody else."""

import time

import pytest
from redis import Redis

from orderdesk.core.clock_offset import ClockOffset
from orderdesk.stores.clock_redis import KEEP_MS, ClockRedis, host_boot
from orderdesk.stores.embedded_redis import RunningRedis
from orderdesk.stores.redis_door import Keys, connect


def test_host_boot_when_asked_twice_then_it_is_the_same() -> None:
    """All processes of a boot agree on its name."""
    assert host_boot() == host_boot()
    assert ":" in host_boot()


def test_offset_when_redis_is_away_then_what_this_process_knows_serves() -> None:
    """The kill switch needs exchange time even without Redis."""
    clock = ClockRedis(connect("redis://127.0.0.1:1/0"), desk_id="desk")
    assert clock.offset() is None
    measured = ClockOffset(5, 2, clock.monotonic_ms())
    clock.remember(measured)
    clock.remember(ClockOffset(6, 2, measured.measured_ms - 50))
    assert clock.offset() == measured


def test_offset_when_it_is_old_then_it_serves_no_more() -> None:
    """After ten minutes, or from a clock that had not begun yet, an offset is no guess at all."""
    for age_ms in (KEEP_MS, -60_000):
        clock = ClockRedis(connect("redis://127.0.0.1:1/0"), desk_id="desk")
        clock.remember(ClockOffset(5, 2, clock.monotonic_ms() - age_ms))
        assert clock.offset() is None


def test_monotonic_when_read_then_it_is_the_system_wide_clock() -> None:
    """Two processes of a host read one clock, so offsets may cross between them."""
    clock = ClockRedis(connect("redis://127.0.0.1:1/0"), desk_id="desk")
    before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1_000_000
    middle = clock.monotonic_ms()
    after = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1_000_000
    assert before <= middle <= after


@pytest.mark.processes
def test_remember_when_another_process_of_the_host_asks_then_it_knows_too(
    client: Redis, desk_id: str
) -> None:
    """One measurement serves a host."""
    here = ClockRedis(client, desk_id=desk_id)
    measured = ClockOffset(-1_234, 4, here.monotonic_ms())
    here.remember(measured)
    assert ClockRedis(client, desk_id=desk_id).offset() == measured


@pytest.mark.processes
def test_remember_when_a_late_writer_comes_then_the_others_still_see_the_youngest(
    client: Redis, desk_id: str
) -> None:
    """Redis keeps the youngest whoever writes last, and only that one."""
    writer = ClockRedis(client, desk_id=desk_id)
    now_ms = writer.monotonic_ms()
    younger = ClockOffset(1, 1, now_ms)
    writer.remember(younger)
    ClockRedis(client, desk_id=desk_id).remember(ClockOffset(2, 1, now_ms - 5_000))
    assert ClockRedis(client, desk_id=desk_id).offset() == younger


@pytest.mark.processes
def test_offset_when_another_host_measured_then_it_is_not_ours(client: Redis, desk_id: str) -> None:
    """Monotonic clocks of two hosts have nothing in common."""
    theirs = ClockRedis(client, desk_id=desk_id, host="elsewhere:boot")
    theirs.remember(ClockOffset(1, 1, theirs.monotonic_ms()))
    assert ClockRedis(client, desk_id=desk_id).offset() is None


@pytest.mark.processes
def test_offset_when_redis_was_away_a_moment_ago_then_it_is_left_alone(
    own_redis: RunningRedis, desk_id: str
) -> None:
    """A Redis that does not answer may hold up one stamp, not all of them."""
    client = own_redis.client()
    clock, neighbour = (ClockRedis(client, desk_id=desk_id) for _ in range(2))
    own_redis.stop()
    assert clock.offset() is None
    own_redis.start()
    # Both in the past: an offset from a moment to come is not believed.
    own = ClockOffset(1, 1, clock.monotonic_ms() - 1)

    neighbour.remember(ClockOffset(2, 1, own.measured_ms + 1))
    assert clock.offset() is None
    clock.remember(own)

    assert clock.offset() == own
    assert neighbour.offset() == ClockOffset(2, 1, own.measured_ms + 1)
    assert client.zcard(Keys(desk_id).offset(host_boot())) == 1
    client.close()
