"""`orderdesk preflight`: each check with its answer, and an exit code for scripts."""

import json

import pytest

from orderdesk.control.cli import main
from orderdesk.ports import Desk


def test_preflight_when_nothing_can_be_reached_then_each_check_says_so_and_the_code_is_1(
    bare_desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """No answer is shown as none; what can be known without the others is known."""
    assert main(["preflight", "--wait-s", "0", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["passed"], told["mode"]) == (False, "TEST")
    verdicts = {finding["name"]: finding["verdict"] for finding in told["findings"]}
    assert verdicts.pop("ledger durable") == "YES"
    assert set(verdicts.values()) == {"NO_ANSWER"}
    assert len(verdicts) == 9


def test_preflight_when_shown_to_a_person_then_with_what_to_do(
    bare_desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """A row for each check, and a line that says what follows."""
    assert main(["preflight", "--wait-s", "0"]) == 1
    said = capsys.readouterr().out
    assert "connectivity" in said
    assert "REDIS_URL" in said
    assert "nothing is placed" in said
