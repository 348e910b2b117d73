"""Counting what happened lately in a few whole numbers, however much it was.

Time is cut into steps; a tally holds one count a step and forgets the old ones. What is
counted "within a span" includes the whole step in which the span begins: it is never too
low, and may be too high by what happened up to one step earlier.
"""

from collections.abc import Mapping
from dataclasses import dataclass

Tally = Mapping[str, int]
"""Counts by the number of their step; keys are text, as JSON has them."""


@dataclass(frozen=True, slots=True)
class Span:
    """Over how long is counted, and in how long steps."""

    length_ms: int
    step_ms: int


MINUTE = Span(60_000, 5_000)
FIVE_MINUTES = Span(300_000, 15_000)


def counted(tally: Tally, now_ms: int, span: Span) -> int:
    """Return how much was counted within the span that ends now."""
    return sum(tally[step] for step in _within(tally, now_ms, span))


def added(tally: Tally, now_ms: int, span: Span, count: int = 1) -> dict[str, int]:
    """Return the tally with so many more now, and without what no span will ever see again."""
    kept = {step: tally[step] for step in _within(tally, now_ms, span)}
    if count:
        step = str(now_ms // span.step_ms)
        kept[step] = kept.get(step, 0) + count
    return kept


def _within(tally: Tally, now_ms: int, span: Span) -> list[str]:
    since_ms = now_ms - span.length_ms
    return [step for step in tally if (int(step) + 1) * span.step_ms > since_ms]
