"""Processes are seen by their supervisor, else by the queue and the signs they give."""

import json
import os
import sys
import time
from pathlib import Path

import pytest

from orderdesk.control.http.presence import BRIDGE_SIGN_S, Presence
from orderdesk.control.running.occupancy import occupied
from orderdesk.control.running.procfile import Process
from orderdesk.control.running.supervisor import running
from orderdesk.control.running.supervisor_config import Places, render
from orderdesk.errors import StoreUnavailable


def test_presence_when_nobody_supervises_then_workers_answer_and_others_give_signs(
    tmp_path: Path,
) -> None:
    """As in containers: one that answered once and does not any more is missed."""
    run = tmp_path / "run"
    run.mkdir()
    (run / "beat-schedule.dat").touch()
    (run / "bridge-ready").touch()
    old_s = time.time() - 2 * BRIDGE_SIGN_S
    os.utime(run / "bridge-ready", (old_s, old_s))
    there = {"placing@a", "placing@b"}
    presence = Presence(tmp_path, lambda: there)

    first = {row.name: row.well for row in presence.look()}
    there = {"placing@a"}
    second = {row.name: row.well for row in presence.look()}

    assert first == {"placing@a": True, "placing@b": True, "beat": True, "bridge": False}
    assert second == {**first, "placing@b": False}


def test_presence_when_the_queue_is_away_then_nobody_is_said_to_answer(tmp_path: Path) -> None:
    """Known workers are shown as mute; nothing breaks."""
    away = False

    def workers() -> set[str]:
        if away:
            raise StoreUnavailable("Redis is away")
        return {"placing@a"}

    presence = Presence(tmp_path, workers)
    presence.look()
    away = True
    assert [(row.name, row.well) for row in presence.look()] == [("placing@a", False)]


@pytest.mark.processes
def test_presence_when_a_supervisor_runs_the_desk_then_its_processes_are_told_as_it_sees_them(
    tmp_path: Path,
) -> None:
    """Under `make run`: found by what `up` has written down, with since when each of them runs."""
    user = "root" if os.getuid() == 0 else None
    sleeping = [Process(name, ("sleep", "600")) for name in ("redis", "placing")]
    with occupied(tmp_path) as mine:
        places = Places(tmp_path, mine.socket)
        config = render(sleeping, places, python=sys.executable, user=user)
        places.config.write_text(config, encoding="utf-8")
        with running(places, lambda: True):
            rows = {row.name: row for row in Presence(tmp_path, set).look()}
    assert set(rows) == {"redis", "placing"}
    assert {row.says for row in rows.values()} <= {"starting", "running"}
    assert [row.restarts for row in rows.values()] == [0, 0]
    assert Presence(tmp_path, set).look() == []


def test_presence_when_the_supervisor_is_gone_then_its_old_socket_is_no_trouble(
    tmp_path: Path,
) -> None:
    """A desk that was killed leaves its note behind."""
    run = tmp_path / "run"
    run.mkdir()
    (run / "up.lock").write_text(json.dumps({"pid": 1, "socket": str(run / "none.sock")}))
    assert Presence(tmp_path, set).look() == []
