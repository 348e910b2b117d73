"""The throttle in Redis: exact under load, closed when in doubt."""

import itertools
import multiprocessing
from collections.abc import Iterator
from fractions import Fraction

import pytest
from hypothesis import given, settings
from redis import Redis

from orderdesk.core.pools import LONGEST_REACH_MS, unknown_ms
from orderdesk.core.tokens import Cost, Lane
from orderdesk.errors import StoreUnavailable
from orderdesk.ports import Waiting
from orderdesk.stores.embedded_redis import RunningRedis
from orderdesk.stores.redis_door import Keys
from orderdesk.stores.throttle_redis import ThrottleRedis
from tests.stores.requests_mix import Mix, mixes
from tests.stores.sliding_windows import Sent, overflows
from tests.stores.throttle_racer import BOOKINGS, CAPS, COSTS, ENDLESS, race

pytestmark = pytest.mark.processes

BUFFER = Fraction(4, 5)
ORDER = Cost("POST /order", weight=1, orders=1)


def _throttle(client: Redis, desk_id: str, *, unknown_ms: int | None = None) -> ThrottleRedis:
    return ThrottleRedis(client, desk_id=desk_id, caps=CAPS, buffer=BUFFER, unknown_ms=unknown_ms)


def _now_us(client: Redis) -> int:
    seconds, micros = client.time()
    return int(seconds) * 1_000_000 + int(micros)


@pytest.fixture(scope="module")
def desks() -> Iterator[str]:
    """Number desks, one for each example."""
    return (f"mix-{number}" for number in itertools.count())


@given(mix=mixes())
@settings(max_examples=60, deadline=None)
def test_book_when_any_mix_asks_then_no_pool_is_over_its_cap(
    mix: Mix, redis_server: RunningRedis, desks: Iterator[str]
) -> None:
    """Every window of every pool holds, whatever is asked for, missed, and after any pauses."""
    # Given pools that may be booked as far ahead as one likes, so that hours need no waiting.
    client = redis_server.client()
    throttle = ThrottleRedis(
        client,
        desk_id=next(desks),
        caps=mix.caps,
        buffer=mix.buffer,
        reach_ms=dict.fromkeys(Lane, ENDLESS),
        unknown_ms=0,
    )
    # When it all is asked for, a pause taking the place of idle time
    log = []
    for ask in mix.asks:
        throttle.pause("main", ask.idle_ms, "idle")
        slot = throttle.book("main", ask.cost, ask.lane)
        if ask.misses:
            slot = throttle.book("main", ask.cost, ask.lane, Waiting(before=slot))
        assert slot.booked
        log.append(Sent(slot.mark, ask.cost))
    client.close()
    # Then
    assert overflows(log, mix.caps) == []


def test_overview_when_units_are_older_than_a_span_then_they_do_not_count(
    client: Redis, desk_id: str
) -> None:
    """However many there are: the lists keep them for much longer."""
    throttle, now_us = _throttle(client, desk_id), _now_us(client)
    times = [now_us + 500_000, now_us, *(now_us - n * 1_000_000 for n in range(2, 50))]
    client.rpush(Keys(desk_id).pool("requests"), *times)
    client.rpush(Keys(desk_id).pool("weight"), *times)
    pools = {pool.name: pool for pool in throttle.overview("main").pools}
    assert (pools["requests"].used, pools["requests"].booked) == (1, 1)
    assert pools["weight"].used in (8, 9)
    assert pools["weight"].booked == 1


def test_book_when_eight_processes_race_then_no_window_is_over_its_cap(
    redis_server: RunningRedis, desk_id: str
) -> None:
    """The same pools for all processes: their slots together keep every cap, to the full."""
    context = multiprocessing.get_context("spawn")
    racers = 8
    with context.Pool(racers) as pool:
        logs = pool.map(race, [(redis_server.url, desk_id)] * racers, chunksize=1)
    slots = sorted(slot for log in logs for slot in log)
    assert len(slots) == racers * BOOKINGS
    assert overflows([Sent(at_us, COSTS[kind]) for at_us, kind in slots], CAPS) == []
    whole_us = slots[-1][0] - slots[0][0]
    weight = sum(COSTS[kind].weight for _, kind in slots)
    assert weight >= 0.9 * CAPS.weight_per_10_s * whole_us / 10_000_000


