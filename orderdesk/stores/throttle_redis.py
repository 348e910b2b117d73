"""The throttle: the pools of a venue in Redis, shared by every process of the desk.

The rule itself is `throttle.lua`; its figures come from `core/pools.py`.
"""

from collections.abc import Mapping
from fractions import Fraction

from redis import Redis

from orderdesk.core import circuit, pools
from orderdesk.core.pools import LANES, LATE_MS, draws, pools_of
from orderdesk.core.throttle_use import LaneNow, Overview, PoolNow
from orderdesk.core.tokens import Caps, Cost, Lane
from orderdesk.ports import Slot, Waiting
from orderdesk.ports.throttle import ADDRESS, NOT_WAITING
from orderdesk.stores.redis_door import Keys, lua, reaching_redis

FARTHER_US = 1_000_000
"""A slot that lies so much farther ahead than any lane may book says that a clock was set back."""


class ThrottleRedis:
    """The `Throttle` port: a request takes from all its pools in one script, or from none.

    A booked slot is the caller's; if it dies, the slot is wasted and nothing else. Redis
    away: `StoreUnavailable`, and no request leaves. Redis restarted with its append-only
    file: the pools go on where they were. Redis empty, or a part of it lost: every window is
    taken for full.

    Limits, on purpose. Slots are exact on Redis' clock, but a request reaches the venue when the
    network lets it: that is what the buffer is for. Desks that leave through one IP address know
    nothing of each other and must share out its caps. A slot lies behind the newest slot of each
    of its pools, so a request that waits for one pool holds the others up for as long as its lane
    may book ahead. A clock of Redis that is set *forward* makes the pools forget what was given
    in the time it leapt over; keep it disciplined (chrony, ntpd).

    Args:
        client: from `redis_door.connect`.
        desk_id: whose throttle it is.
        caps: what the venue allows.
        buffer: the share of every cap to use, above 0 and at most 1.
        reach_ms: how far ahead each lane may book, where it is not what `LANES` says.
        unknown_ms: how long to hold back when Redis does not know the pools; by default the
            longest window of the caps and a little more.
        late_ms: how late for its slot a sender may be.
    """

    def __init__(
        self,
        client: Redis,
        *,
        desk_id: str,
        caps: Caps,
        buffer: Fraction,
        reach_ms: Mapping[Lane, int] | None = None,
        unknown_ms: int | None = None,
        late_ms: int = LATE_MS,
    ) -> None:
        self._client = client
        self._keys = Keys(desk_id)
        self._caps = caps
        self._buffer = buffer
        self._late_ms = late_ms
        self._reach_ms = reach_ms or {lane: rule.reach_ms for lane, rule in LANES.items()}
        self._horizon_us = max(self._reach_ms.values()) * 1_000 + FARTHER_US
        self._unknown_ms = pools.unknown_ms(caps, late_ms) if unknown_ms is None else unknown_ms
        self._strained = False
        """The venue failed lately, as far as this process knows: its answers are worth telling."""
        self._take = lua(client, "throttle.lua")
        self._pause = lua(client, "pause.lua")
        self._heard = lua(client, "heard.lua")
        self._overview = lua(client, "throttle_overview.lua")

    def book(self, account: str, cost: Cost, lane: Lane, waiting: Waiting = NOT_WAITING) -> Slot:
        """Take the next slot, or say when to come back; one round trip."""
        before = waiting.before
        arguments: list[int | str] = [
            self._reach_ms[lane] * 1_000,
            self._horizon_us,
            self._unknown_ms * 1_000,
            waiting.patience_ms * 1_000,
            waiting.waited_ms,
            before.mark if before and not before.booked else 0,
            before.mark if before and before.booked else 0,
            lane,
            account,
            LANES[lane].looks,
            circuit.LOOK_MS * 1_000,
        ]
        keys = [self._keys.throttle]
        for draw in draws(account, cost, self._caps, self._buffer, self._late_ms):
            keys.append(self._keys.pool(draw.pool))
            arguments += [draw.pool, draw.units, draw.held_units, draw.held_us, draw.rest_us]
            arguments.append(draw.ahead_us(lane))
        with reaching_redis("booking a slot of the throttle"):
            taken, wait_ms, mark, strained = self._take(keys, arguments)
        self._strained = bool(strained)
        return Slot(wait_ms, bool(taken), mark)

    def pause(self, whom: str, for_ms: int, reason: str, *, again_ms: int = 0) -> int:
        """Give no slot to anybody for so long; slots that were given before stand."""
        arguments = (whom, for_ms, reason, again_ms, circuit.SOON_SLOTS, circuit.LONGEST_PAUSE_MS)
        with reaching_redis("pausing the throttle"):
            return int(self._pause([self._keys.throttle], arguments))

    def pause_left(self, account: str) -> tuple[int, str] | None:
        """Return how long nobody gets a slot (ms, rounded up) and why."""
        kinds = (f"paused_us:{account}", f"paused_us:{ADDRESS}", "broken_us")
        reasons = (f"paused_for:{account}", f"paused_for:{ADDRESS}", "broken_for")
        with reaching_redis("asking for a pause of the throttle"):
            pipeline = self._client.pipeline(transaction=False)
            pipeline.time()
            pipeline.hmget(self._keys.throttle, [*kinds, *reasons])
            (seconds, micros), told = pipeline.execute()
        now_us = seconds * 1_000_000 + micros
        until_us, reason = max(
            (int(until or 0), reason or "")
            for until, reason in zip(told[:3], told[3:], strict=True)
        )
        left_us = until_us - now_us
        return None if left_us <= 0 else (-(-left_us // 1_000), reason)

    def overview(self, account: str) -> Overview:
        """Return how the pools are used now; one round trip."""
        named = pools_of(account, self._caps)
        keys = [self._keys.throttle, *(self._keys.pool(pool.name) for pool in named)]
        with reaching_redis("looking at the throttle"):
            now_us, fields, used, booked = self._overview(
                keys, [pool.span_s * 1_000_000 for pool in named]
            )
        state = dict(zip(fields[::2], fields[1::2], strict=True))
        open_us = int(state.get("open_us", now_us + self._unknown_ms * 1_000))
        return Overview(
            pools=tuple(
                PoolNow(pool.name, within, ahead, pool.cap, pool.span_s * 1_000)
                for pool, within, ahead in zip(named, used, booked, strict=True)
            ),
            buffer=self._buffer,
            lanes={lane: _lane_now(state, lane) for lane in Lane},
            closed_ms=max(0, -(-(open_us - now_us) // 1_000)),
        )

    def heard(self, *, answered: bool, reason: str = "") -> int:
        """Note whether the venue answered; an answer costs nothing while all is well."""
        if answered and not self._strained:
            return 0
        limits = (circuit.FAILURES, circuit.FIRST_MS, circuit.LONGEST_MS)
        with reaching_redis("noting whether the venue answers"):
            opened_ms = self._heard([self._keys.throttle], (int(answered), reason, *limits))
        self._strained = not answered
        return int(opened_ms)


def _lane_now(state: Mapping[str, str], lane: Lane) -> LaneNow:
    counted = ("count", "waited_ms", "missed", "refused")
    return LaneNow(*(int(state.get(f"{what}:{lane}", 0)) for what in counted))
