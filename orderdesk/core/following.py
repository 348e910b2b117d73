"""PURE: how often resting orders are asked for: faster right after placing, slower later.

One question serves a whole symbol, so the youngest order of a symbol sets its pace. Many symbols
share what the lane may spend, so that following never eats the budget of placing.
"""

from collections.abc import Sequence

_PACE_MS: Sequence[tuple[int, int]] = (
    (10_000, 1_000),
    (60_000, 2_000),
    (600_000, 5_000),
)
"""Younger than → asked every. Most fills of an order come soon after it is placed; what rests
for hours is in no hurry. Precedent: ccxt users poll at 1 to 5 s; here a symbol, not an order."""

_SLOWEST_MS = 10_000

QUESTIONS_PER_S = 2
"""Over all symbols together: 2 open-orders questions of weight 3 are 6 a second, a quarter of
what mexc-2026-09 allows at a buffer of 0.8 (300 × 0.8 ÷ 10 = 24 a second)."""


def every_ms(youngest_ms: int, symbols: int) -> int:
    """Return how often a symbol's open orders are asked for.

    Args:
        youngest_ms: how long ago the symbol's newest order was sent or last moved.
        symbols: how many symbols have resting orders.
    """
    pace_ms = next((pace for age, pace in _PACE_MS if youngest_ms < age), _SLOWEST_MS)
    return max(pace_ms, symbols * 1_000 // QUESTIONS_PER_S)
