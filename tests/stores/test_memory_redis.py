"""What Redis remembers must outlive it, and leases must not."""

import pytest
from redis import Redis

from orderdesk.stores.embedded_redis import RunningRedis
from orderdesk.stores.memory_redis import MemoryRedis
from orderdesk.stores.redis_door import Keys

pytestmark = pytest.mark.processes


def test_memory_when_redis_was_killed_then_it_remembers_all(
    own_redis: RunningRedis, desk_id: str
) -> None:
    """Ledger, highest attempt and epoch are on disk before anybody is told so."""
    client = own_redis.client()
    memory = MemoryRedis(client, desk_id=desk_id)
    memory.claim("ledger-1")
    memory.note_attempt(2**53)
    epoch = memory.begin_epoch()
    own_redis.kill()
    own_redis.start()
    assert memory.claim("other") == "ledger-1"
    assert memory.highest_attempt() == 2**53
    assert memory.epoch() == epoch
    client.close()


def test_memory_when_redis_came_back_empty_then_the_epoch_is_missing(
    own_redis: RunningRedis, desk_id: str
) -> None:
    """A loss is noticed by what is not there any more."""
    client = own_redis.client()
    memory = MemoryRedis(client, desk_id=desk_id)
    epoch = memory.begin_epoch()
    client.flushall()
    assert memory.epoch() is None
    assert memory.begin_epoch() != epoch
    client.close()


def test_once_when_its_time_is_over_then_a_late_release_takes_it_from_nobody(
    client: Redis, desk_id: str
) -> None:
    """A holder that slept past its lease gives nothing of its successor's back."""
    # Given a lease that ran out, and its successor
    slow, next_one = MemoryRedis(client, desk_id=desk_id), MemoryRedis(client, desk_id=desk_id)
    assert slow.once("sweep", 600_000)
    assert 0 < client.pttl(Keys(desk_id).lease("sweep")) <= 600_000
    client.delete(Keys(desk_id).lease("sweep"))
    assert next_one.once("sweep", 600_000)
    # When the first one wakes up
    slow.release("sweep")
    # Then
    assert not slow.once("sweep", 600_000)
