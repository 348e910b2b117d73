"""Bars side by side: one picture of what a bench found."""

from collections.abc import Mapping
from pathlib import Path

from matplotlib.figure import Figure


def drawn(figures: Mapping[str, Mapping[str, float]], path: Path) -> None:
    """Draw each figure as one row of bars, a bar a contender."""
    figure = Figure(figsize=(9, 2.2 * len(figures)), layout="constrained")
    places = figure.subplots(len(figures), 1, squeeze=False)[:, 0]
    for place, (title, values) in zip(places, figures.items(), strict=True):
        names = list(values)[::-1]
        bars = place.barh(names, [values[name] for name in names])
        place.bar_label(bars, fmt="%.1f", padding=3)
        place.set_title(title, loc="left")
        place.margins(x=0.12)
    figure.savefig(path, dpi=110)
