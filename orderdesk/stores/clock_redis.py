"""The host's clock, and its offset to exchange time, shared by all processes of the boot.

How an offset is measured is not here (`flows/exchange_time.py`), nor when it is good enough
to stamp with (`core/clock_offset.py`).
"""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple
from pathlib import Path
from typing import cast

from redis import Redis

from orderdesk.core.clock_offset import ClockOffset
from orderdesk.errors import StoreUnavailable
from orderdesk.stores.redis_door import Keys, reaching_redis

REREAD_MS = 2_000
"""An offset in this process is held against the shared one so often, not at every stamp."""

LEAVE_ALONE_MS = 30_000
"""A Redis that failed is not asked again for so long: one that is silent would hold every
stamp up by a socket's timeout."""

KEEP_MS = 600_000
"""How long an offset serves at all. For stamping it is too old much sooner; until here it is
still a better guess at exchange time than a wall clock that nobody checked."""

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_BOOT_ROUNDED_TO_S = 60


def host_boot() -> str:
    """Return a name for this boot of this host: within it one monotonic clock counts.

    Where the system has no boot id (it is Linux that has one), the boot's time is estimated
    to the minute from the two clocks. An estimate on the edge of a minute only costs a
    measurement of one's own.
    """
    try:
        boot = _BOOT_ID.read_text("ascii").strip()
    except OSError:
        boot = f"{round((time.time() - time.monotonic()) / _BOOT_ROUNDED_TO_S)}"
    # Containers on one host share a boot id, but may have monotonic clocks of their own.
    return f"{socket.gethostname()}:{boot}"


class ClockRedis:
    """The `Clock` port: the system's clocks, and offsets kept in Redis by host and boot.

    With Redis away every process goes on with what it knows, and measures for itself: the
    kill switch needs exchange time even then. The monotonic clock stands still while the
    host sleeps, so the first stamps after that are too old, and the exchange refuses them.
    """

    def __init__(self, client: Redis, *, desk_id: str, host: str | None = None) -> None:
        self._client = client
        self._key = Keys(desk_id).offset(host or host_boot())
        self._lock = threading.Lock()
        self._known: ClockOffset | None = None
        self._read_again_ms = 0
        self._left_alone_until_ms = 0

    def monotonic_ms(self) -> int:
        """Return CLOCK_MONOTONIC (what Python's monotonic clock is on every POSIX system)."""
        return time.monotonic_ns() // 1_000_000

    def sleep_ms(self, duration_ms: int) -> None:
        """Wait; at once for 0 or less."""
        if duration_ms > 0:
            time.sleep(duration_ms / 1_000)

    def unix_ms(self) -> int:
        """Return the wall clock."""
        return time.time_ns() // 1_000_000

    def offset(self) -> ClockOffset | None:
        """Return the youngest offset known here or, asked every 2 s, in Redis."""
        now_ms = self.monotonic_ms()
        with self._lock:
            due = now_ms >= max(self._read_again_ms, self._left_alone_until_ms)
            if due:
                # Before the reading, so that one thread waits for a Redis that does not answer.
                self._read_again_ms = now_ms + REREAD_MS
        if due:
            self._read()
        with self._lock:
            known = self._known
        if known is None or not 0 <= now_ms - known.measured_ms < KEEP_MS:
            return None
        return known

    def remember(self, offset: ClockOffset) -> None:
        """Keep an offset here, and share it unless Redis is away."""
        self._learn(offset)
        if self.monotonic_ms() >= self._left_alone_until_ms:
            self._share(offset)

    def _learn(self, offset: ClockOffset) -> None:
        with self._lock:
            known = self._known
            if known is None or offset.measured_ms >= known.measured_ms:
                self._known = offset

    def _share(self, offset: ClockOffset) -> None:
        with self._or_leave_alone("sharing the clock's offset"):
            pipeline = self._client.pipeline()
            # Sorted by age, the youngest is left: a late writer replaces nothing younger.
            pipeline.zadd(self._key, {json.dumps(astuple(offset)): offset.measured_ms})
            pipeline.zremrangebyrank(self._key, 0, -2)
            pipeline.pexpire(self._key, KEEP_MS)
            pipeline.execute()

    def _read(self) -> None:
        with self._or_leave_alone("reading the clock's offset"):
            found = cast("list[str]", self._client.zrange(self._key, -1, -1))
            if found:
                self._learn(ClockOffset(*json.loads(found[0])))

    @contextmanager
    def _or_leave_alone(self, doing: str) -> Iterator[None]:
        try:
            with reaching_redis(doing):
                yield
        except StoreUnavailable:
            # Not an error: this process goes on with what it knows, see the class.
            self._left_alone_until_ms = self.monotonic_ms() + LEAVE_ALONE_MS
