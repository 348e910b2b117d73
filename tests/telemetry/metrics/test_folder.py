"""Many processes, one count: it never falls, whoever dies, and the dead leave no heap."""

import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from orderdesk.telemetry.metrics import table
from orderdesk.telemetry.metrics.files import MetricFiles
from orderdesk.telemetry.metrics.folder import MetricFolder
from tests.telemetry.metrics import teller
from tests.telemetry.metrics.reading import told_in, value

CHECKOUT = Path(__file__).resolve().parents[3]


@contextmanager
def telling(folder: Path, then: str) -> Iterator["subprocess.Popen[str]"]:
    """Run a process that has told; it is ended afterwards if it still waits."""
    words = [sys.executable, "-m", "tests.telemetry.metrics.teller", str(folder), then]
    with subprocess.Popen(
        words, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline().startswith("told")
        yield process


def orders(folder: Path) -> float | None:
    """How many orders all processes have told."""
    return value(told_in(folder), "orderdesk_events_total", kind="ORDER_NEW")


def alive(folder: Path) -> float | None:
    """How many workers are told to be alive."""
    return value(told_in(folder), "orderdesk_processes", kind="worker")


@pytest.mark.processes
def test_count_when_a_process_is_killed_then_it_stays_and_the_process_is_gone(
    tmp_path: Path,
) -> None:
    """A kill -9 leaves what was counted; what only the living may say ends at once."""
    with telling(tmp_path, "wait"), telling(tmp_path, "wait") as second:
        assert (orders(tmp_path), alive(tmp_path)) == (2, 2)
        second.kill()
        second.wait()
        assert (orders(tmp_path), alive(tmp_path)) == (2, 1)
    assert (orders(tmp_path), alive(tmp_path)) == (2, None)


@pytest.mark.processes
def test_count_when_a_process_forks_then_each_child_counts_for_itself(tmp_path: Path) -> None:
    """Prefork: children share no file with their parent, and their work is not lost with them."""
    with telling(tmp_path, "fork") as process:
        told_by = process.pid
    counted = told_in(tmp_path)
    assert value(counted, "orderdesk_events_total", kind="ORDER_NEW") == 4
    assert value(counted, "execution_order_duration_seconds_count") == 4
    last = value(counted, "orderdesk_task_done_timestamp_seconds", task="sweep_intents")
    assert last is not None
    assert last > 1_000.0 + told_by


def _dead(folder: Path, times: int = 1) -> None:
    """Leave the files of so many dead processes behind."""
    for _ in range(times):
        files = MetricFiles(folder)
        teller.tell(files)
        files.close()


def test_files_when_many_processes_have_died_then_they_do_not_pile_up(tmp_path: Path) -> None:
    """A worker that recycles its children makes thousands of them."""
    for _ in range(5):
        _dead(tmp_path, 10)
        MetricFolder(tmp_path).fold()
    assert orders(tmp_path) == 50
    assert len(list(tmp_path.iterdir())) < 8


def test_fold_when_it_is_cut_short_after_its_decision_then_nothing_counts_twice(
    tmp_path: Path,
) -> None:
    """Power may go between naming the new files and removing the old ones."""
    _dead(tmp_path, 3)
    kept = tmp_path.with_name("kept")
    shutil.copytree(tmp_path, kept)
    assert orders(tmp_path) == 3
    for file in kept.iterdir():
        if not (tmp_path / file.name).exists():
            shutil.copy(file, tmp_path)
    assert orders(tmp_path) == 3
    _dead(tmp_path)
    assert orders(tmp_path) == 4


def test_fold_when_it_is_cut_short_before_its_decision_then_nothing_is_lost(
    tmp_path: Path,
) -> None:
    """Files that no manifest names are as if they were not there."""
    _dead(tmp_path, 2)
    MetricFolder(tmp_path).fold()
    _dead(tmp_path)
    shutil.copy(tmp_path / "counter_folded1.db", tmp_path / "counter_folded2.db")
    assert orders(tmp_path) == 3


def test_merged_when_one_file_is_broken_then_the_others_are_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A disk that was full once must not blind everybody for ever."""
    _dead(tmp_path)
    (tmp_path / "counter_1-broken.db").write_bytes(struct.pack("=4i", 64, 0, 1_000, 0))
    (tmp_path / "histogram_1-begun.db").write_bytes(b"")
    assert orders(tmp_path) == 1
    assert "counter_1-broken.db cannot be read" in caplog.text


def test_merged_when_this_process_tells_and_reads_then_it_does_not_take_itself_for_dead(
    tmp_path: Path,
) -> None:
    """The HTTP process counts and serves; its own locks it could always take."""
    files = MetricFiles(tmp_path)
    files.set(table.PROCESSES, 1.0, ("worker",))
    assert [alive(tmp_path), alive(tmp_path)] == [1, 1]
    files.close()


def test_merged_when_there_is_no_folder_then_there_is_nothing(tmp_path: Path) -> None:
    """Before the first process has told anything."""
    assert MetricFolder(tmp_path / "none").merged() == []
