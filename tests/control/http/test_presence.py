"""Processes are seen by their supervisor, else by the queue and the signs they give."""

import json
import os
import time
from pathlib import Path

from orderdesk.control.http.presence import BRIDGE_SIGN_S, Presence
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


def test_presence_when_the_supervisor_is_gone_then_its_old_socket_is_no_trouble(
    tmp_path: Path,
) -> None:
    """A desk that was killed leaves its note behind."""
    run = tmp_path / "run"
    run.mkdir()
    (run / "up.lock").write_text(json.dumps({"pid": 1, "socket": str(run / "none.sock")}))
    assert Presence(tmp_path, set).look() == []
