"""What Redis remembers of the ledger, to notice when either of them forgot; and upkeep's leases.

What follows from a difference is not here (`flows/identity.py`).
"""

import threading
import uuid
from typing import cast

from redis import Redis

from orderdesk.core.durability import Durability
from orderdesk.stores import durability_redis
from orderdesk.stores.lease_redis import Leases
from orderdesk.stores.redis_door import Keys, reaching_redis

_HIGHEST = "highest"


class MemoryRedis:
    """The `Memory` port over a few keys; what notices a loss never expires."""

    def __init__(self, client: Redis, *, desk_id: str) -> None:
        self._client = client
        self._keys = Keys(desk_id)
        self._leases = Leases(client, desk_id=desk_id)
        self._process = uuid.uuid4().hex

    def claim(self, ledger_id: str) -> str:
        """Set the ledger's id if there is none; return the id that stands."""
        return self._set_once(self._keys.ledger, ledger_id, doing="claiming it for the ledger")

    def owner(self) -> str | None:
        """Return the id of the ledger that has claimed this Redis, None if none has."""
        with reaching_redis("asking whose it is"):
            return cast("str | None", self._client.get(self._keys.ledger))

    def durability(self) -> Durability:
        """Ask for the settings of the append-only file and of eviction."""
        return durability_redis.asked(self._client)

    def keep(self, name: str, text: str, for_ms: int) -> None:
        """Keep a text for a while."""
        with reaching_redis(f"keeping {name.partition(':')[0]}"):
            self._client.set(self._keys.kept(name), text, px=for_ms)

    def kept(self, name: str) -> str | None:
        """Return a text that is still kept."""
        with reaching_redis(f"looking for {name.partition(':')[0]}"):
            return cast("str | None", self._client.get(self._keys.kept(name)))

    def highest_attempt(self) -> int:
        """Return the highest attempt counter seen, 0 at first."""
        with reaching_redis("reading the attempt counter"):
            return int(self._client.zscore(self._keys.attempts, _HIGHEST) or 0)

    def note_attempt(self, attempt_id: int) -> None:
        """Remember an attempt; a lower one than is known changes nothing."""
        with reaching_redis("noting an attempt"):
            # A sorted set of one: GT makes "never lower" one command of Redis itself.
            self._client.zadd(self._keys.attempts, {_HIGHEST: attempt_id}, gt=True)

    def accept_counter(self, counter: int) -> None:
        """Take the ledger's counter for true, even if it is lower."""
        with reaching_redis("accepting the attempt counter"):
            self._client.zadd(self._keys.attempts, {_HIGHEST: counter})

    def epoch(self) -> str | None:
        """Return the epoch key, None if this Redis came back empty."""
        with reaching_redis("looking for the epoch key"):
            return cast("str | None", self._client.get(self._keys.epoch))

    def begin_epoch(self) -> str:
        """Set the epoch key unless another process just did; return the one that stands."""
        return self._set_once(self._keys.epoch, uuid.uuid4().hex, doing="setting the epoch key")

    def results_checked_ms(self) -> int:
        """Return until when all answers were found stored, 0 if that is unknown."""
        with reaching_redis("reading how far results were checked"):
            return int(cast("str | None", self._client.get(self._keys.results_checked)) or 0)

    def note_results_checked(self, until_ms: int) -> None:
        """Remember until when all answers were found stored."""
        with reaching_redis("noting how far results were checked"):
            self._client.set(self._keys.results_checked, until_ms)

    def note_ms(self, name: str, at_ms: int, *, keep_ms: int, first: bool = False) -> int:
        """Remember a moment under a name for so long; return the one that stands."""
        with reaching_redis("noting a moment"):
            pipeline = self._client.pipeline()
            pipeline.set(self._keys.note(name), at_ms, px=keep_ms, nx=first)
            pipeline.get(self._keys.note(name))
            return int(pipeline.execute()[1])

    def noted_ms(self, name: str) -> int | None:
        """Return the moment noted under a name, if it is still remembered."""
        with reaching_redis("reading a noted moment"):
            noted = cast("str | None", self._client.get(self._keys.note(name)))
        return None if noted is None else int(noted)

    def once(self, name: str, for_ms: int) -> bool:
        """Take a lease; False if anybody has it, ourselves included."""
        return self._leases.take(name, self._token(), for_ms=for_ms)

    def release(self, name: str) -> None:
        """Give back a lease that this thread took; anything else changes nothing."""
        self._leases.release(name, self._token())

    def _token(self) -> str:
        # By thread, so that one whose lease ran out never gives back a neighbour's.
        return f"{self._process}:{threading.get_ident()}"

    def _set_once(self, key: str, value: str, *, doing: str) -> str:
        with reaching_redis(doing):
            pipeline = self._client.pipeline()
            pipeline.set(key, value, nx=True)
            pipeline.get(key)
            return str(pipeline.execute()[1])
