"""How long to wait before trying again: exponential, full jitter, capped."""

from collections.abc import Callable

BASE_MS = 1_000
CAP_MS = 60_000
"""The user's numbers: 1, 2, 4 … s, at most 60 s (seeds S1 L429, S4 L231)."""

MAX_RETRIES = 3
"""The user's number (S1, S4 and S5 agree)."""


def backoff_ms(
    retries: int, draw: Callable[[int, int], int], *, retry_after_ms: int | None = None
) -> int:
    """Return the wait before retry number `retries` (0 is the first), in ms.

    `draw(low, high)` is the randomness, so that tests hold the dice. What the other side
    asked for (`retry_after_ms`) wins over the dice and over the cap.
    """
    if retry_after_ms is not None:
        return max(0, retry_after_ms)
    # The exponent is bounded, because retries may count for ever and 2**n would not fit.
    ceiling = min(CAP_MS, BASE_MS << min(retries, 16))
    return draw(0, ceiling)


def doubling_ms(times: int, *, first_ms: int = 5_000, cap_ms: int = 60_000) -> int:
    """Return the wait before wake-up number `times` of the sweep: 5 s, doubling to 60 s."""
    return min(cap_ms, first_ms << min(times, 16))
