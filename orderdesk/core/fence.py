"""The physics of an attempt: until when its bytes may land, and when absence is proof.

T is the stamp, W the recvWindow, d the skew between gateways, L the visibility lag.
The exchange refuses a stamp older than W, so after `T + W + d` nothing new can land;
an admitted order is visible within L. Our own leases prove nothing about the wire.
"""

from collections.abc import Sequence
from dataclasses import dataclass

GATEWAY_SKEW_MS = 1_000
"""d: how far the clocks of the venue's gateways may be apart (assumption A2)."""

VISIBILITY_LAG_MS = 20_000
"""L: an admitted order shows in every query within this (assumption A3).

Seen: -2013 right after an accepted POST, for seconds (ccxt#21614, 2024-03).
"""

ABSENCES_NEEDED = 3

QUARANTINE_EVERY_MS = 60_000
"""What stands before a person is still asked about, at the sweep's slowest pace."""


@dataclass(frozen=True, slots=True)
class Window:
    """The time an attempt has, in ms of exchange time."""

    stamp_ms: int
    window_ms: int

    @property
    def send_by_ms(self) -> int:
        """After T + W/2 the bytes are not sent any more; the attempt closes as unsent."""
        return self.stamp_ms + self.window_ms // 2

    @property
    def lands_by_ms(self) -> int:
        """After T + W the exchange refuses the bytes."""
        return self.stamp_ms + self.window_ms

    @property
    def fence_ms(self) -> int:
        """After T + W + d no gateway admits them: from here on absence can become proof."""
        return self.lands_by_ms + GATEWAY_SKEW_MS

    @property
    def proof_ms(self) -> int:
        """An absence answered after fence + L, the last of three, is proof."""
        return self.fence_ms + VISIBILITY_LAG_MS


def proven_absent(window: Window, absences_ms: Sequence[int]) -> bool:
    """Tell whether whole absences, by the exchange's time *before* asking, prove "not placed".

    Three of them after the fence, the last after fence + L. An absence is whole when the
    order query, the open orders, all orders and the trades were all answered.
    """
    after = sorted(asked for asked in absences_ms if asked > window.fence_ms)
    return len(after) >= ABSENCES_NEEDED and after[-1] > window.proof_ms


def next_question_ms(window: Window, absences_ms: Sequence[int]) -> int:
    """Return the exchange time at which asking again brings the proof forward.

    Before the fence nothing can be proven, so the next question waits for it; after it
    the three rounds are spread over the visibility lag.
    """
    after = sum(1 for asked in absences_ms if asked > window.fence_ms)
    if after + 1 >= ABSENCES_NEEDED:
        return window.proof_ms + 1
    return window.fence_ms + 1 + after * VISIBILITY_LAG_MS // 2
