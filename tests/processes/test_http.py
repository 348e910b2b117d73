"""The HTTP side as a process: orders through the queue, and a kill that needs neither."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.processes.http_side import HttpSide, start_http
from tests.processes.running_desk import CHECKOUT, RunningDesk, running_desk

pytestmark = pytest.mark.processes

PAGE = CHECKOUT / "docs" / "http.md"
LIMIT = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "quantity": "0.001", "price": "44500"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    """A desk with a worker, beat and its HTTP side."""
    with running_desk(tmp_path_factory.mktemp("over http")) as running:
        running.start_worker("all")
        running.start_beat()
        yield running


@pytest.fixture(scope="module")
def side(desk: RunningDesk) -> HttpSide:
    """Its HTTP side."""
    return start_http(desk)


def test_order_when_placed_and_cancelled_by_http_then_a_worker_does_it(
    desk: RunningDesk, side: HttpSide
) -> None:
    """The same queue, the same ledger, the same exchange; once, however often it is called."""
    placed = [
        side.call("POST", "/orders?wait_s=10", {**LIMIT, "idempotency_key": "by-http"})
        for _ in range(2)
    ]
    assert [(one.status, one.body["order"]["status"]) for one in placed] == [(202, "NEW")] * 2
    assert len(desk.orders_of(placed[0].body["client_order_id"])) == 1
    ended = side.call("DELETE", "/orders/by-http?wait_s=10")
    assert ended.body["order"]["status"] == "CANCELED"
    story = side.call("GET", "/orders/by-http").body["story"]
    assert [one["kind"] for one in story][-1] == "ORDER_CANCELED"


def test_exchange_when_it_is_asked_by_http_then_the_simulator_answers(side: HttpSide) -> None:
    """Through the throttle, with the key that nobody sees."""
    assert side.call("GET", "/exchange/ping").body["markets_count"] > 3
    assert side.call("GET", "/exchange/ticker/BTC/USDT").status == 200
    assert "USDT" in side.call("GET", "/exchange/balance").body["balances"]
    tried = side.call("POST", "/exchange/test-order?symbol=BTCUSDT&side=buy&notional_usd=20")
    assert (tried.status, tried.body["mode"]) == (200, "dry_run")


NOT_NOW = 22
"""curl's exit code for an HTTP error that -f was told to heed (curl 8, "EXIT CODES")."""


def _said(command: str, environ: dict[str, str]) -> str:
    """What a shell prints for a command; nothing if it was told to come back."""
    done = subprocess.run(
        command, shell=True, env=environ, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode in (0, NOT_NOW), (command, done.stderr)
    return done.stdout


@pytest.mark.needs_program("curl")
def test_page_of_docs_when_its_commands_are_run_then_each_of_them_works(
    desk: RunningDesk, side: HttpSide
) -> None:
    """What a user pastes from docs/http.md, line by line, in the order it stands there."""
    commands = re.findall(r"^\$ (curl .*)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(commands) > 15
    shown = {"DESK": side.url, "TOKEN": f"Authorization: Bearer {side.token}"}
    environ = {**os.environ, **shown, "NO_PROXY": "127.0.0.1"}
    for command in commands:
        # A busy desk may say "not now"; whoever comes back is served.
        said = desk.until(partial(_said, command, environ))
        if "/metrics/" in command:
            assert "execution_orders_placed_total" in said
        else:
            assert json.loads(said)["ok"] is True, command


def test_kill_when_redis_and_the_workers_are_gone_then_it_holds_and_is_verified(
    tmp_path: Path,
) -> None:
    """It needs the ledger and the exchange alone: orders that rest are cancelled from here."""
    with running_desk(tmp_path / "alone") as desk:
        desk.start_worker("all")
        side = start_http(desk)
        placed = side.call("POST", "/orders?wait_s=10", {**LIMIT, "idempotency_key": "rests"})
        assert placed.body["order"]["status"] == "NEW"
        desk.kill("all")
        desk.redis.stop()

        answer = side.call("POST", "/live/kill?on=true&reason=drill")

        assert (answer.status, answer.body["kill_switch"]) == (200, True)
        [order] = desk.until(
            lambda: [
                one
                for one in desk.orders_of(placed.body["client_order_id"])
                if one["status"] == "CANCELED"
            ]
        )
        assert order["status"] == "CANCELED"
        desk.until(lambda: side.call("GET", "/live/status").body["kill"]["verified_ms"])
        assert side.call("POST", "/orders", LIMIT).status == 503
