"""Commands on a desk whose ledger alone can be reached: what they say, and how they end."""

import json
from decimal import Decimal

import pytest

from orderdesk.control.cli import main
from orderdesk.core.intents import DeadLetter, Draft, Intent
from orderdesk.core.markets import Refusal, Size
from orderdesk.core.orders import OrderStatus, OrderType, Side
from orderdesk.ports import Desk

NOW = 1_795_248_995_000
LETTER = DeadLetter(
    id=0, at_ms=NOW, task="place_order", task_id="t-1", arguments={"symbol": "BTCUSDT"},
    reason="Transient", message="it broke", attempts=4, trace="Traceback …", account="main",
)  # fmt: skip
DRAFT = Draft(
    account="main", idempotency_key="key-1", client_order_id="od1-abc", parameter_hash="h",
    task_id="t-1", symbol="BTCUSDT",
    size=Size(Side.BUY, OrderType.MARKET, Decimal("0.001"), None, None),
    deadline_ms=NOW + 60_000, received_ms=NOW, trace_id="", command={},
)  # fmt: skip


@pytest.fixture
def denied(bare_desk: Desk) -> Intent:
    """An order that the desk has said no to."""
    refusal = Refusal("RISK_MAX_NOTIONAL", "notional", "500", "the maximum is 250")
    return bare_desk.ledger.refuse(DRAFT, refusal, now_ms=NOW)


@pytest.fixture
def letter(bare_desk: Desk) -> DeadLetter:
    """An open dead letter."""
    return bare_desk.ledger.bury(LETTER, end_as=None, now_ms=NOW)


@pytest.mark.parametrize("name", ["key-1", "od1-abc"])
def test_explain_when_the_order_is_known_then_its_story_is_told(
    denied: Intent, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """An order is found under its key, and under the name the exchange has for it."""
    assert main(["explain", name]) == 0
    told = capsys.readouterr().out
    assert "BUY 0.001 BTCUSDT MARKET" in told
    assert "The desk said no, and sent nothing." in told


def test_explain_when_json_is_wanted_then_the_whole_story_is_in_it(
    denied: Intent, capsys: pytest.CaptureFixture[str]
) -> None:
    """Machines get intent, attempts, fills and events."""
    assert main(["explain", "key-1", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["intent"]["status"] == OrderStatus.DENIED
    assert [event["kind"] for event in told["events"]] == ["ORDER_BLOCKED"]


def test_explain_when_the_order_is_unknown_then_one_line_and_code_1(
    bare_desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """A no is one line, and names what was asked for."""
    assert main(["explain", "nobody"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "'nobody'" in said.err
    assert said.err.count("\n") == 1


def test_dead_when_a_letter_is_open_then_it_is_listed_shown_and_discarded(
    letter: DeadLetter, bare_desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """A person sees what broke, decides, and the decision is written down."""
    # When it is listed and shown, then it is told whole
    assert main(["dead", "list"]) == 0
    assert main(["dead", "show", str(letter.id)]) == 0
    told = capsys.readouterr().out
    assert "it broke" in told
    assert "Traceback" in told

    # When it is discarded, then it is closed, with why
    assert main(["dead", "discard", str(letter.id), "--reason", "a test"]) == 0
    closed = bare_desk.ledger.dead_letter(letter.id)
    assert closed is not None
    assert (closed.state, "a test" in str(closed.note)) == ("DISCARDED", True)

    # Then there is nothing left to do, and a second time is a no
    assert main(["dead", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out.partition("\n")[2]) == []
    assert main(["dead", "discard", str(letter.id), "--reason", "again"]) == 1


@pytest.mark.parametrize("verb", ["show", "replay"])
def test_dead_when_the_letter_is_unknown_then_code_1(bare_desk: Desk, verb: str) -> None:
    """A number that nobody gave is a no."""
    assert main(["dead", verb, "99"]) == 1


def test_kill_when_only_the_ledger_is_there_then_sending_stops_all_the_same(
    bare_desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """The switch needs the ledger and nothing else; it is released by a person, with a reason."""
    # When it is engaged, then it holds
    assert main(["kill", "--reason", "a test", "--engage-only"]) == 0
    switch = bare_desk.ledger.switch("kill")
    assert switch is not None
    assert (switch.engaged, switch.reason) == (True, "a test")

    # When it is released, then once is enough
    assert main(["release", "--reason", "over"]) == 0
    assert main(["release", "--reason", "over"]) == 1
    assert "not stopped" in capsys.readouterr().out


def test_answer_when_the_order_is_not_in_quarantine_then_code_1(
    denied: Intent, capsys: pytest.CaptureFixture[str]
) -> None:
    """A person answers for orders in quarantine only."""
    assert main(["answer", "key-1", "--not-placed", "--reason", "looked"]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_status_when_servers_are_away_then_they_are_named_and_the_rest_is_shown(
    denied: Intent, letter: DeadLetter, capsys: pytest.CaptureFixture[str]
) -> None:
    """What cannot be reached does not hide what can; something unwell is code 1."""
    assert main(["status", "--json"]) == 1
    parts = json.loads(capsys.readouterr().out)
    assert {name for name, part in parts.items() if part["well"]} == {
        "mode", "sending", "orders", "risk", "doubt", "processes",
    }  # fmt: skip
    assert parts["dead letters"]["says"].startswith("1 open")
    assert parts["risk"]["says"] == (
        "main: 0.00 USDT at risk in 0 symbols, 0 open orders, today +0.00 USDT"
    )
    assert "Redis" in parts["redis"]["says"]


def test_place_when_redis_is_away_then_nothing_was_queued_and_code_3(
    bare_desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """An order that cannot be kept is not taken, and that is said in one line."""
    assert main(["place", "buy", "BTCUSDT", "--quantity", "0.001"]) == 3
    assert capsys.readouterr().err.count("\n") == 1


def test_place_when_the_order_is_wrong_then_code_2(
    bare_desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong order is a matter of usage, and goes nowhere."""
    assert main(["place", "buy", "BTCUSDT", "--quantity", "much"]) == 2
    assert "quantity" in capsys.readouterr().err


def test_place_when_money_is_real_then_it_must_be_meant(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In LIVE a convenience must not trade by accident."""
    monkeypatch.setenv("EXECUTION_MODE", "LIVE")
    assert main(["place", "buy", "BTCUSDT", "--quantity", "0.001"]) == 2
    assert "--live" in capsys.readouterr().err


def test_settings_when_they_are_shown_then_secrets_are_not(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every setting with its source; of a secret only that it is set."""
    monkeypatch.setenv("MEXC_API_SECRET", "very-secret")
    assert main(["settings", "--json"]) == 0
    told = capsys.readouterr().out
    assert "very-secret" not in told
    rows = {row["name"]: row for row in json.loads(told)["settings"]}
    assert rows["MEXC_API_SECRET"] == {
        "name": "MEXC_API_SECRET", "value": "(set)", "source": "MEXC_API_SECRET",
    }  # fmt: skip


def test_reconcile_when_redis_is_away_then_it_is_said_in_one_line_and_code_3(
    bare_desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a throttle nobody is asked, and nothing is claimed."""
    assert main(["reconcile"]) == 3
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
