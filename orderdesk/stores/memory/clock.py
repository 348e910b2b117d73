"""A clock in the test's hand: it stands still until somebody sleeps or moves it."""

import threading

from orderdesk.core.clock_offset import ClockOffset


class FakeClock:
    """The `Clock` port with manual time: sleeping moves it on at once.

    Args:
        monotonic_ms: where the monotonic clock begins.
        unix_ms: what the wall clock shows at that moment.
    """

    def __init__(self, monotonic_ms: int = 1_000_000, unix_ms: int = 1_800_000_000_000) -> None:
        self._lock = threading.Lock()
        self._now_ms = monotonic_ms
        self._unix_ahead_ms = unix_ms - monotonic_ms
        self._known: ClockOffset | None = None
        self.slept_ms: list[int] = []
        """Every sleep, in order."""

    def monotonic_ms(self) -> int:
        """Return the time as it was last moved."""
        with self._lock:
            return self._now_ms

    def sleep_ms(self, duration_ms: int) -> None:
        """Move the time on and return at once."""
        with self._lock:
            self.slept_ms.append(duration_ms)
            self._now_ms += max(0, duration_ms)

    def advance(self, duration_ms: int) -> None:
        """Let time pass without anybody sleeping."""
        with self._lock:
            self._now_ms += duration_ms

    def unix_ms(self) -> int:
        """Return the wall clock, which moves with the other."""
        with self._lock:
            return self._now_ms + self._unix_ahead_ms

    def offset(self) -> ClockOffset | None:
        """Return the youngest offset that was remembered."""
        with self._lock:
            return self._known

    def remember(self, offset: ClockOffset) -> None:
        """Keep an offset unless a younger one is known."""
        with self._lock:
            if self._known is None or offset.measured_ms >= self._known.measured_ms:
                self._known = offset
