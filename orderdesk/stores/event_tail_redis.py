"""Hear that something was told in a desk's event stream, without asking again and again."""

from typing import Any

from redis import Redis

from orderdesk.stores.redis_door import Keys, reaching_redis

AT_ONCE = 10_000
"""So many events are passed over at a time; more are heard of at the next call."""


class EventTailRedis:
    """The end of the stream, for one reader. What was told is not its matter, only that it was.

    Whoever must miss nothing reads the stream itself, or the ledger.
    """

    def __init__(self, client: Redis, *, desk_id: str) -> None:
        self._client: Any = client
        self._stream = Keys(desk_id).events
        self._last: str | None = None

    def wait(self, for_ms: int) -> bool:
        """Return True when something was told since the last call, False after so long.

        Raises:
            StoreUnavailable: Redis is away; what is told meanwhile is heard of afterwards.
        """
        with reaching_redis("listening for events"):
            if self._last is None:
                newest = self._client.xrevrange(self._stream, count=1)
                self._last = newest[0][0] if newest else "0-0"
            found = self._client.xread({self._stream: self._last}, count=AT_ONCE, block=for_ms)
        entries = list(dict(found or {}).values())
        if not entries:
            return False
        self._last = entries[0][-1][0]
        return True
