"""A kill while everything breaks at once: the end is zero open orders, and zero new ones."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from orderdesk.core.orders import OrderStatus
from tests.processes.running_desk import CHECKOUT, RunningDesk, running_desk
from tests.processes.test_kill import ORDER, WAIT_S, open_orders

pytestmark = pytest.mark.processes

POST = "POST /api/v3/order"
PROOF_S = 300
"""A host that does other work too may take long: 24 s is what the proof itself needs."""
LATE_MS = 1_500
"""Within the window of 2 s: what is held back so long still lands."""


def test_kill_when_all_that_takes_part_breaks_then_zero_open_and_zero_new(tmp_path: Path) -> None:
    """Kill -9 in the middle of engaging, late landings after it, Redis away, the ledger locked."""
    with running_desk(tmp_path / "own desk", MEXC_RECV_WINDOW_MS="2000") as desk:
        # Given orders that rest, orders on the wire, and one kill that died in its middle
        _orders_rest(desk, 6)
        _orders_are_on_the_wire(desk, 3)
        first = _kill(desk, "the first")
        desk.until(lambda: desk.ledger.switch("kill"))
        first.kill()
        first.communicate()
        desk.kill("all")
        desk.call("place_order").delay(**ORDER, idempotency_key="waits")
        # When Redis goes, and the next one finds the ledger locked as well
        desk.redis.kill()
        with _ledger_locked(desk):
            second = _kill(desk, "the second")
            with pytest.raises(subprocess.TimeoutExpired):
                second.wait(2)
        report = json.loads(second.communicate(timeout=PROOF_S)[0])
        # Then it is proven that nothing is open, late landings included
        assert report["verified_ms"]
        assert (report["reason"], report.get("still_open", [])) == ("the first", [])
        assert open_orders(desk) == []
        # And whoever comes back sends nothing more
        sent = _posts(desk)
        desk.redis.start()
        desk.start_worker("all")
        desk.start_beat()
        late = desk.call("place_order").delay(**ORDER, idempotency_key="late").get(timeout=WAIT_S)
        assert (late["status"], late["code"]) == ("DENIED", "KILL_SWITCH")
        desk.until(lambda: (i := desk.intent("waits")) and i.status is OrderStatus.DENIED)
        assert (_posts(desk), open_orders(desk)) == (sent, [])
        assert desk.ledger.live("main") == []


def _orders_rest(desk: RunningDesk, count: int) -> None:
    desk.start_worker("all")
    placed = [
        desk.call("place_order").delay(**ORDER, idempotency_key=f"rests-{n}") for n in range(count)
    ]
    assert {result.get(timeout=WAIT_S)["status"] for result in placed} == {"NEW"}


def _orders_are_on_the_wire(desk: RunningDesk, count: int) -> None:
    """Let some requests arrive that land later."""
    before = _posts(desk)
    desk.door.fault("hang_before", count=count, method="POST", path="/api/v3/order", ms=LATE_MS)
    for n in range(count):
        desk.call("place_order").delay(**ORDER, idempotency_key=f"late-{n}")
    desk.until(lambda: _posts(desk) >= before + count)


def _posts(desk: RunningDesk) -> int:
    return sum(row[1] == POST for row in desk.door.arrivals(0))


def _kill(desk: RunningDesk, reason: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "orderdesk", "kill", "--reason", reason, "--json"],
        cwd=CHECKOUT,
        env=dict(desk.environ),
        stdout=subprocess.PIPE,
        text=True,
    )


@contextmanager
def _ledger_locked(desk: RunningDesk) -> Iterator[None]:
    (path,) = desk.home.glob("*.db")
    with closing(sqlite3.connect(path, isolation_level=None)) as lock:
        lock.execute("BEGIN IMMEDIATE")
        yield
        lock.execute("ROLLBACK")
