"""Every example that a help shows is run, on real processes, and ends as it should."""

import importlib
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from orderdesk import wiring
from orderdesk.client import producer
from orderdesk.control.cli import COMMANDS, command_line, main
from orderdesk.control.lazy_commands import ROOM
from orderdesk.control.operators import new_token
from orderdesk.core.intents import Opened
from orderdesk.core.order_ids import client_order_id
from orderdesk.core.risk.verdicts import PASSED
from tests.control.commands.test_commands import DRAFT
from tests.processes.running_desk import CHECKOUT, RunningDesk, running_desk

pytestmark = pytest.mark.processes

WAIT_S = 60
TRADING = ("place", "explain", "orders", "cancel", "kill", "release", "dead", "limits")
"""Run in this order, because one needs what another leaves; the rest follow as they are listed."""

RUN_ELSEWHERE = {
    "up": "tests/control/test_up.py, tests/control/test_up_live.py",
    "soak": "tests/processes/test_soak_load.py",
    "bridge": "tests/processes/test_bridge.py",
    "redis": "tests/control/test_up.py",
    "simulate": "tests/simulator/test_running.py",
    "flower": "tests/processes/test_flower.py",
    "http": "tests/processes/test_http.py",
    "metrics": "tests/processes/test_metrics.py",
}
"""Commands that run until they are stopped: their words are read here, and they are run there."""

ENDLESS = ("orderdesk alive --every-s 10",)

A_NO = {
    "orderdesk answer lost-order --placed C02__413321238354677760043 --reason 'seen in the app'",
    "orderdesk audit verify --day 2026-11-27 --json",
    # The letter that was replayed has broken again, as it must.
    "orderdesk status",
    "orderdesk status --json",
}
"""What may end with a no here: the simulator has no such order, and that day is not of this run."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    """A desk on which there is something to see, as the examples have it."""
    home = tmp_path_factory.mktemp("a desk of examples")
    token, entry = new_token("anna")
    (home / "anna.token").write_text(token)
    # A busy host is late with prices; what the gate says then is not what the examples show.
    late = {"RISK_PRICE_MAX_AGE_MS": "none", "RISK_PORTFOLIO_MAX_AGE_MS": "none"}
    with running_desk(home, ORDERDESK_OPERATORS=entry, **late) as running:
        running.start_worker("all")
        running.start_beat()
        running.call("place_order").delay(
            symbol="BTCUSDT", side="BUY", type="MARKET", quantity="0.01"
        ).get(timeout=WAIT_S)
        for _ in range(2):
            running.producer.app.send_task("place_order", kwargs={"price": "-1"}, queue="placing")
        running.until(lambda: len(running.ledger.dead_letters()) == 2)
        yield running


@pytest.fixture(autouse=True)
def _here(desk: RunningDesk, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let this process' commands find that desk."""
    for name in [name for name in os.environ if name.startswith(("MEXC_", "ORDERDESK_"))]:
        monkeypatch.delenv(name)
    for name, value in desk.environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(desk.home)
    _forget()
    yield
    _forget()


def _forget() -> None:
    # A test before this one in the same process may have made them for another desk.
    wiring.settings.cache_clear()
    wiring.forget()
    producer.cache_clear()


def examples(command: str) -> list[str]:
    """Return the lines that a command's help shows."""
    return list(importlib.import_module(f"{ROOM}.{command}").EXAMPLES)


def words_of(line: str) -> list[str]:
    """Return what the shell would hand over, without the settings before it."""
    words = shlex.split(line)
    return words[words.index("orderdesk") + 1 :]


def test_examples_when_they_are_run_then_each_ends_well_and_none_with_a_traceback(
    desk: RunningDesk, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who copies a line from a help gets what the help says."""
    # What was answered by a person comes last: the exchange of this run knows nothing of it.
    middle = [name for name in COMMANDS if name not in (*TRADING, "answer")]
    ordered = [*TRADING, *middle, "answer"]
    ended = {}
    for line in [line for name in ordered if name not in RUN_ELSEWHERE for line in examples(name)]:
        # A day in a help is no day of this run, and the trail has only those.
        if line not in ENDLESS:
            _prepare(desk, line)
            ended[line] = main(words_of(line)), capsys.readouterr()
    wrong = {line: end for line, end in ended.items() if end[0] > int(line in A_NO)}
    assert wrong == {}


def _prepare(desk: RunningDesk, line: str) -> None:
    """Bring about what a line speaks of: an order whose answer nobody knows."""
    if not line.startswith("orderdesk answer"):
        return
    key, now_ms = words_of(line)[1], time.time_ns() // 1_000_000
    draft = replace(
        DRAFT, idempotency_key=key, client_order_id=client_order_id("main", key), task_id=key,
        deadline_ms=now_ms + 60_000, received_ms=now_ms,
    )  # fmt: skip
    opened = desk.ledger.open_attempt(
        draft, stamp=lambda: now_ms, window_ms=3_000, request_hash="", gate=lambda *_: PASSED
    )
    assert isinstance(opened, Opened)
    desk.ledger.quarantine(opened.intent.id, "an example", now_ms=now_ms)


@pytest.mark.parametrize("command", sorted(RUN_ELSEWHERE.keys() & COMMANDS.keys()))
def test_example_when_its_command_runs_on_and_on_then_its_words_are_right(command: str) -> None:
    """Its words are taken; the tests that are named here run it."""
    root = command_line()
    for line in examples(command):
        _, found, rest = root.resolve_command(None, words_of(line))
        found.make_context(command, list(rest))
    for place in RUN_ELSEWHERE[command].split(", "):
        assert (CHECKOUT / Path(place)).exists()


def test_place_when_no_answer_comes_in_time_then_one_line_says_how_to_go_on_and_code_3(
    desk: RunningDesk,
) -> None:
    """The order is kept; and what Celery says when Python ends is nobody's affair."""
    done = subprocess.run(
        [sys.executable, "-m", "orderdesk", "place", "buy", "BTCUSDT", "--quantity", "0.001",
         "--key", "no-wait", "--wait-s", "0"],
        cwd=CHECKOUT, env=dict(desk.environ), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 3
    assert "--key no-wait" in done.stderr
    assert (done.stdout, done.stderr.count("\n")) == ("", 1)
    desk.until(lambda: desk.intent("no-wait"))
