"""The bridge as a real process: nothing lost, nothing placed twice, whatever kills it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from orderdesk.stores.redis_door import connect
from tests.processes.running_desk import CHECKOUT, PATIENCE_S, RunningDesk

pytestmark = pytest.mark.processes

ORDERS = 40
LIMIT = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "quantity": "0.001"}


def start_bridge(desk: RunningDesk) -> subprocess.Popen[bytes]:
    """Start a real bridge; the desk's end ends it."""
    with (desk.home / "bridge.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "orderdesk", "bridge"],
            cwd=CHECKOUT,
            env=dict(desk.environ),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    desk.workers[f"bridge {process.pid}"] = process
    return process


def replies(redis: Any) -> dict[str, dict[str, Any]]:
    """What was answered to each entry of the stream."""
    told = [json.loads(fields["reply"]) for _, fields in redis.xrange("orders:replies")]
    return {reply["entry_id"]: reply for reply in told if reply["entry_id"]}


def test_stream_when_bridges_are_killed_then_each_entry_is_one_order_and_answered(
    own_desk: RunningDesk,
) -> None:
    """Kill -9 between reading and acknowledging: read again under the entry's own name."""
    desk, redis = own_desk, connect(own_desk.redis.url)
    desk.start_worker("all")
    # Given orders without a name of their own, and one that cannot be read
    entries: list[str] = []
    for n in range(ORDERS):
        fields: dict[Any, Any] = {**LIMIT, "price": str(40_000 + n)}
        entries.append(str(redis.xadd("orders:in", fields)))
    broken = str(redis.xadd("orders:in", {"data": b"\xff"}))
    # When a bridge is killed while it works
    bridge = start_bridge(desk)
    desk.until(lambda: replies(redis))
    bridge.kill()
    bridge.wait()
    start_bridge(desk)
    # Then every message has its reply, and every order is there once
    desk.until(lambda: len(replies(redis)) == ORDERS + 1)
    answered = replies(redis)
    assert answered.pop(broken)["event_type"] == "command_refused"
    assert {reply["event_type"] for reply in answered.values()} == {"command_taken"}
    assert {reply["order_id"] for reply in answered.values()} == {
        f"orders:in:{entry}" for entry in entries
    }
    desk.until(lambda: len(desk.door.state()["orders"]) >= ORDERS)
    placed = [order["clientOrderId"] for order in desk.door.state()["orders"]]
    assert sorted(placed) == sorted(set(placed))
    assert len(placed) == ORDERS


def test_risk_manager_when_written_as_the_user_draws_it_then_it_works(
    desk: RunningDesk,
) -> None:
    """`docs/examples/risk_manager.py`: order out, result and position in, state right."""
    start_bridge(desk)
    redis = connect(desk.redis.url)
    desk.until(lambda: dict(redis.pubsub_numsub("orders")).get("orders"))
    example = Path(CHECKOUT, "docs/examples/risk_manager.py")
    done = subprocess.run(
        [sys.executable, str(example), "0.001"],
        env={**os.environ, "REDIS_URL": desk.redis.url},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S * 2,
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout + desk.last_words()
    told = json.loads(done.stdout)
    assert told["result"]["status"] == "FILLED"
    assert told["state"]["positions"] == {"BTCUSDT": "0.001"}
    assert float(told["state"]["total_exposure"]) > 0
