"""The throttle's line in one process, by the clock it is given."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from orderdesk.core.tokens import Caps, Cost, Lane
from orderdesk.errors import DeskError
from orderdesk.ports import Clock, Slot
from orderdesk.stores.throttle_line import REACH_MS, Booking, rests


@dataclass(frozen=True, slots=True)
class Admitted:
    """One slot that was given; `slot_ms` on the clock's monotonic time."""

    account: str
    cost: Cost
    lane: Lane
    slot_ms: int


@dataclass(slots=True)
class _Line:
    next_us: int
    paused_until_us: int = 0
    paused_for: str = ""


@dataclass(slots=True)
class FakeThrottle:
    """The `Throttle` port without Redis. Unlike there, an unknown line holds nobody back."""

    clock: Clock
    caps: Caps
    buffer: Fraction = Fraction(1)
    reach_ms: Mapping[Lane, int] = field(default_factory=lambda: REACH_MS)
    unknown_ms: int = 0
    failure: DeskError | None = None
    admitted: list[Admitted] = field(default_factory=list)
    """Every slot that was given, in order."""
    _lines: dict[str, _Line] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def book(self, account: str, cost: Cost, lane: Lane) -> Slot:
        """Take the next slot, or say when to come back."""
        return self.take(account, cost, lane).slot

    def take(self, account: str, cost: Cost, lane: Lane) -> Booking:
        """Do what `book` does, and tell the slot on the clock's monotonic time too."""
        rest = rests(cost, self.caps, self.buffer)
        with self._lock:
            now_us = self._now_us()
            line = self._line(account, now_us)
            free_us = max(now_us, line.next_us + rest.before_us, line.paused_until_us)
            wait_ms = -(-(free_us - now_us) // 1_000)
            if wait_ms > self.reach_ms[lane]:
                return Booking(wait_ms - self.reach_ms[lane], None)
            slot_us = now_us + wait_ms * 1_000
            line.next_us = slot_us + rest.after_us
            self.admitted.append(Admitted(account, cost, lane, slot_us // 1_000))
            return Booking(wait_ms, slot_us)

    def pause(self, account: str, for_ms: int, reason: str) -> None:
        """Give no slot to anybody for so long; never shortens a pause."""
        with self._lock:
            line = self._line(account, self._now_us())
            until_us = self._now_us() + for_ms * 1_000
            if until_us > line.paused_until_us:
                line.paused_until_us, line.paused_for = until_us, reason

    def pause_left(self, account: str) -> tuple[int, str] | None:
        """Return how long the pause still lasts and why."""
        with self._lock:
            now_us = self._now_us()
            line = self._line(account, now_us)
            left_us = line.paused_until_us - now_us
            return None if left_us <= 0 else (-(-left_us // 1_000), line.paused_for)

    def _now_us(self) -> int:
        if self.failure is not None:
            raise self.failure
        return self.clock.monotonic_ms() * 1_000

    def _line(self, account: str, now_us: int) -> _Line:
        return self._lines.setdefault(account, _Line(now_us + self.unknown_ms * 1_000))
