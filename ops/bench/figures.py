"""PURE: from single values to what is told of them."""

import math
from collections.abc import Sequence


def quantile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that so large a share does not pass; of few values the largest."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def spread(values: Sequence[float], digits: int = 1) -> str:
    """Say the middle of some rounds, and from where to where they went."""
    if not values:
        return "–"
    middle = f"{quantile(values, 0.5):.{digits}f}"
    if len(values) == 1:
        return middle
    return f"{middle} ({min(values):.{digits}f}–{max(values):.{digits}f})"
