"""Who listens hears that something was told, once, and waits otherwise."""

import threading

import pytest
from redis import Redis

from orderdesk.errors import StoreUnavailable
from orderdesk.stores.embedded_redis import RunningRedis
from orderdesk.stores.event_tail_redis import EventTailRedis
from orderdesk.stores.redis_door import Keys, connect


def test_wait_when_something_is_told_then_it_is_heard_once(client: Redis, desk_id: str) -> None:
    """Before anything was ever told, too; what was told before the first call is no news."""
    stream, tail = Keys(desk_id).events, EventTailRedis(client, desk_id=desk_id)
    assert tail.wait(1) is False
    for _ in range(3):
        client.xadd(stream, {"n": 1})
    assert tail.wait(1) is True
    assert tail.wait(1) is False
    assert EventTailRedis(client, desk_id=desk_id).wait(1) is False


def test_wait_when_it_is_told_meanwhile_then_the_wait_ends(client: Redis, desk_id: str) -> None:
    """It is pushed, not looked for."""
    tail = EventTailRedis(client, desk_id=desk_id)
    tail.wait(1)
    later = threading.Timer(0.05, lambda: client.xadd(Keys(desk_id).events, {"n": 1}))
    later.start()
    assert tail.wait(2_500) is True
    later.join()


def test_wait_when_redis_is_away_then_it_is_said_and_later_nothing_was_missed(
    own_redis: RunningRedis, desk_id: str
) -> None:
    """A page shows that it does not hear, and goes on when it does."""
    client = connect(own_redis.url)
    tail = EventTailRedis(client, desk_id=desk_id)
    client.xadd(Keys(desk_id).events, {"n": 1})
    tail.wait(1)
    own_redis.kill()
    with pytest.raises(StoreUnavailable):
        tail.wait(1)
    own_redis.start()
    client.xadd(Keys(desk_id).events, {"n": 2})
    assert tail.wait(1) is True
    client.close()
