"""How far the ledger's events have reached the event stream, noted beside it in Redis.

Whoever tells an event (`telemetry/stream_redis.py`) notes its number here in the same step;
what is done about the missing ones is in `flows/sweep_events.py`.
"""

from collections.abc import Sequence
from typing import Protocol, cast

from redis import Redis

from orderdesk.core.events import Event
from orderdesk.stores.redis_door import Keys, lua, reaching_redis

KEEP = 100_000
"""So many events stay in the stream for whoever comes late (about 60 MB); older ones stay for
as long as a consumer group has not read and acknowledged them."""

DROP_AT_MOST = 2_000
"""So many leave at a time: the script holds up Redis while it runs."""


class Deliver(Protocol):
    """Puts an event into the stream, unless it is there."""

    def __call__(self, event: Event, *, aloud: bool) -> None:
        """Do it; `aloud` tell whoever listens too."""


class OutboxRedis:
    """The `Outbox` port over Redis.

    Args:
        client: any connection; threads may share it.
        desk_id: whose stream.
        deliver: puts an event into the stream unless it is there, and notes that.
        keep: how many events stay in the stream when nobody waits for older ones.
    """

    def __init__(
        self,
        client: Redis,
        *,
        desk_id: str,
        deliver: Deliver,
        keep: int = KEEP,
    ) -> None:
        self._client = client
        self._keys = Keys(desk_id)
        self._deliver = deliver
        self._keep = keep
        self._trim = lua(client, "trim_events.lua")

    def cursor(self) -> int | None:
        """Return the event up to which every one is in the stream; None if that is unknown."""
        with reaching_redis("reading how far events were told"):
            noted = cast("str | None", self._client.get(self._keys.events_cursor))
        return None if noted is None else int(noted)

    def highest(self) -> int:
        """Return the highest event that is known to be in the stream, 0 if none is."""
        with reaching_redis("reading which event was told last"):
            pipeline = self._client.pipeline(transaction=False)
            pipeline.get(self._keys.events_cursor)
            pipeline.zrange(self._keys.events_told, -1, -1)
            cursor, last = pipeline.execute()
        return max(int(cursor or 0), *(int(event_id) for event_id in last), 0)

    def begin_after(self, event_id: int, *, anew: bool = False) -> None:
        """Set the cursor where there is none; `anew` forgets what was in the stream before."""
        with reaching_redis("noting how far events were told"):
            pipeline = self._client.pipeline()
            if anew:
                pipeline.delete(self._keys.events_told)
            pipeline.set(self._keys.events_cursor, event_id, nx=not anew)
            pipeline.execute()

    def missing(self, event_ids: Sequence[int]) -> set[int]:
        """Return which events behind the cursor are not in the stream."""
        if not event_ids:
            return set()
        names = [str(event_id) for event_id in event_ids]
        with reaching_redis("looking for events in the stream"):
            scores = self._client.zmscore(self._keys.events_told, names)
        return {e for e, score in zip(event_ids, scores, strict=True) if score is None}

    def deliver(self, event: Event, *, aloud: bool) -> None:
        """Put an event into the stream, once; `aloud` tell whoever listens too."""
        with reaching_redis("telling an event"):
            self._deliver(event, aloud=aloud)

    def settle(self, event_id: int) -> None:
        """Move the cursor, and let go of what nobody needs any more."""
        with reaching_redis("moving the cursor of events"):
            pipeline = self._client.pipeline()
            pipeline.set(self._keys.events_cursor, event_id)
            pipeline.zremrangebyscore(self._keys.events_told, "-inf", event_id)
            pipeline.execute()
            self._trim([self._keys.events], [self._keep, DROP_AT_MOST])
