"""PURE: from samples and counts to the figures of a soak."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from orderdesk.control.soaking.samples import ProcessSample

WARM_UP = 2 / 3
"""This share of the time is left out of slopes: caches fill and pools grow at first.

Measured on 2026-11-26, 2 calls a second: a worker grows by 40 MB in its first 6 minutes (Celery
keeps its last 1,000 tasks) and is flat from then on. So a soak should last 15 minutes at least.
"""

WEEK_H = 7 * 24


@dataclass(frozen=True, slots=True)
class Use:
    """What one process used from the end of its warm-up to the end."""

    name: str
    first_mb: float
    last_mb: float
    slope_mb_per_h: float
    files_first: int
    files_last: int

    @property
    def week_mb(self) -> float:
        """What the slope comes to in seven days, if it goes on."""
        return self.slope_mb_per_h * WEEK_H


@dataclass(frozen=True, slots=True)
class Counts:
    """What the load placed, and what became of it."""

    placed: int = 0
    by_status: Mapping[str, int] = field(default_factory=dict)
    errors: Sequence[str] = ()
    """Orders that failed, or got no answer in time; a refusal is an answer."""

    @property
    def error_rate(self) -> float:
        """Errors per order."""
        return len(self.errors) / self.placed if self.placed else 0.0


def uses(samples: Sequence[ProcessSample]) -> list[Use]:
    """Return what each process used, by its name; a restarted one is followed on."""
    by_name: dict[str, list[ProcessSample]] = defaultdict(list)
    for sample in samples:
        by_name[sample.name].append(sample)
    return [_use(name, of) for name, of in sorted(by_name.items())]


def deaths(samples: Sequence[ProcessSample]) -> list[str]:
    """Return the processes that were there at one sample and gone at the next."""
    at: dict[float, set[tuple[str, int]]] = defaultdict(set)
    for sample in samples:
        at[sample.at_s].add((sample.name, sample.pid))
    times = sorted(at)
    pairs = pairwise(times)
    return [
        f"{name} {pid}" for before, after in pairs for name, pid in sorted(at[before] - at[after])
    ]


def slope_per_s(points: Sequence[tuple[float, float]]) -> float:
    """Return the slope of the straight line through points that misses them least (squares)."""
    count = len(points)
    if count < 2:  # noqa: PLR2004 - one point has no slope
        return 0.0
    middle_x = sum(x for x, _ in points) / count
    middle_y = sum(y for _, y in points) / count
    spread = sum((x - middle_x) ** 2 for x, _ in points)
    together = sum((x - middle_x) * (y - middle_y) for x, y in points)
    return together / spread if spread else 0.0


def _use(name: str, samples: Sequence[ProcessSample]) -> Use:
    begin_s = max(sample.at_s for sample in samples) * WARM_UP
    warm = [sample for sample in samples if sample.at_s >= begin_s]
    points = [(sample.at_s, sample.memory_kb / 1024) for sample in warm]
    return Use(
        name=name,
        first_mb=points[0][1],
        last_mb=points[-1][1],
        slope_mb_per_h=slope_per_s(points) * 3_600,
        files_first=warm[0].files,
        files_last=warm[-1].files,
    )
