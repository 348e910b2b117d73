"""Processes of a desk are known by their words and by the home they were started for."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from orderdesk.control.running.procfile import Process, parse
from orderdesk.control.soaking.samples import every_s, name_of, processes_of
from tests.control.running_up import CHECKOUT

PROCESSES = parse((CHECKOUT / "Procfile").read_text())


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.name)
def test_name_when_a_process_runs_its_line_then_it_is_the_procfiles(process: Process) -> None:
    """A table of figures names processes as people do."""
    words = " ".join(process.words)
    assert name_of(words) == process.name


def test_name_when_it_is_somebody_elses_then_there_is_none() -> None:
    """Helpers that come and go are no crash."""
    assert name_of("/bin/sh -c true") is None


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="looks into /proc")
def test_processes_when_one_runs_for_the_home_then_its_use_is_read(tmp_path: Path) -> None:
    """Memory and files, and nobody of another home."""
    code = "import sys; print('runs', flush=True); sys.stdin.read()"
    words = [sys.executable, "-c", code, "-m orderdesk bridge"]
    environ = {**os.environ, "ORDERDESK_HOME": str(tmp_path)}
    pipe = subprocess.PIPE
    with subprocess.Popen(words, env=environ, stdin=pipe, stdout=pipe, text=True) as process:
        # Until it runs its code it may hold next to nothing: the kernel has only just begun it.
        assert process.stdout is not None
        assert process.stdout.readline() == "runs\n"
        (found,) = processes_of(tmp_path, 1.5, redis_pid=0)
        assert (found.name, found.pid, found.at_s) == ("bridge", process.pid, 1.5)
        assert found.memory_kb > 1_000
        assert found.files >= 3
        assert processes_of(tmp_path / "other", 0, redis_pid=0) == []
        (redis,) = processes_of(tmp_path / "other", 0, redis_pid=process.pid)
        assert redis.name == "redis"


def test_pace_when_a_run_is_long_then_its_samples_are_as_many_as_a_picture_shows() -> None:
    """Two days are sampled more seldom than five minutes, which are looked at every two seconds."""
    assert every_s(5) == 2
    assert every_s(2 * 24 * 60) == 86.4
