"""`orderdesk caps`: pools, pauses and lanes as they are now."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from orderdesk import wiring
from orderdesk.control.cli import main
from orderdesk.core.tokens import Cost, Lane
from orderdesk.ports import Desk
from orderdesk.ports.throttle import ADDRESS
from orderdesk.stores.embedded_redis import running_redis

ORDER = Cost("POST /api/v3/order", 1, orders=1)


@pytest.fixture
def desk(bare_desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Desk]:
    """The desk with a Redis of its own."""
    with running_redis(tmp_path / "redis") as redis:
        monkeypatch.setenv("REDIS_URL", redis.url)
        wiring.settings.cache_clear()
        wiring.forget()
        desk = wiring.desk()
        yield desk


@pytest.mark.processes
def test_caps_when_something_was_sent_then_every_pool_and_lane_is_shown(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """Used and booked against the cap, by pool; sent and waited, by lane."""
    assert desk.throttle.book("main", ORDER, Lane.CANCEL).booked
    main(["caps", "--json"])
    shown = json.loads(capsys.readouterr().out)
    pools = {pool["name"]: pool for pool in shown["pools"]}
    assert {"orders/main", "requests", "weight", "GET /api/v3/account/main"} <= set(pools)
    assert pools["weight"]["used"] + pools["weight"]["booked"] == 1
    assert pools["orders/main"]["cap"] == 12
    assert shown["lanes"]["CANCEL"]["given"] == 1
    assert shown["profile"] == "mexc-2026-09"
    assert main(["caps"]) in (0, 1)
    assert "orders/main" in capsys.readouterr().out


@pytest.mark.processes
def test_caps_when_the_venue_is_paused_then_the_reason_shows_and_code_1(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever asks why nothing moves is told here."""
    desk.throttle.pause(ADDRESS, 60_000, "HTTP 418")
    assert main(["caps"]) == 1
    assert "HTTP 418" in capsys.readouterr().out
