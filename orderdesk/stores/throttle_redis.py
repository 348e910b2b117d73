"""The throttle: one line per account in Redis, shared by every process of the desk.

The rule itself is `throttle.lua`; the arithmetic of rests is `throttle_line.py`.
"""

from collections.abc import Mapping
from fractions import Fraction

from redis import Redis

from orderdesk.core.tokens import Caps, Cost, Lane
from orderdesk.ports import Slot
from orderdesk.stores.redis_door import Keys, lua, reaching_redis
from orderdesk.stores.throttle_line import REACH_MS, UNKNOWN_MS, Booking, horizon_us, rests


class ThrottleRedis:
    """The `Throttle` port in its simplest right form: requests leave one after another.

    A booked slot is the caller's; if it dies, the slot is wasted and nothing else. Redis
    away: `StoreUnavailable`, and no request leaves. Redis restarted with its append-only
    file: the line goes on where it was. Redis empty: the first slot is `unknown_ms` away.

    Limits, on purpose. Every request of an account waits in the same line, so pools that
    are not the tightest stay partly unused. Lines know nothing of each other: accounts that
    leave through one IP address must share out its caps among their desks. Slots are exact
    on Redis' clock, but a request reaches the venue when the network lets it: that is what
    the buffer is for. A clock of Redis that is set *forward* makes the line forget the slots
    that are booked and not yet reached; keep it disciplined (chrony, ntpd).

    Args:
        client: from `redis_door.connect`.
        desk_id: whose throttle it is.
        caps: what the venue allows.
        buffer: the share of every cap to use, above 0 and at most 1.
        reach_ms: how far ahead each lane may book.
        unknown_ms: how long to hold back when Redis does not know the line.
    """

    def __init__(
        self,
        client: Redis,
        *,
        desk_id: str,
        caps: Caps,
        buffer: Fraction,
        reach_ms: Mapping[Lane, int] = REACH_MS,
        unknown_ms: int = UNKNOWN_MS,
    ) -> None:
        self._client = client
        self._keys = Keys(desk_id)
        self._caps = caps
        self._buffer = buffer
        self._reach_ms = reach_ms
        self._unknown_ms = unknown_ms
        farthest_ms = max(reach_ms.values())
        self._horizon_us = horizon_us(caps, buffer, reach_ms=farthest_ms, unknown_ms=unknown_ms)
        self._take = lua(client, "throttle.lua")
        self._pause = lua(client, "pause.lua")

    def book(self, account: str, cost: Cost, lane: Lane) -> Slot:
        """Take the next slot, or say when to come back; one round trip."""
        return self.take(account, cost, lane).slot

    def take(self, account: str, cost: Cost, lane: Lane) -> Booking:
        """Do what `book` does, and tell the slot on Redis' clock too."""
        rest = rests(cost, self._caps, self._buffer)
        arguments = (
            rest.before_us,
            rest.after_us,
            self._reach_ms[lane] * 1_000,
            self._unknown_ms * 1_000,
            self._horizon_us,
        )
        with reaching_redis("booking a slot of the throttle"):
            taken, wait_ms, slot_us = self._take([self._keys.line(account)], arguments)
        return Booking(wait_ms, slot_us if taken else None)

    def pause(self, account: str, for_ms: int, reason: str) -> None:
        """Give no slot to anybody for so long; slots that were given before stand."""
        with reaching_redis("pausing the throttle"):
            self._pause([self._keys.line(account)], (for_ms, reason))

    def pause_left(self, account: str) -> tuple[int, str] | None:
        """Return how long the pause still lasts (ms, rounded up) and why."""
        with reaching_redis("asking for a pause of the throttle"):
            pipeline = self._client.pipeline(transaction=False)
            pipeline.time()
            pipeline.hmget(self._keys.line(account), ["paused_until_us", "paused_for"])
            (seconds, micros), (until_us, reason) = pipeline.execute()
        left_us = int(until_us or 0) - (seconds * 1_000_000 + micros)
        return None if left_us <= 0 else (-(-left_us // 1_000), reason)
