"""The supervisor as we drive it, with processes that only sleep."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from orderdesk.control.running.procfile import Process
from orderdesk.control.running.supervisor import (
    Seen,
    Supervisor,
    SupervisorGone,
    running,
    stop_leftovers,
)
from orderdesk.control.running.supervisor_config import Places, render

pytestmark = pytest.mark.processes

STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
PROCESSES = (
    Process("redis", ("sleep", "600")),
    Process("worker", ("sleep", "600")),
)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """A home with a space in it, and its configuration."""
    return _configured(tmp_path, PROCESSES)


def _configured(tmp_path: Path, processes: tuple[Process, ...]) -> Places:
    found = Places(tmp_path / "a home", tmp_path / "s.sock")
    found.run.mkdir(parents=True)
    found.logs.mkdir()
    user = "root" if os.getuid() == 0 else None
    found.config.write_text(render(processes, found, python=sys.executable, user=user))
    return found


def _until(truth: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not truth():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.02)


def _all_up(supervisor: Supervisor) -> list[Seen]:
    _until(lambda: all(process.pid for process in supervisor.look()))
    return supervisor.look()


def _is_gone(supervisor: Supervisor) -> bool:
    try:
        supervisor.look()
    except SupervisorGone:
        return True
    return False


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # What nobody has waited for yet is dead all the same.
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.fixture
def supervisor(places: Places) -> Iterator[Supervisor]:
    """A supervisor that is up with all its processes."""
    with running(places, hurried=lambda: False) as found:
        _all_up(found)
        yield found


def test_look_when_a_process_is_killed_then_another_takes_its_place(
    supervisor: Supervisor,
) -> None:
    """What dies is started again."""
    before = {process.name: process.pid for process in supervisor.look()}
    os.kill(before["worker"], signal.SIGKILL)
    _until(lambda: _pid(supervisor, "worker") not in (0, before["worker"]))
    assert _pid(supervisor, "redis") == before["redis"]


def _pid(supervisor: Supervisor, name: str) -> int:
    return next(process.pid for process in supervisor.look() if process.name == name)


def test_running_when_the_block_ends_then_nothing_is_left(places: Places) -> None:
    """Every process that was started is stopped, in order."""
    with running(places, hurried=lambda: False) as supervisor:
        pids = [process.pid for process in _all_up(supervisor)]
    assert [pid for pid in pids if _is_alive(pid)] == []


def test_running_when_the_supervisor_was_killed_then_nothing_is_left(places: Places) -> None:
    """Not even kill -9 of the supervisor lets its processes go on alone."""
    with running(places, hurried=lambda: False) as supervisor:
        pids = [process.pid for process in _all_up(supervisor)]
        os.kill(int((places.run / "supervisord.pid").read_text()), signal.SIGKILL)
        _until(lambda: _is_gone(supervisor))
    assert [pid for pid in pids if _is_alive(pid)] == []


def test_running_when_hurried_then_the_stubborn_are_killed(tmp_path: Path) -> None:
    """A second Ctrl-C does not wait for what does not heed the first."""
    places = _configured(tmp_path, (Process("stubborn", ("python", "-c", STUBBORN)),))
    with running(places, hurried=lambda: True) as supervisor:
        pids = [process.pid for process in _all_up(supervisor)]
    assert [pid for pid in pids if _is_alive(pid)] == []


def test_stop_leftovers_when_a_run_was_killed_then_what_it_left_is_stopped(places: Places) -> None:
    """The next run cleans up after one that could not."""
    left = Supervisor(places)
    left.start()
    pids = [process.pid for process in _all_up(left)]
    assert stop_leftovers(places.socket)
    assert left.stop() == []
    assert [pid for pid in pids if _is_alive(pid)] == []
    assert not stop_leftovers(places.socket)
