"""`orderdesk audit verify`: the trail is whole, or the first broken line is named."""

import json
from pathlib import Path

import pytest

from orderdesk.control.cli import main
from orderdesk.control.commands.audit import followed
from orderdesk.core.audit_chain import FOLDER
from orderdesk.core.events import Event, EventKind
from orderdesk.ports import Desk
from orderdesk.settings import Settings

DAY_MS = 86_400_000


@pytest.fixture
def trail(bare_desk: Desk) -> Path:
    """The trail of three days, written by the desk's own sinks."""
    for day in range(3):
        for number in range(3):
            kind, at_ms = EventKind.ORDER_NEW, day * DAY_MS + number
            bare_desk.ledger.tell(Event(kind, at_ms, "main", order=f"key-{day}-{number}"))
    return Settings.from_environment().home / FOLDER


def test_verify_when_the_trail_is_as_it_was_written_then_code_0(
    trail: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every day is shown, with its newest fingerprint to keep elsewhere."""
    assert main(["audit", "verify", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["whole"] is True
    assert [(day["day"], day["records"]) for day in told["days"]] == [
        ("1970-01-01", 3), ("1970-01-02", 3), ("1970-01-03", 3),
    ]  # fmt: skip
    assert told["days"][-1]["newest"] == [*followed(trail)][-1].found.newest


def test_verify_when_a_line_was_changed_then_file_and_line_are_named_and_code_1(
    trail: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A person is told where to look."""
    file = trail / "1970-01-02" / "events.jsonl"
    file.write_text(file.read_text().replace("key-1-1", "key-1-9"))
    assert main(["audit", "verify"]) == 1
    assert f"{file}, line 3: " in capsys.readouterr().out
    assert main(["audit", "verify", "--day", "1970-01-01"]) == 0


def test_verify_when_a_day_is_missing_then_the_next_one_shows_it(
    trail: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Days between cannot be taken away; the oldest may, when its time to be kept is over."""
    (trail / "1970-01-02" / "events.jsonl").unlink()
    assert main(["audit", "verify"]) == 1
    assert "1970-01-03/events.jsonl, line 1: " in capsys.readouterr().out
    (trail / "1970-01-01" / "events.jsonl").unlink()
    assert main(["audit", "verify"]) == 0


def test_verify_when_there_is_no_trail_then_code_1_and_where_it_was_looked_for(
    bare_desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """No trail is not a whole one."""
    assert main(["audit", "verify"]) == 1
    assert "ORDERDESK_HOME" in capsys.readouterr().err
