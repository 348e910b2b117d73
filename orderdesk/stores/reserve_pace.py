"""A throttle for the kill switch: the shared one, and a private slow pace while Redis is away."""

import threading
from contextlib import suppress

from orderdesk.core.throttle_use import Overview
from orderdesk.core.tokens import Cost, Lane
from orderdesk.errors import StoreUnavailable
from orderdesk.ports import Clock, Slot, Throttle, Waiting
from orderdesk.ports.throttle import NOT_WAITING

ORDER_SPACING_MS, QUESTION_SPACING_MS = 500, 1_000
"""2 cancels and 1 question a second. Of MEXC's caps of 12 orders and 20 requests a second
RATE_LIMIT_BUFFER=0.8 leaves 2 and 3 at any time (`core/pools.py` holds windows to 10 and 17). So
even beside workers whose Redis answers no cap is passed. With a buffer of 1 there is no reserve,
and this comes on top of the cap."""


class ReservePace:
    """The `Throttle` port for one process that must go on without Redis.

    Args:
        shared: asked first, always.
        clock: this host's.
    """

    def __init__(self, shared: Throttle, clock: Clock) -> None:
        self._shared = shared
        self._clock = clock
        self._lock = threading.Lock()
        self._next_ms = {True: 0, False: 0}
        self._paused: tuple[int, str] = (0, "")

    def book(self, account: str, cost: Cost, lane: Lane, waiting: Waiting = NOT_WAITING) -> Slot:
        """Take a slot of the shared throttle; without it, of the private pace."""
        left = self._own_pause_left()
        if left is not None:
            return Slot(left[0], booked=False)
        try:
            return self._shared.book(account, cost, lane, waiting)
        except StoreUnavailable:
            return self._privately(counts_as_order=cost.orders > 0)

    def pause(self, whom: str, for_ms: int, reason: str, *, again_ms: int = 0) -> int:
        """Pause this process, and everybody as far as Redis answers."""
        # Without Redis everybody else finds out for themselves: they send nothing.
        with suppress(StoreUnavailable):
            for_ms = self._shared.pause(whom, for_ms, reason, again_ms=again_ms)
        until_ms = self._clock.monotonic_ms() + for_ms
        with self._lock:
            self._paused = max(self._paused, (until_ms, reason))
        return for_ms

    def pause_left(self, account: str) -> tuple[int, str] | None:
        """Return how long the pause still lasts (ms) and why."""
        left = self._own_pause_left()
        if left is not None:
            return left
        try:
            return self._shared.pause_left(account)
        except StoreUnavailable:
            return None

    def overview(self, account: str) -> Overview:
        """Return how the shared pools are used; the private pace has none."""
        return self._shared.overview(account)

    def heard(self, *, answered: bool, reason: str = "") -> int:
        """Note whether the venue answered; a kill asks on whatever the circuit is."""
        return self._shared.heard(answered=answered, reason=reason)

    def _privately(self, *, counts_as_order: bool) -> Slot:
        now_ms = self._clock.monotonic_ms()
        with self._lock:
            at_ms = max(now_ms, self._next_ms[counts_as_order])
            spacing_ms = ORDER_SPACING_MS if counts_as_order else QUESTION_SPACING_MS
            self._next_ms[counts_as_order] = at_ms + spacing_ms
        return Slot(at_ms - now_ms, booked=True)

    def _own_pause_left(self) -> tuple[int, str] | None:
        with self._lock:
            until_ms, reason = self._paused
        left_ms = until_ms - self._clock.monotonic_ms()
        return (left_ms, reason) if left_ms > 0 else None
