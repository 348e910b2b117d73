"""Metrics as a scrape would give them, by name and labels."""

from collections.abc import Iterable
from pathlib import Path

from prometheus_client.metrics_core import Metric as Family

from orderdesk.telemetry.metrics.folder import MetricFolder

Told = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def told(families: Iterable[Family]) -> Told:
    """Return every sample's value by its name and sorted labels."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def told_in(folder: Path) -> Told:
    """Return what all processes told into a folder."""
    return told(MetricFolder(folder).merged())


def value(told: Told, name: str, **labels: str) -> float | None:
    """Return one sample's value; None if it is not told."""
    return told.get((name, tuple(sorted(labels.items()))))
