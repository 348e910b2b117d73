"""`sync_portfolio`: our fills against their balances, and what everything is worth."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from orderdesk.contracts import AssetReport, PortfolioReport, SyncPortfolio
from orderdesk.core.answers import Balance
from orderdesk.core.asset_books import Explanation
from orderdesk.core.events import EventKind
from orderdesk.core.orders import OrderStatus, Side
from orderdesk.flows import follow, sync
from tests.flows.trial import Trial

START = {"USDT": Decimal(10_000), "BTC": Decimal(1), "MX": Decimal(50)}


def settle(trial: Trial, **moved: str) -> None:
    """Let the venue's balances be what its trades make of the start; `moved` comes on top."""
    held = {asset: amount + Decimal(moved.get(asset, "0")) for asset, amount in START.items()}
    for fill in trial.venue.fills:
        sign = 1 if fill.side is Side.BUY else -1
        held["BTC"] += sign * fill.quantity
        held["USDT"] -= sign * fill.quote_quantity
        held[fill.commission_asset] -= fill.commission
    trial.venue.holdings = [Balance(a, amount, Decimal(0)) for a, amount in held.items()]


def synced(trial: Trial, **moved: str) -> PortfolioReport:
    """Sync a minute later."""
    settle(trial, **moved)
    trial.clock.advance(60_000)
    return sync.sync(trial.desk, SyncPortfolio())


def asset(report: PortfolioReport, name: str) -> AssetReport:
    """One asset's line."""
    return next(line for line in report.assets if line.asset == name)


def traded(trial: Trial, count: int = 3) -> None:
    """Let market orders fill and be booked."""
    for n in range(count):
        key = f"k-{len(trial.venue.orders)}-{n}"
        trial.place(trial.market_order(key, valid_for_ms=86_400_000))
        trial.run(1_500)


def test_sync_when_only_we_trade_then_the_drift_is_0_and_all_is_reported(trial: Trial) -> None:
    """Balances, position, profit, fees and equity agree with the trades."""
    # Given a first sync, and trades after it
    synced(trial)
    traded(trial)
    # When
    report = synced(trial)
    # Then every asset is level
    assert {line.asset: line.drift for line in report.assets} == {"USDT": 0, "BTC": 0, "MX": 0}
    paid = asset(report, "USDT")
    assert [paid.from_fills, paid.fees] == [Decimal("-180.09"), Decimal("0.09")]
    # And the position is what was bought, at what it cost
    (position,) = report.positions
    assert [position.quantity, position.average_entry] == [Decimal("0.003"), Decimal(60_000)]
    assert [position.realised, position.unrealised] == [Decimal("-0.09"), 0]
    assert [position.exposure, report.exposure] == [Decimal(180), Decimal(180)]
    assert position.price_age_ms is not None
    assert report.equity == 10_000 - Decimal("180.09") + Decimal("1.003") * 60_000
    assert report.not_priced == ("MX",)


@pytest.mark.parametrize(
    ("amount", "explanation"), [("250", Explanation.DEPOSIT), ("-250", Explanation.WITHDRAWAL)]
)
def test_sync_when_money_comes_or_goes_then_equity_moves_and_profit_does_not(
    trial: Trial, amount: str, explanation: Explanation
) -> None:
    """Told once, at the second sync that sees it; kept apart from then on."""
    synced(trial)
    traded(trial)
    before = synced(trial)
    first, second, third = (synced(trial, USDT=amount) for _ in range(3))
    assert asset(first, "USDT").explanation == Explanation.NOT_CONFIRMED
    assert asset(second, "USDT").explanation == explanation
    assert asset(second, "USDT").drift == Decimal(amount)
    assert [asset(third, "USDT").drift, asset(third, "USDT").moved] == [0, Decimal(amount)]
    for report in (first, second, third):
        assert report.equity - before.equity == Decimal(amount)
        assert [report.realised, report.unrealised] == [before.realised, before.unrealised]
    moved = [event for event in trial.events if event.kind is EventKind.BALANCE_MOVED]
    assert [(event.data["asset"], event.data["amount"]) for event in moved] == [("USDT", amount)]


def test_sync_when_somebody_else_trades_then_it_is_called_a_foreign_trade(trial: Trial) -> None:
    """Both assets moved, and the account's trades say by whom."""
    synced(trial)
    traded(trial)
    synced(trial)
    trial.clock.advance(1_000)
    trial.force(trial.stands("k-0-0"), "by-hand")
    synced(trial)
    told = synced(trial)
    assert asset(told, "BTC").explanation == Explanation.FOREIGN_TRADES
    assert asset(told, "BTC").foreign == asset(told, "BTC").drift == Decimal("0.001")
    assert asset(told, "USDT").explanation == Explanation.FOREIGN_TRADES
    # And it is in no position of ours
    assert told.positions[0].quantity == Decimal("0.003")


def test_sync_when_the_fee_is_in_mx_then_it_is_in_its_own_line_and_no_drift(
    trial: Trial,
) -> None:
    """A fee in a third asset leaves that asset, is listed there, and is valued if it can be."""
    trial.markets.prices["MXUSDT"] = Decimal(3)
    synced(trial)
    placed = trial.place(trial.order())
    trial.venue.fill(str(placed.order_id), Decimal("0.001"))
    fee: dict[str, Any] = {"commission": Decimal("0.01"), "commission_asset": "MX"}
    trial.venue.fills = [replace(fill, **fee) for fill in trial.venue.fills]
    trial.run(2_000)
    follow_now(trial)
    report = synced(trial)
    line = asset(report, "MX")
    assert [line.drift, line.fees, line.from_fills] == [0, Decimal("0.01"), Decimal("-0.01")]
    assert report.positions[0].fees == {"MX": Decimal("0.01")}


def follow_now(trial: Trial) -> None:
    """Let the follower see the fill."""
    follow.follow(trial.desk, "main")
    assert trial.stands().status is OrderStatus.FILLED


def test_sync_when_an_order_is_unknown_then_its_assets_are_not_judged(trial: Trial) -> None:
    """It may have moved them; nothing is concluded until its fate is known."""
    synced(trial)
    traded(trial)
    synced(trial)
    trial.venue.lose_answers = 1
    trial.place(trial.market_order("lost", valid_for_ms=86_400_000))
    for _ in range(3):
        report = synced(trial)
        assert asset(report, "BTC").explanation == Explanation.IN_FLIGHT
    trial.run(30_000)
    assert asset(synced(trial), "BTC").drift == 0


def test_sync_when_two_run_at_once_then_the_fills_are_counted_once(trial: Trial) -> None:
    """The second one that would keep its books finds that another was quicker."""
    synced(trial)
    traded(trial)
    trial.clock.advance(60_000)
    was = trial.ledger.asset_books("main")
    assert was is not None
    sync.sync(trial.desk, SyncPortfolio())
    assert not trial.ledger.save_asset_books("main", was, was=was)
    assert asset(synced(trial), "BTC").drift == 0
