"""`orderdesk limits`: what holds is shown, a change takes a token and is written down."""

import json

import pytest

from orderdesk import wiring
from orderdesk.control.cli import main
from orderdesk.control.operators import new_token
from orderdesk.ports import Desk

SET = ["limits", "set", "max_exposure", "500", "--reason", "a test"]


@pytest.fixture
def anna(bare_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> str:
    """An operator of the desk, whose token is in the environment."""
    token, entry = new_token("anna")
    monkeypatch.setenv("ORDERDESK_OPERATORS", entry)
    monkeypatch.setenv("ORDERDESK_OPERATOR_TOKEN", token)
    wiring.settings.cache_clear()
    return token


def test_set_when_an_operator_does_it_then_it_holds_and_is_recorded(
    anna: str, bare_desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who is the operator's name, not the host's user."""
    assert main(SET) == 0
    assert main(["limits", "show", "--json"]) == 0
    said = capsys.readouterr().out
    assert anna not in said
    shown = json.loads(said.partition("\n")[2])
    assert shown["max_exposure"] == {"value": "500", "source": "set at run time for main"}
    assert shown["max_notional"] == {"value": "250", "source": "RISK_MAX_NOTIONAL"}
    (change,) = bare_desk.ledger.limit_changes()
    assert (change.by, change.old, change.new, change.reason) == ("anna", None, "500", "a test")
    assert main(["limits", "history"]) == 0
    assert "anna" in capsys.readouterr().out


def test_set_when_the_token_is_wrong_or_missing_then_nothing_changes_and_code_1(
    anna: str,
    bare_desk: Desk,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The ledger is within reach, and still the command does not do it."""
    for token in ("wrong", ""):
        monkeypatch.setenv("ORDERDESK_OPERATOR_TOKEN", token)
        wiring.settings.cache_clear()
        assert main(SET) == 1
    assert bare_desk.ledger.limit_changes() == []
    assert anna not in capsys.readouterr().err


def test_set_when_the_limit_makes_no_sense_then_code_2(anna: str) -> None:
    """A wrong word is a matter of usage."""
    assert main(["limits", "set", "max_size", "5", "--reason", "r"]) == 2
    assert main([*SET, "--symbol", "BTC/USDT"]) == 2


def test_token_when_it_is_made_then_it_is_shown_once_with_its_entry(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What the operator keeps, and what the desk is given."""
    assert main(["limits", "token", "ben", "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["entry"].startswith("ben:")
    assert made["token"] not in made["entry"]
