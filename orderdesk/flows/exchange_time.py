"""Tell exchange time: measured over the wire when needed, read off this host's clock between."""

from collections.abc import Callable

from orderdesk.core.clock_offset import ClockOffset, TimeSample, offset_from
from orderdesk.errors import ClockUncertain, ExchangeUnreachable
from orderdesk.ports import Clock

SAMPLES = 3
"""The best of so many round trips; more would cost budget for little."""

AHEAD_MS = 3_000
"""An offset is measured anew so long before it is too old: a slot is waited for, and a ledger,
between the look at the clock and the stamp."""


class ExchangeTime:
    """The `Time` port over a host clock and a way to ask the venue for its time.

    `ask` must not wait for a slot by itself: `pace` does, before each question.
    """

    def __init__(
        self, clock: Clock, ask: Callable[[], int], *, pace: Callable[[], object] = lambda: None
    ) -> None:
        self._clock = clock
        self._ask = ask
        self._pace = pace

    def now_ms(self) -> int:
        """Return the best estimate; before anything was measured, the host's wall clock."""
        offset = self._clock.offset()
        if offset is None:
            return self._clock.unix_ms()
        return offset.exchange_ms(self._clock.monotonic_ms())

    def measure(self) -> ClockOffset:
        """Ask several times, keep the quickest answer, and share it with this host."""
        offset = offset_from([self._sample() for _ in range(SAMPLES)])
        self._clock.remember(offset)
        return offset

    def prepare(self, window_ms: int) -> None:
        """Measure unless the offset at hand is good enough for a window."""
        if self._good(self._clock.offset(), window_ms, ahead_ms=AHEAD_MS):
            return
        try:
            offset = self.measure()
        except ExchangeUnreachable as error:
            raise ClockUncertain(
                f"exchange time is unknown, nothing can be stamped: {error}", error.retry_after_ms
            ) from error
        if not self._good(offset, window_ms):
            raise ClockUncertain(
                f"exchange time is only known within ±{offset.doubt_ms} ms, "
                f"which is too vague for a window of {window_ms} ms"
            )

    def stamp_ms(self, window_ms: int) -> int:
        """Return the timestamp for now, from an offset that is good enough."""
        offset = self._clock.offset()
        if offset is None or not self._good(offset, window_ms):
            raise ClockUncertain("the measured exchange time is too old to stamp with")
        return offset.stamp_ms(self._clock.monotonic_ms())

    def monotonic_at(self, exchange_ms: int) -> int:
        """Return this host's monotonic time at a stamp (the late bias taken back)."""
        offset = self._clock.offset()
        if offset is None:
            raise ClockUncertain("exchange time has never been measured")
        return exchange_ms - offset.stamp_ms(0)

    def _good(self, offset: ClockOffset | None, window_ms: int, *, ahead_ms: int = 0) -> bool:
        at_ms = self._clock.monotonic_ms() + ahead_ms
        return offset is not None and offset.good_for(window_ms, at_ms)

    def _sample(self) -> TimeSample:
        # The slot is waited for before the clock is looked at: a wait is no round trip.
        self._pace()
        asked_ms = self._clock.monotonic_ms()
        exchange_ms = self._ask()
        return TimeSample(asked_ms, self._clock.monotonic_ms(), exchange_ms)
