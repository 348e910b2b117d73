"""The throttle in Redis: exact under load, closed when in doubt."""

import itertools
import multiprocessing
from collections.abc import Iterator
from fractions import Fraction

import pytest
from hypothesis import given, settings
from redis import Redis

from orderdesk.core.tokens import Caps, Cost, Lane
from orderdesk.errors import StoreUnavailable
from orderdesk.stores.embedded_redis import RunningRedis
from orderdesk.stores.redis_door import Keys
from orderdesk.stores.throttle_line import REACH_MS, UNKNOWN_MS
from orderdesk.stores.throttle_redis import ThrottleRedis
from tests.stores.requests_mix import Mix, mixes
from tests.stores.sliding_windows import Sent, overflows
from tests.stores.throttle_racer import BOOKINGS, COSTS, ENDLESS, race

pytestmark = pytest.mark.processes

CAPS = Caps("example", 12, 20, 300)
BUFFER = Fraction(4, 5)
ORDER = Cost("POST /order", weight=1, orders=1)


def _throttle(client: Redis, desk_id: str, *, unknown_ms: int = UNKNOWN_MS) -> ThrottleRedis:
    return ThrottleRedis(client, desk_id=desk_id, caps=CAPS, buffer=BUFFER, unknown_ms=unknown_ms)


def _next_us(client: Redis, desk_id: str) -> int:
    return int(client.hget(Keys(desk_id).line("main"), "next_us") or 0)


@pytest.fixture(scope="module")
def desks() -> Iterator[str]:
    """Number desks, one for each example."""
    return (f"mix-{number}" for number in itertools.count())


@given(mix=mixes())
@settings(max_examples=60, deadline=None)
def test_book_when_any_mix_asks_then_no_pool_is_over_its_cap(
    mix: Mix, redis_server: RunningRedis, desks: Iterator[str]
) -> None:
    """Every window of every pool holds, whatever is asked for and after whatever pauses."""
    # Given a line that may be booked as far ahead as one likes, so that hours need no waiting.
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
        slot_us = throttle.take("main", ask.cost, ask.lane).slot_us
        assert slot_us is not None
        log.append(Sent(slot_us, ask.cost))
    client.close()
    # Then
    assert overflows(log, mix.caps) == []


def test_book_when_several_processes_race_then_no_slot_is_given_twice(
    redis_server: RunningRedis, desk_id: str
) -> None:
    """One line for all processes: their slots together keep every cap."""
    context = multiprocessing.get_context("spawn")
    racers = 3
    with context.Pool(racers) as pool:
        logs = pool.map(race, [(redis_server.url, desk_id)] * racers, chunksize=1)
    slots = sorted(slot for log in logs for slot in log)
    assert len({at_us for at_us, _ in slots}) == racers * BOOKINGS
    assert overflows([Sent(at_us, COSTS[kind]) for at_us, kind in slots], CAPS) == []


def test_book_when_redis_is_new_then_the_first_slot_waits_for_what_may_be_out(
    client: Redis, desk_id: str
) -> None:
    """Nobody knows which slots were given a moment ago, so the line holds back first."""
    slot = _throttle(client, desk_id).book("main", ORDER, Lane.CANCEL)
    seconds, micros = client.time()
    assert not slot.booked
    assert 0 < slot.wait_ms <= UNKNOWN_MS - REACH_MS[Lane.CANCEL]
    assert _next_us(client, desk_id) <= seconds * 1_000_000 + micros + UNKNOWN_MS * 1_000


def test_book_when_the_line_has_been_idle_then_it_is_not_taken_for_new(
    client: Redis, desk_id: str
) -> None:
    """A line never expires: a quiet night is not a loss."""
    _throttle(client, desk_id, unknown_ms=0).book("main", ORDER, Lane.PLACE)
    client.hset(Keys(desk_id).line("main"), "next_us", 1)

    slot = _throttle(client, desk_id).book("main", ORDER, Lane.PLACE)

    assert (slot.booked, slot.wait_ms) == (True, 0)
    assert client.ttl(Keys(desk_id).line("main")) == -1


def test_book_when_the_clock_of_redis_was_set_back_then_the_line_heals(
    client: Redis, desk_id: str
) -> None:
    """An end of the line that no booking can reach is drawn in: a clock's step is no halt."""
    seconds, _ = client.time()
    client.hset(Keys(desk_id).line("main"), "next_us", (seconds + 3_600) * 1_000_000)

    slot = _throttle(client, desk_id).book("main", ORDER, Lane.CANCEL)

    assert slot.wait_ms <= 20_000


def test_book_when_redis_was_killed_then_the_line_goes_on_where_it_was(
    own_redis: RunningRedis, desk_id: str
) -> None:
    """The append-only file keeps every slot that was given."""
    client = own_redis.client()
    throttle = _throttle(client, desk_id, unknown_ms=0)
    given = [throttle.take("main", ORDER, Lane.CANCEL).slot_us for _ in range(15)]
    before_us = _next_us(client, desk_id)

    own_redis.kill()
    with pytest.raises(StoreUnavailable):
        throttle.book("main", ORDER, Lane.CANCEL)
    own_redis.start()

    assert _next_us(client, desk_id) == before_us
    after = throttle.take("main", ORDER, Lane.CANCEL).slot_us
    assert after is not None
    assert after >= max(slot or 0 for slot in given) + 104_166
    client.close()


def test_book_when_redis_lost_everything_then_old_and_new_slots_keep_the_caps(
    own_redis: RunningRedis, desk_id: str
) -> None:
    """Slots of the lost line that are still being waited for meet none of the new one."""
    # Given cancels booked as far ahead as they may
    client = own_redis.client()
    throttle = _throttle(client, desk_id, unknown_ms=0)
    heavy = Cost("GET /trades", weight=10)
    slots = (throttle.take("main", heavy, Lane.CANCEL).slot_us for _ in range(50))
    old = [Sent(slot_us, heavy) for slot_us in slots if slot_us is not None]
    # When Redis forgets
    client.flushall()
    patient = _throttle(client, desk_id)
    assert not patient.book("main", heavy, Lane.CANCEL).booked
    first_us = _next_us(client, desk_id)
    # Then the new line begins behind the old one's last rest
    assert 3 < len(old) < 50
    assert first_us >= old[-1].at_us + 416_667
    assert overflows([*old, *(Sent(first_us + n * 416_667, heavy) for n in range(30))], CAPS) == []
    client.close()
