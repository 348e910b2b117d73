"""The table of metrics, and the page that explains it."""

import re
from pathlib import Path

import pytest

from orderdesk.telemetry.metrics.table import BY_NAME, Kind, Metric

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "metrics.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `([a-z_]+)` \| (\w+) \| ([^|]*) \| ([^|]+) \|$", re.MULTILINE)


def test_page_when_held_against_the_table_then_both_say_the_same() -> None:
    """Every metric with its kind, labels and meaning; none that is not there."""
    written = {name: rest for name, *rest in ROW.findall(PAGE)}
    expected = {
        metric.name: [
            metric.kind.value,
            ", ".join(f"`{label}`" for label in metric.labels),
            metric.meaning,
        ]
        for metric in BY_NAME.values()
    }
    assert written == expected


@pytest.mark.parametrize("metric", BY_NAME.values(), ids=lambda metric: metric.name)
def test_metric_when_named_then_as_prometheus_has_it(metric: Metric) -> None:
    """Counters end in _total, units are base units, and only histograms have buckets."""
    assert metric.name.endswith("_total") == (metric.kind is Kind.COUNTER)
    assert not re.search(r"_(ms|milliseconds|minutes|pct|percent)(_|$)", metric.name)
    assert bool(metric.buckets) == (metric.kind is Kind.HISTOGRAM)
    assert list(metric.buckets) == sorted(set(metric.buckets))


def test_names_when_they_are_the_users_then_they_stand_there_letter_by_letter() -> None:
    """Seeds S1 L575-L601, S3 L146, S5 L217-L219, with their labels."""
    theirs = {
        "execution_orders_placed_total": {"symbol", "side", "status"},
        "execution_order_duration_seconds": set(),
        "execution_api_errors_total": {"error_code"},
        "execution_total_exposure_usd": set(),
        "execution_open_positions_count": set(),
        "levibot_exec_orders_total": {"exchange", "status", "type"},
        "levi_orders_total": {"status", "symbol", "side"},
        "levi_kill_switch": {"reason"},
        "levi_position_notional": {"symbol"},
    }
    assert {name: set(BY_NAME[name].labels) for name in theirs} == theirs
    assert BY_NAME["execution_order_duration_seconds"].buckets == (0.1, 0.5, 1.0, 2.0, 5.0, 10.0)
