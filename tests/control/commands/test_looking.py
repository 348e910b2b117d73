"""Commands that look and change nothing: orders, positions, caps, and the doctor."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from orderdesk import wiring
from orderdesk.control.cli import main
from orderdesk.core.markets import Refusal
from orderdesk.ports import Desk
from tests.control.commands.test_commands import DRAFT, NOW
from tests.control.running_up import fresh_environ


@pytest.fixture
def three(bare_desk: Desk) -> Desk:
    """A desk with two orders under way and one that has ended."""
    for number, symbol in enumerate(("BTCUSDT", "ETHUSDT", "BTCUSDT"), start=1):
        draft = replace(
            DRAFT, idempotency_key=f"key-{number}", client_order_id=f"od1-{number}",
            task_id=f"t-{number}", symbol=symbol,
        )  # fmt: skip
        bare_desk.ledger.receive(draft, now_ms=NOW + number, next_wake_ms=NOW)
    refusal = Refusal("RISK_MAX_NOTIONAL", "notional", "500", "the maximum is 250")
    last = replace(DRAFT, idempotency_key="key-3", client_order_id="od1-3", task_id="t-3")
    bare_desk.ledger.refuse(last, refusal, now_ms=NOW + 9)
    return bare_desk


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        ([], ["key-2", "key-1"]),
        (["--all"], ["key-3", "key-2", "key-1"]),
        (["--all", "--limit", "1"], ["key-3"]),
        (["--symbol", "btc/usdt"], ["key-1"]),
        (["--status", "denied"], ["key-3"]),
        (["--account", "another", "--all"], []),
    ],
)
def test_orders_when_listed_then_those_that_were_asked_for_newest_first(
    three: Desk, capsys: pytest.CaptureFixture[str], words: list[str], keys: list[str]
) -> None:
    """What is under way needs no option; a state that ends an order is looked for among all."""
    assert main(["orders", "--json", *words]) == 0
    assert [one["idempotency_key"] for one in json.loads(capsys.readouterr().out)] == keys
    assert main(["orders", *words]) == 0
    said = capsys.readouterr().out
    assert all(key in said for key in keys)


def test_orders_when_the_symbol_is_none_then_field_and_value_are_named_and_code_2(
    three: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong word is a matter of usage."""
    assert main(["orders", "--symbol", "B"]) == 2
    assert "'B'" in capsys.readouterr().err


def test_caps_when_redis_is_away_then_what_is_allowed_is_shown_and_code_3(
    bare_desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is known without Redis is told; that nobody is paused is not claimed."""
    assert main(["caps"]) == 3
    said = capsys.readouterr()
    assert "9.6" in said.out
    assert "paused" not in said.out
    assert "Redis" in said.err


def test_positions_when_nobody_can_be_asked_then_nothing_is_shown_and_code_3(
    bare_desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """Balances are asked for now, or not shown."""
    assert main(["positions"]) == 3
    assert capsys.readouterr().out == ""


def test_cancel_when_it_is_not_said_what_then_code_2(bare_desk: Desk) -> None:
    """One order or all of them; a symbol alone could be taken for either."""
    assert main(["cancel"]) == 2
    assert main(["cancel", "key-1", "--all"]) == 2
    assert main(["cancel", "key-1", "--symbol", "BTCUSDT"]) == 2
    assert main(["cancel", "key-1"]) == 3  # Redis is away


def _found(capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    told = json.loads(capsys.readouterr().out)
    return {finding["name"]: finding["verdict"] for finding in told["findings"]}


def test_doctor_when_the_installation_is_well_and_nothing_runs_then_code_0(
    bare_desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A desk that is not started is no illness; that it does not run is said."""
    for name in ("REDIS_URL", "MEXC_BASE_URL"):
        monkeypatch.delenv(name)
    for name, value in fresh_environ(wiring.settings().home).items():
        if name.endswith("_PORT"):
            monkeypatch.setenv(name, value)
    wiring.settings.cache_clear()
    wiring.forget()
    assert main(["doctor", "--json"]) == 0
    found = _found(capsys)
    assert found.pop("redis") == "UNKNOWABLE"
    assert set(found.values()) == {"YES"}


def test_doctor_when_parts_are_broken_then_each_is_named_with_what_to_do_and_code_1(
    bare_desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A Redis that somebody named must be there; a secret file is its owner's alone."""
    home = wiring.settings().home
    (home / "flower.password").write_text("word")
    (home / "flower.password").chmod(0o644)
    assert main(["doctor", "--json"]) == 1
    found = _found(capsys)
    assert (found["redis"], found["secret files"]) == ("NO", "NO")
    assert (found["libraries"], found["ledger"], found["home"]) == ("YES", "YES", "YES")
    assert main(["doctor"]) == 1
    assert "chmod 600" in capsys.readouterr().out


@pytest.mark.parametrize("home", ["/proc/none", "/dev/null/none"])
def test_command_when_the_home_cannot_be_made_then_one_line_says_what_to_do(
    home: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong place is a wrong setting, and the doctor tells it as one finding among others."""
    monkeypatch.setenv("ORDERDESK_HOME", home)
    wiring.settings.cache_clear()
    wiring.forget()
    assert main(["orders"]) == 2
    assert capsys.readouterr().err.startswith(f"orderdesk: ORDERDESK_HOME={Path(home)}: must be")
    assert main(["doctor", "--json"]) == 1
    assert _found(capsys)["home"] == "NO"
    wiring.settings.cache_clear()
    wiring.forget()


def test_doctor_when_a_setting_is_wrong_then_it_is_a_finding_and_the_libraries_are_looked_at(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The doctor is asked when things are wrong, and must not stop at the first of them."""
    monkeypatch.setenv("EXECUTION_MODE", "PERHAPS")
    wiring.settings.cache_clear()
    assert main(["doctor", "--json"]) == 1
    found = _found(capsys)
    wiring.settings.cache_clear()
    assert (found["settings"], found["python"]) == ("NO", "YES")
