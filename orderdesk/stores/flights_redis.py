"""One flight at a time: of all processes that miss something, one fetches it for all.

Those who wait are woken by Redis when the fetch has ended; they do not poll.
"""

import time
import uuid
from collections.abc import Callable
from typing import TypeVar

from redis import Redis

from orderdesk.stores.lease_redis import Leases
from orderdesk.stores.redis_door import Keys, reaching_redis

T = TypeVar("T")

FLIGHT_MS = 15_000
"""A fetch that takes longer is given up on: the next one may start beside it."""

_LANDED_FOR_MS = 60_000
_BLOCK_MS = 1_000
"""Shorter than the socket's timeout, or Redis' silence would look like a broken connection."""


class Flights:
    """The flights of one desk, by name."""

    def __init__(self, client: Redis, *, desk_id: str) -> None:
        self._client = client
        self._keys = Keys(desk_id)
        self._leases = Leases(client, desk_id=desk_id)

    def fetch_once(
        self,
        name: str,
        *,
        look: Callable[[], T | None],
        fetch: Callable[[], None],
        wait_ms: int,
    ) -> T | None:
        """Return what `look` finds, after one process has fetched it.

        Args:
            name: which flight; the same name is the same thing to fetch.
            look: returns what there is, None if there is nothing good enough.
            fetch: brings it to where `look` finds it.
            wait_ms: how long to wait for somebody else's fetch.

        Raises:
            Whatever `fetch` raises, to the one who fetched; the others find nothing.
        """
        flight = uuid.uuid4().hex
        if not self._leases.take(name, flight, for_ms=FLIGHT_MS):
            self._await_landing(name, wait_ms)
            return look()
        try:
            found = look()  # Another flight may have landed since the caller looked.
            if found is None:
                fetch()
                found = look()
            return found
        finally:
            self._land(name, flight)

    def _land(self, name: str, flight: str) -> None:
        landing = self._keys.landing(flight)
        with reaching_redis(f"ending the fetch of {name}"):
            pipeline = self._client.pipeline()
            pipeline.xadd(landing, {"landed": name})
            pipeline.pexpire(landing, _LANDED_FOR_MS)
            pipeline.execute()
        self._leases.release(name, flight)

    def _await_landing(self, name: str, wait_ms: int) -> None:
        deadline_s = time.monotonic() + wait_ms / 1_000
        flight = self._leases.holder(name)
        while flight is not None:
            left_ms = int((deadline_s - time.monotonic()) * 1_000)
            if left_ms <= 0 or self._landed(flight, block_ms=min(left_ms, _BLOCK_MS)):
                return

    def _landed(self, flight: str, *, block_ms: int) -> bool:
        # A stream keeps its entry, so that one landing wakes all who wait, the late ones too.
        landing = self._keys.landing(flight)
        with reaching_redis("waiting for another process' fetch"):
            return bool(self._client.xread({landing: "0"}, count=1, block=block_ms))
