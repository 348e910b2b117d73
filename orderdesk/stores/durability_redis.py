"""Ask a Redis server whether it keeps what it acknowledges (assumption A7)."""

from redis import Redis
from redis.exceptions import NoPermissionError, RedisError, ResponseError

from orderdesk.core.durability import Durability
from orderdesk.errors import StoreUnavailable
from orderdesk.stores.redis_door import told

WANTED = {"appendonly": "yes", "appendfsync": "always", "maxmemory-policy": "noeviction"}
"""Accepted means kept: each write is on disk before it is acknowledged, and nothing is evicted.

Source: Redis 7 docs, "Persistence" and "Key eviction", read in Nov 2026.
"""


def asked(client: Redis) -> Durability:
    """Ask by CONFIG GET.

    Many hosted servers, and a user without the right, may not ask; then nobody here can know.

    Raises:
        StoreUnavailable: Redis is away.
    """
    try:
        found = client.config_get(*WANTED)
    except (NoPermissionError, ResponseError) as error:
        return Durability(None, f"CONFIG GET is refused: {told(error)}")
    except RedisError as error:
        message = f"Redis failed while asking how it keeps things: {told(error)}"
        raise StoreUnavailable(message) from error
    if set(found) != set(WANTED):
        return Durability(None, f"CONFIG GET told only {', '.join(map(str, found)) or 'nothing'}")
    says = ", ".join(f"{name} {value}" for name, value in found.items())
    return Durability(dict(found) == WANTED, says)
