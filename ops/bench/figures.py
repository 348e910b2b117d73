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
    middle, least, most = (
        # Adding zero leaves a zero without the sign that rounding may give it.
        f"{round(value, digits) + 0.0:.{digits}f}"
        for value in (quantile(values, 0.5), min(values), max(values))
    )
    return middle if len(values) == 1 else f"{middle} ({least}–{most})"
