"""A kill with real processes: by task, by command line, without Redis, by a dead beat."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from orderdesk.core.orders import OrderStatus
from tests.processes.running_desk import CHECKOUT, RunningDesk, running_desk

pytestmark = pytest.mark.processes

ORDER = {
    "symbol": "BTCUSDT",
    "side": "BUY",
    "type": "LIMIT",
    "quantity": "0.0002",
    "price": "50000",
}
WAIT_S = 90


def test_kill_when_a_producer_calls_it_then_nothing_rests_and_nothing_more_is_sent(
    own_desk: RunningDesk,
) -> None:
    """Engaged by task, verified by beat; what comes later ends DENIED; a person releases it."""
    # Given resting orders
    desk = own_desk
    desk.start_worker("all")
    desk.start_beat()
    placed = [desk.call("place_order").delay(**ORDER, idempotency_key=f"k-{n}") for n in range(8)]
    assert {result.get(timeout=WAIT_S)["status"] for result in placed} == {"NEW"}
    # When
    call = desk.call("kill_switch").delay(reason="a drill", by="anna")
    report = call.get(timeout=WAIT_S)
    # Then
    assert (report["engaged"], report["by"], report["reason"]) == (True, "anna", "a drill")
    desk.until(lambda: (s := desk.ledger.switch("kill")) is not None and s.verified_ms)
    assert open_orders(desk) == []
    later = desk.call("place_order").delay(**ORDER, idempotency_key="late").get(timeout=WAIT_S)
    assert (later["status"], later["code"]) == ("DENIED", "KILL_SWITCH")
    assert "a drill" in later["reason"]
    assert len(desk.door.state()["orders"]) == 8
    # And when it is released, then sending goes on
    assert _command(desk, "release", "--reason", "over") == 0
    again = desk.call("place_order").delay(**ORDER, idempotency_key="again").get(timeout=WAIT_S)
    assert again["status"] == "NEW"


def test_kill_when_redis_is_gone_then_ledger_and_exchange_are_enough(
    own_desk: RunningDesk,
) -> None:
    """From the command line, at its private pace, up to the proof that nothing is open."""
    # Given resting orders, and a Redis that dies under the worker
    desk = own_desk
    desk.start_worker("all")
    placed = [desk.call("place_order").delay(**ORDER, idempotency_key=f"k-{n}") for n in range(4)]
    assert {result.get(timeout=WAIT_S)["status"] for result in placed} == {"NEW"}
    desk.kill("all")
    desk.redis.kill()
    # When
    report = _json(desk, "kill", "--reason", "a drill", "--wait-s", "60", "--json")
    # Then
    assert report["verified_ms"]
    assert report.get("still_open", []) == []
    assert open_orders(desk) == []
    intents = [desk.intent(f"k-{n}") for n in range(4)]
    assert [intent and intent.status for intent in intents] == [OrderStatus.CANCELED] * 4


def test_beat_when_it_dies_then_the_workers_stop_the_desk(tmp_path: Path) -> None:
    """The dead-man's switch needs no beat and no queue."""
    with running_desk(tmp_path / "own desk", DEADMAN_S="3") as desk:
        desk.start_worker("all")
        desk.start_beat()
        placed = desk.call("place_order").delay(**ORDER, idempotency_key="k-1")
        assert placed.get(timeout=WAIT_S)["status"] == "NEW"
        assert desk.ledger.switch("kill") is None
        desk.kill("beat")
        switch = desk.until(lambda: desk.ledger.switch("kill"))
        assert "no sign of life from beat" in switch.reason
        desk.until(lambda: (s := desk.ledger.switch("kill")) is not None and s.verified_ms)
        assert open_orders(desk) == []


def open_orders(desk: RunningDesk) -> list[dict[str, Any]]:
    """What rests on the exchange, by its own book."""
    states = ("NEW", "PARTIALLY_FILLED")
    return [order for order in desk.door.state()["orders"] if order["status"] in states]


def _run(desk: RunningDesk, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "orderdesk", *words],
        cwd=CHECKOUT,
        env=dict(desk.environ),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def _command(desk: RunningDesk, *words: str) -> int:
    return _run(desk, *words).returncode


def _json(desk: RunningDesk, *words: str) -> dict[str, Any]:
    done = _run(desk, *words)
    assert done.stdout, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