def test_book_when_redis_is_new_then_the_first_slot_waits_for_what_may_be_out(
    client: Redis, desk_id: str
) -> None:
    """Nobody knows which slots were given a moment ago, so every window is taken for full."""
    slot = _throttle(client, desk_id).book("main", ORDER, Lane.CANCEL)
    assert not slot.booked
    assert 10_000 < slot.wait_ms <= unknown_ms(CAPS) - LONGEST_REACH_MS


def test_book_when_it_has_been_idle_then_it_is_not_taken_for_new(
    client: Redis, desk_id: str
) -> None:
    """What is known never expires: a quiet night is not a loss."""
    keys = Keys(desk_id)
    _throttle(client, desk_id, unknown_ms=0).book("main", ORDER, Lane.PLACE)
    client.hset(keys.throttle, mapping={"open_us": 1, "next_us:orders/main": 1})

    slot = _throttle(client, desk_id).book("main", ORDER, Lane.PLACE)

    assert slot.booked
    kept = (keys.throttle, keys.pool("orders/main"), keys.pool("requests"), keys.pool("weight"))
    assert [client.ttl(key) for key in kept] == [-1] * len(kept)


@pytest.mark.parametrize("pool", ["orders/main", "requests", "weight"])
def test_book_when_one_list_is_lost_then_every_window_is_taken_for_full(
    client: Redis, desk_id: str, pool: str
) -> None:
    """A part of the data gone is all of it gone: nothing leaves on a guess."""
    _throttle(client, desk_id, unknown_ms=0).book("main", ORDER, Lane.PLACE)
    client.delete(Keys(desk_id).pool(pool))

    slot = _throttle(client, desk_id).book("main", ORDER, Lane.CANCEL)

    assert not slot.booked
    assert slot.wait_ms > 10_000


def test_book_when_the_clock_of_redis_was_set_back_then_it_heals_and_waits(
    client: Redis, desk_id: str
) -> None:
    """A slot that no booking can reach: what was given when is not known, but no halt for hours."""
    keys, hour_us = Keys(desk_id), 3_600_000_000
    _throttle(client, desk_id, unknown_ms=0).book("main", ORDER, Lane.PLACE)
    later_us = _now_us(client) + hour_us
    client.lpush(keys.pool("orders/main"), later_us)
    client.hset(keys.throttle, mapping={"open_us": later_us, "next_us:orders/main": later_us})

    slot = _throttle(client, desk_id).book("main", ORDER, Lane.CANCEL)

    assert not slot.booked
    assert 10_000 < slot.wait_ms < 20_000


def test_book_when_redis_was_killed_then_the_pools_go_on_where_they_were(
    own_redis: RunningRedis, desk_id: str
) -> None:
    """The append-only file keeps every slot that was given."""
    client = own_redis.client()
    throttle = ThrottleRedis(
        client, desk_id=desk_id, caps=CAPS, buffer=BUFFER, unknown_ms=0,
        reach_ms=dict.fromkeys(Lane, 60_000),
    )  # fmt: skip
    before = [throttle.book("main", ORDER, Lane.CANCEL).mark for _ in range(15)]

    own_redis.kill()
    with pytest.raises(StoreUnavailable):
        throttle.book("main", ORDER, Lane.CANCEL)
    own_redis.start()

    after = [throttle.book("main", ORDER, Lane.CANCEL).mark for _ in range(15)]
    assert after[0] > before[-1]
    assert overflows([Sent(at_us, ORDER) for at_us in (*before, *after)], CAPS) == []
    client.close()


def test_book_when_redis_lost_everything_then_old_and_new_slots_keep_the_caps(
    own_redis: RunningRedis, desk_id: str
) -> None:
    """Slots of the lost pools that are still being waited for meet none of the new ones."""
    # Given cancels booked as far ahead as they may
    client = own_redis.client()
    throttle = _throttle(client, desk_id, unknown_ms=0)
    throttle.pause("main", 900, "so that all of it lies ahead")
    slots = [throttle.book("main", ORDER, Lane.CANCEL) for _ in range(50)]
    last_us = max(slot.mark for slot in slots if slot.booked)
    assert last_us > _now_us(client)
    # When Redis forgets
    client.flushall()
    assert not _throttle(client, desk_id).book("main", ORDER, Lane.CANCEL).booked
    # Then nothing is given before the longest window behind the last of them is over
    open_us = int(client.hget(Keys(desk_id).throttle, "open_us") or 0)
    assert open_us >= last_us + 10_000_000
    client.close()
