"""Our book against the simulator's, with real processes: found, healed, and shown to a person."""

import json
import subprocess
import sys
from typing import Any

import pytest

from orderdesk.stores.redis_door import connect
from tests.processes.running_desk import CHECKOUT, PATIENCE_S, RunningDesk

pytestmark = pytest.mark.processes

ORDER = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "quantity": "0.001"}


def reconciled(desk: RunningDesk, *options: str) -> tuple[int, dict[str, Any]]:
    """Run `orderdesk reconcile --json` as a person would."""
    done = subprocess.run(
        [sys.executable, "-m", "orderdesk", "reconcile", "--json", *options],
        cwd=CHECKOUT,
        env=dict(desk.environ),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def test_fill_when_the_desk_was_down_then_its_next_start_books_it_before_its_first_order(
    own_desk: RunningDesk,
) -> None:
    """Nobody follows while every worker is dead; the first order afterwards finds it all."""
    # Given an order that fills while nothing of the desk runs
    desk = own_desk
    desk.start_worker("first")
    desk.call("place_order").delay(**ORDER, price="50000", idempotency_key="before").get(timeout=90)
    desk.kill("first")
    desk.door.set_price("BTCUSDT", "49000")
    redis = connect(desk.redis.url)
    desk.until(lambda: not redis.exists("orderdesk:desk:note:desk-started"))
    # When it starts again, without beat, and is given an order
    desk.start_worker("second")
    again = desk.call("place_order").delay(**ORDER, price="40000", idempotency_key="after")
    assert again.get(timeout=90)["status"] == "NEW"
    # Then the fill is in the book
    before = desk.intent("before")
    assert before is not None
    assert (before.status, before.fills > 0) == ("FILLED", True)
    # And a person sees that the books agree
    code, report = reconciled(desk, "--whole")
    assert (code, report["compared"], report["findings"]) == (0, 2, [])
    assert report["compared_fills"] == before.fills


def test_portfolio_when_the_desk_trades_then_every_asset_is_level(own_desk: RunningDesk) -> None:
    """Our fills against the simulator's balances, with its fees and its book: drift 0."""
    desk = own_desk
    desk.start_worker("all")
    sync = desk.call("sync_portfolio")
    # Given a first sync, and trades both ways after it
    sync.delay().get(timeout=90)
    market = {"symbol": "BTCUSDT", "type": "MARKET"}
    for side, amount in (
        ("BUY", {"quote_quantity": "100"}),
        ("BUY", {"quantity": "0.001"}),
        ("SELL", {"quantity": "0.0015"}),
    ):
        desk.call("place_order").delay(**market, side=side, **amount).get(timeout=90)
    # When
    report = sync.delay().get(timeout=90)
    # Then
    assert {line["asset"]: line["drift"] for line in report["assets"] if line["drift"] != "0"} == {}
    moved = {line["asset"] for line in report["assets"] if line["from_fills"] != "0"}
    assert moved >= {"BTC", "USDT"}
    (position,) = report["positions"]
    assert position["symbol"] == "BTCUSDT"
    assert position["price_age_ms"] >= 0
    assert float(report["equity"]) > 0
