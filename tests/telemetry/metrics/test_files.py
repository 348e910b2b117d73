"""A process counts in files of its own: nothing is lost among threads, nor after a fork."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, Histogram

from orderdesk.telemetry.metrics import table
from orderdesk.telemetry.metrics.files import MetricFiles
from tests.telemetry.metrics.reading import told, told_in, value


@pytest.fixture
def files(tmp_path: Path) -> Iterator[MetricFiles]:
    """Give this process' files, in a folder that is not there yet."""
    files = MetricFiles(tmp_path / "metrics")
    yield files
    files.close()


def test_files_when_nothing_is_told_then_nothing_is_left(tmp_path: Path) -> None:
    """A command that only reads leaves no trace."""
    MetricFiles(tmp_path / "metrics").close()
    assert list(tmp_path.iterdir()) == []


def test_counter_when_threads_add_at_once_then_none_is_lost(
    tmp_path: Path, files: MetricFiles
) -> None:
    """Orders run in threads."""

    def add() -> None:
        for _ in range(500):
            files.add(table.EVENTS, ("ORDER_NEW",))

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    counted = told_in(tmp_path / "metrics")
    assert value(counted, "orderdesk_events_total", kind="ORDER_NEW") == 2_000


def test_histogram_when_values_are_observed_then_it_is_what_the_library_makes_of_them(
    tmp_path: Path, files: MetricFiles
) -> None:
    """Held against prometheus-client's own histogram, bounds and beyond included."""
    registry = CollectorRegistry()
    theirs = Histogram(
        table.ORDER_DURATION.name,
        table.ORDER_DURATION.meaning,
        buckets=table.ORDER_DURATION.buckets,
        registry=registry,
    )
    for seconds in (0.0, 0.05, 0.1, 0.3, 1.0, 9.9, 10.0, 11.0):
        theirs.observe(seconds)
        files.observe(table.ORDER_DURATION, seconds)
    ours = told_in(tmp_path / "metrics")
    expected = told(registry.collect())
    created = {key for key in expected if key[0].endswith("_created")}
    assert ours == {key: value for key, value in expected.items() if key not in created}


def test_histogram_when_a_clock_was_set_back_then_nothing_is_negative(
    tmp_path: Path, files: MetricFiles
) -> None:
    """A sum that falls would be taken for a restart."""
    files.observe(table.ORDER_DURATION, -3.0)
    counted = told_in(tmp_path / "metrics")
    assert value(counted, "execution_order_duration_seconds_sum") == 0.0
    assert value(counted, "execution_order_duration_seconds_count") == 1.0


def test_gauge_when_it_is_looked_at_then_no_process_may_tell_it(files: MetricFiles) -> None:
    """One metric has one source."""
    with pytest.raises(ValueError, match="is looked at"):
        files.set(table.KILL, 1.0)


def test_labels_when_their_number_is_wrong_then_it_is_a_mistake(files: MetricFiles) -> None:
    """A label more or less would be another metric."""
    with pytest.raises(ValueError, match="has the labels"):
        files.add(table.EVENTS)


def test_files_when_closed_and_told_again_then_the_count_goes_on(
    tmp_path: Path, files: MetricFiles
) -> None:
    """What was closed is like a dead process', and counts as before."""
    files.add(table.EVENTS, ("DRIFT",))
    files.close()
    files.add(table.EVENTS, ("DRIFT",))
    assert value(told_in(tmp_path / "metrics"), "orderdesk_events_total", kind="DRIFT") == 2
