"""What Prometheus reads: whole, typed, from 0 on, and at a bounded cost."""

from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from orderdesk.core.events import EventKind
from orderdesk.core.figures import Figures
from orderdesk.telemetry.metrics.setup import Metrics
from tests.telemetry.metrics.reading import told, value


class Looking:
    """A desk of which nothing answers, and how often it was looked at."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> Figures:
        """Look."""
        self.times += 1
        return Figures(ledger=None, redis=None)


def metrics(home: Path) -> Metrics:
    """A desk's metrics."""
    return Metrics(
        home=home,
        symbols={"BTCUSDT"},
        codes={"30004"},
        exchange="paper",
        aliases=False,
        version="1.2.3",
        mode="TEST",
    )


def test_scrape_when_nothing_has_happened_then_rare_counters_are_zero(tmp_path: Path) -> None:
    """A counter that begins with its first event has no increase that an alert could see."""
    text, _ = metrics(tmp_path).exposition(Looking()).scrape()
    found = told(text_string_to_metric_families(text.decode()))
    for kind in EventKind:
        assert value(found, "orderdesk_events_total", kind=kind.value) == 0
    assert value(found, "execution_api_errors_total", error_code="30004") == 0
    assert value(found, "execution_api_errors_total", error_code="HTTP_503") == 0
    assert value(found, "execution_order_duration_seconds_bucket", le="5.0") == 0
    assert value(found, "orderdesk_fence_seconds_count", end="found") == 0
    assert value(found, "orderdesk_build_info", version="1.2.3", mode="TEST") == 1


def test_scrape_when_something_was_counted_then_it_stands_beside_the_zeroes(
    tmp_path: Path,
) -> None:
    """Each series once."""
    of = metrics(tmp_path)
    counted = of.counted()
    counted.started("worker")
    text, _ = of.exposition(Looking()).scrape()
    lines = [line for line in text.decode().splitlines() if line.startswith("orderdesk_process")]
    assert lines == [
        'orderdesk_process_starts_total{kind="worker"} 1.0',
        'orderdesk_processes{kind="worker"} 1.0',
    ]


def test_scrape_when_it_comes_again_at_once_then_the_desk_is_not_looked_at_again(
    tmp_path: Path,
) -> None:
    """Three Prometheis, or a person who reloads, cost what one costs."""
    looking = Looking()
    exposition = metrics(tmp_path).exposition(looking)
    assert exposition.scrape() == exposition.scrape()
    assert looking.times == 1


def test_scrape_when_open_metrics_is_asked_for_then_it_is_given(tmp_path: Path) -> None:
    """Prometheus asks for it first."""
    exposition = metrics(tmp_path).exposition(Looking())
    text, content_type = exposition.scrape("application/openmetrics-text; version=1.0.0")
    assert content_type.startswith("application/openmetrics-text")
    assert text.endswith(b"# EOF\n")
