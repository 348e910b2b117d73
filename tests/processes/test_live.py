"""A desk in LIVE, with a simulator on loopback as its venue: what a pre-flight's no stops."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.processes.running_desk import CHECKOUT, RunningDesk, running_desk

pytestmark = pytest.mark.processes

ORDER = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "quantity": "0.001"}


@pytest.fixture
def live_desk(tmp_path: Path) -> Iterator[RunningDesk]:
    """A desk in LIVE whose Redis may lose the last second."""
    keys = {"MEXC_API_KEY": "paper-key", "MEXC_API_SECRET": "paper-secret"}
    with running_desk(tmp_path / "live", EXECUTION_MODE="LIVE", **keys) as desk:
        client = desk.redis.client()
        client.config_set("appendfsync", "everysec")
        client.close()
        yield desk


def _place(desk: RunningDesk) -> dict[str, Any]:
    report: dict[str, Any] = desk.call("place_order").delay(**ORDER, price="50000").get(timeout=60)
    return report


def _preflight(desk: RunningDesk) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "orderdesk", "preflight"],
        cwd=CHECKOUT, env=dict(desk.environ), capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip


def test_live_when_a_check_says_no_then_only_placing_stops_until_it_is_repaired(
    live_desk: RunningDesk,
) -> None:
    """Refused with the reason; cancels go on; after the repair the command lets placing go on."""
    live_desk.start_worker("first")
    denied = _place(live_desk)
    assert denied["status"] == "DENIED"
    assert "appendfsync everysec" in str(denied)
    assert live_desk.door.state()["orders"] == []
    cancelled = live_desk.call("cancel_all_orders").delay().get(timeout=60)
    assert cancelled

    # When it is repaired and asked anew, then the same worker places
    client = live_desk.redis.client()
    client.config_set("appendfsync", "always")
    seen = _preflight(live_desk)
    assert seen.returncode == 0, seen.stdout + seen.stderr
    assert _place(live_desk)["status"] == "NEW"

    # And a restarted worker reuses what was shared: under a hash, without key or secret
    [name] = [key for key in client.keys("*") if "preflight" in key and "kept" in key]
    shared = str((name, client.get(name)))
    assert "paper-key" not in shared
    assert "paper-secret" not in shared
    asked = _tests_asked(live_desk)
    live_desk.kill("first")
    live_desk.start_worker("second")
    assert _place(live_desk)["status"] == "NEW"
    assert _tests_asked(live_desk) == asked
    client.close()


def _tests_asked(desk: RunningDesk) -> int:
    """How often the venue was asked to test an order."""
    return int(desk.door.state()["requests"]["POST /api/v3/order/test"])
