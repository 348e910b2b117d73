"""The arithmetic of the throttle's line: how far each lane may book, how long the line rests.

Pure, and shared by the throttle in Redis and its fake. The booking itself is not here: it
must be one step for all processes (`throttle.lua`).
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from orderdesk.core.tokens import Caps, Cost, Lane, spacing_us
from orderdesk.ports import Slot

REACH_MS: Mapping[Lane, int] = {
    Lane.POLL: 100,
    Lane.PLACE: 300,
    Lane.RESOLVE: 1_000,
    Lane.CANCEL: 2_000,
}
"""How far ahead a lane may book. The nearer a lane must stay, the sooner it is sent away, so
placements and polls can never push a cancel farther than 300 ms and one rest."""

UNKNOWN_MS = 4_000
"""How long a line that is not known holds back.

When Redis is new or came back empty, the lost line may have given slots a moment ago and may
have slots out that are still waited for: none farther ahead than the longest reach (2 s) and
the longest rest (1.04 s, exchangeInfo at buffer 0.8). A new line that begins after all of them
runs at the same pace, so both together are never denser than one: no window can overflow.
"""


@dataclass(frozen=True, slots=True)
class Rests:
    """How long (µs) the line must have been free before a request, and how long it rests after."""

    before_us: int
    after_us: int


@dataclass(frozen=True, slots=True)
class Booking:
    """What a throttle decided: `slot_us` on its own clock, None if nothing was taken."""

    wait_ms: int
    slot_us: int | None

    @property
    def slot(self) -> Slot:
        """The answer as the port gives it."""
        return Slot(self.wait_ms, self.slot_us is not None)


@functools.lru_cache(maxsize=1_024)
def rests(cost: Cost, caps: Caps, buffer: Fraction) -> Rests:
    """Return the rests that keep every pool within its cap, whatever the mix of requests.

    After a request the line rests for its share of the tightest pool. That alone lets the
    last request of a window stick out by all it takes but one unit: 30 requests of weight 10
    after one of weight 1 are 301. What the unused part of the cap (1 - buffer) does not
    hide of that is waited for beforehand. At a buffer of 0.8 it is nothing for any real
    request; at 1 heavy requests come at about half their pace.

    Raises:
        ValueError: for a buffer that is not above 0 and at most 1.
    """
    after_us = spacing_us(cost, caps, buffer)
    pools = (
        (cost.weight, caps.weight_per_10_s, 10),
        (cost.orders, caps.orders_per_s, 1),
    )
    before = max(_sticking_out(*pool, buffer) for pool in pools)
    exact_us = max(Fraction(0), before) * 1_000_000
    return Rests(-(-exact_us.numerator // exact_us.denominator), after_us)


def horizon_us(caps: Caps, buffer: Fraction, *, reach_ms: int, unknown_ms: int) -> int:
    """Return the farthest ahead (µs) that the end of a line can rightly lie.

    Either a request that takes a whole pool was booked as far ahead as any lane may, or the
    line was not known.
    """
    whole = rests(Cost("", caps.weight_per_10_s, caps.orders_per_s), caps, buffer)
    return max(reach_ms * 1_000 + whole.after_us, unknown_ms * 1_000)


def _sticking_out(units: int, cap: int, span_s: int, buffer: Fraction) -> Fraction:
    """Return, in s of the line, how far one request may stick out of its window."""
    return (units - 1 - (1 - buffer) * cap) * span_s / (buffer * cap)
