"""Exchange time from a host's monotonic clock: the midpoint of a round trip, with its doubt."""

from collections.abc import Sequence
from dataclasses import dataclass

MAX_AGE_MS = 30_000
"""An older offset is measured again before anything is stamped (design, protocol point 5)."""

AHEAD_MS = 1_000
"""A stamp this far ahead of the exchange's clock is refused. Source: as below."""

LATE_BIAS_MS = 100
"""Stamps lean late: MEXC refuses 1 s ahead whatever the window, and tolerates being behind.

Source: MEXC spot v3 docs, "Timing security", Jan 2026; the size of the bias is ours.
"""


@dataclass(frozen=True, slots=True)
class TimeSample:
    """One answered question for the exchange's time, clocked on our monotonic clock (ms)."""

    asked_ms: int
    answered_ms: int
    exchange_ms: int


@dataclass(frozen=True, slots=True)
class ClockOffset:
    """`exchange time = monotonic + offset_ms`, true within ± `doubt_ms`."""

    offset_ms: int
    doubt_ms: int
    measured_ms: int
    """When it was measured, on the same monotonic clock."""

    def exchange_ms(self, monotonic_ms: int) -> int:
        """Return the exchange's time at a moment of our monotonic clock."""
        return monotonic_ms + self.offset_ms

    def stamp_ms(self, monotonic_ms: int) -> int:
        """Return the timestamp to sign, biased late so that it is never ahead."""
        return self.exchange_ms(monotonic_ms) - LATE_BIAS_MS

    def good_for(self, window_ms: int, monotonic_ms: int) -> bool:
        """True if young enough, and the doubt is below a quarter of the window.

        However wide the window, a stamp may never be a second ahead.
        """
        age_ms = monotonic_ms - self.measured_ms
        clear = self.doubt_ms * 4 < window_ms and self.doubt_ms < AHEAD_MS + LATE_BIAS_MS
        return clear and 0 <= age_ms < MAX_AGE_MS


def offset_from(samples: Sequence[TimeSample]) -> ClockOffset:
    """Return the offset of the quickest round trip, whose doubt is the smallest.

    Raises:
        ValueError: without a sample.
    """
    if not samples:
        raise ValueError("an offset needs at least one sample")
    best = min(samples, key=lambda sample: sample.answered_ms - sample.asked_ms)
    middle = (best.asked_ms + best.answered_ms) // 2
    # Half the trip, and one ms for each of the two clocks' roundings.
    doubt_ms = (best.answered_ms - best.asked_ms + 1) // 2 + 2
    return ClockOffset(best.exchange_ms - middle, doubt_ms, best.answered_ms)
