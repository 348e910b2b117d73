"""A Redis is durable only if it says so; one that will not be asked is not taken at its word."""

from collections.abc import Iterator

import pytest
from redis import Redis

from orderdesk.errors import StoreUnavailable
from orderdesk.stores import durability_redis
from orderdesk.stores.embedded_redis import RunningRedis
from orderdesk.stores.redis_door import connect

pytestmark = pytest.mark.processes


@pytest.fixture
def client(own_redis: RunningRedis) -> Iterator[Redis]:
    """A client that may change the server's settings."""
    client = own_redis.client()
    yield client
    client.close()


@pytest.mark.parametrize(
    ("name", "value"),
    [("appendfsync", "everysec"), ("appendonly", "no"), ("maxmemory-policy", "allkeys-lru")],
)
def test_durability_when_one_setting_is_weaker_then_no_and_it_is_named(
    client: Redis, name: str, value: str
) -> None:
    """Each of the three alone is enough to lose what was accepted."""
    assert durability_redis.asked(client).kept is True
    client.config_set(name, value)
    found = durability_redis.asked(client)
    assert found.kept is False
    assert f"{name} {value}" in found.says


def test_durability_when_the_user_may_not_ask_then_nobody_knows(
    client: Redis, own_redis: RunningRedis
) -> None:
    """An ACL without CONFIG, as hosted servers have it, is said and not guessed around."""
    client.acl_setuser(
        "desk", enabled=True, passwords=["+word"], categories=["+@all"], commands=["-config"]
    )
    port = own_redis.url.rpartition(":")[2]
    narrow = connect(f"redis://desk:word@127.0.0.1:{port}")
    found = durability_redis.asked(narrow)
    narrow.close()
    assert found.kept is None
    assert "CONFIG GET is refused" in found.says
    assert "word" not in found.says.replace("password", "")


def test_durability_when_redis_is_away_then_it_is_unavailable(
    client: Redis, own_redis: RunningRedis
) -> None:
    """Silence is no answer."""
    own_redis.kill()
    with pytest.raises(StoreUnavailable):
        durability_redis.asked(client)
    own_redis.start()
