"""Leases: a name is one holder's for a while. They save double work and prove nothing.

Two holders are possible (a lease that ran out while its holder slept), so whatever a lease
guards must be harmless when done twice. What may not be is guarded by the ledger.
"""

from redis import Redis

from orderdesk.stores.redis_door import Keys, lua, reaching_redis


class Leases:
    """The leases of one desk."""

    def __init__(self, client: Redis, *, desk_id: str) -> None:
        self._client = client
        self._keys = Keys(desk_id)
        self._release = lua(client, "release.lua")

    def take(self, name: str, token: str, *, for_ms: int) -> bool:
        """Take a lease under a token that nobody else has; False if somebody holds it."""
        with reaching_redis(f"taking the lease {name}"):
            return bool(self._client.set(self._keys.lease(name), token, nx=True, px=for_ms))

    def holder(self, name: str) -> str | None:
        """Return the token of whoever holds a lease now."""
        with reaching_redis(f"looking at the lease {name}"):
            token = self._client.get(self._keys.lease(name))
        return None if token is None else str(token)

    def release(self, name: str, token: str) -> None:
        """Give a lease back; one that ran out and is somebody else's by now stays theirs."""
        with reaching_redis(f"giving back the lease {name}"):
            self._release([self._keys.lease(name)], [token])
