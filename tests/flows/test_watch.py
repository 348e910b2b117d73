"""The desk stops itself: each trigger, seen from the flows that feed it."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from orderdesk.contracts import SyncPortfolio
from orderdesk.core.answers import Balance, Refused, Unclear, Why
from orderdesk.core.events import EventKind
from orderdesk.core.intents import Switch
from orderdesk.core.risk.limits import RiskLimits
from orderdesk.core.risk.triggers import TriggerLimits
from orderdesk.errors import StoreUnavailable
from orderdesk.flows import kill_switch, sync, watch
from tests.flows.trial import Trial

LOSS = RiskLimits(max_daily_loss_pct=Decimal(3), base_equity=Decimal(10_000))


@pytest.fixture
def watched(trial: Trial) -> Trial:
    """A desk with the user's numbers."""
    trial.desk = replace(trial.desk, rules=replace(trial.desk.rules, risk=LOSS))
    return trial


def stopped(trial: Trial) -> Switch | None:
    """Let beat look once."""
    return watch.watch(trial.desk)


def buy(trial: Trial, quantity: str = "0.01", key: str = "k-1") -> None:
    """Buy at market, with all fills booked."""
    trial.place(trial.market_order(key, quantity=quantity))
    trial.run(2_000)


def reprice(trial: Trial, price: int) -> None:
    """Move the market, and let the next valuation be due."""
    trial.markets.prices["BTCUSDT"] = Decimal(price)
    trial.clock.advance(watch.VALUED_EVERY_MS)


def test_daily_loss_when_positions_lose_their_value_then_the_desk_stops(watched: Trial) -> None:
    """Unrealised counts: 0.1 BTC that fall by 3,000 are a loss of 300."""
    buy(watched, "0.02")
    reprice(watched, 46_000)
    assert stopped(watched) is None
    reprice(watched, 45_000)
    switch = stopped(watched)
    assert switch is not None
    assert "daily loss 300" in switch.reason
    assert switch.by == watch.DESK


def test_daily_loss_when_it_was_realised_then_it_counts_as_well(watched: Trial) -> None:
    """Sold is lost, whatever the price does after that."""
    buy(watched, "0.02")
    watched.venue.price = Decimal(45_000)
    watched.markets.prices["BTCUSDT"] = Decimal(45_000)
    watched.place(watched.market_order("k-2", quantity="0.02", side="SELL"))
    watched.run(2_000)
    reprice(watched, 90_000)
    switch = stopped(watched)
    assert switch is not None
    assert "daily loss" in switch.reason


def test_exposure_when_it_passes_its_figure_then_the_desk_stops(watched: Trial) -> None:
    """Positions count at the market's price, resting buys at what they may cost."""
    buy(watched, "0.02")
    watched.place(watched.order("k-2", quantity="0.015"))
    assert stopped(watched) is None
    reprice(watched, 63_000)
    switch = stopped(watched)
    assert switch is not None
    assert "exposure 2010 is above 2000" in switch.reason


def test_failures_when_five_orders_in_a_row_get_no_answer_then_the_desk_stops(
    watched: Trial,
) -> None:
    """The venue seems to be gone: a person must look."""
    for n in range(5):
        assert stopped(watched) is None
        watched.venue.next_answers = [Unclear("read timeout")]
        watched.place(watched.order(f"k-{n}"))
    switch = stopped(watched)
    assert switch is not None
    assert "5 orders in a row" in switch.reason


def test_failures_when_the_venue_refuses_then_they_do_not_count(watched: Trial) -> None:
    """A refusal is an answer (the seed's own switch counted it): five of them stop nothing."""
    for n in range(8):
        watched.venue.next_answers = [Refused(Why.REJECT, "30004", "Insufficient balance")]
        watched.place(watched.order(f"k-{n}"))
    assert stopped(watched) is None


def test_error_rate_when_a_tenth_of_twenty_attempts_broke_then_the_desk_stops(
    watched: Trial,
) -> None:
    """10 % of at least 20 within five minutes."""
    for n in range(20):
        assert stopped(watched) is None
        if n in (3, 19):
            watched.venue.next_answers = [Unclear("HTTP 503")]
        watched.place(watched.order(f"k-{n}", quantity="0.0001"))
    switch = stopped(watched)
    assert switch is not None
    assert "2 of 20 attempts" in switch.reason


def test_drift_when_two_syncs_find_less_than_we_bought_then_the_desk_stops(
    watched: Trial,
) -> None:
    """Coins that our own fills bought are not there, and nothing explains it."""
    buy(watched, "0.01")
    holdings: list[tuple[str, bool]] = [("0.01", False), ("0.009", False), ("0.009", True)]
    for total, stops in holdings:
        watched.venue.holdings = [Balance("BTC", Decimal(total), Decimal(0))]
        sync.sync(watched.desk, SyncPortfolio())
        assert (stopped(watched) is not None) is stops
    drifts = [e.data for e in watched.events if e.kind is EventKind.DRIFT]
    assert [d["syncs"] for d in drifts] == [1, 2]
    assert drifts[0]["missing"] == {"BTC": "0.001"}


def test_drift_when_one_sync_agrees_again_then_it_begins_anew(watched: Trial) -> None:
    """A single odd answer stops nothing; more than we bought is no drift."""
    buy(watched, "0.01")
    for total in ("0.009", "5", "0.009", "5"):
        watched.venue.holdings = [Balance("BTC", Decimal(total), Decimal(0))]
        sync.sync(watched.desk, SyncPortfolio())
    assert stopped(watched) is None


def test_release_when_the_cause_was_counted_up_then_the_desk_does_not_stop_again_at_once(
    watched: Trial,
) -> None:
    """What is released deliberately begins to count anew."""
    for n in range(5):
        watched.venue.next_answers = [Unclear("read timeout")]
        watched.place(watched.order(f"k-{n}"))
    assert stopped(watched) is not None
    kill_switch.release(watched.desk, reason="it is back", by="anna")
    assert stopped(watched) is None


def test_dead_man_when_nobody_gives_a_sign_of_life_then_the_desk_stops(trial: Trial) -> None:
    """Off until it is set; beat's own sign is missed by workers, the operator's by beat too."""
    assert watch.check_signs_of_life(trial.desk, since_ms=0) is None
    _deadman(trial, 10_000)
    # Given an operator who is there, and a beat that is
    trial.ledger.beat(watch.OPERATOR, trial.time.now_ms())
    since_ms = trial.time.now_ms()
    assert stopped(trial) is None
    # When the operator falls silent
    trial.clock.advance(10_001)
    switch = stopped(trial)
    # Then
    assert switch is not None
    assert "operator" in switch.reason
    # And when it is beat that died, a worker sees it
    kill_switch.release(trial.desk, reason="over", by="anna")
    trial.ledger.beat(watch.OPERATOR, 0)
    assert watch.check_signs_of_life(trial.desk, since_ms=since_ms) is None
    trial.clock.advance(10_001)
    switch = watch.check_signs_of_life(trial.desk, since_ms=since_ms)
    assert switch is not None
    assert "beat" in switch.reason


def test_dead_man_when_beat_has_never_run_then_it_is_missed_from_the_workers_start_on(
    trial: Trial,
) -> None:
    """A beat that was forgotten is a dead one."""
    _deadman(trial, 10_000)
    since_ms = trial.time.now_ms()
    trial.clock.advance(10_000)
    assert watch.check_signs_of_life(trial.desk, since_ms=since_ms) is None
    trial.clock.advance(1)
    assert watch.check_signs_of_life(trial.desk, since_ms=since_ms) is not None


def test_watch_when_prices_cannot_be_had_then_the_triggers_are_looked_at_all_the_same(
    watched: Trial,
) -> None:
    """Without Redis there is no price, and still a reason to stop."""
    buy(watched)
    for n in range(2, 7):
        watched.venue.next_answers = [Unclear("read timeout")]
        watched.place(watched.order(f"k-{n}"))
    watched.clock.advance(60_000)
    watched.markets.failure = StoreUnavailable("away")
    assert stopped(watched) is not None


def _deadman(trial: Trial, after_ms: int) -> None:
    changes: dict[str, Any] = {"triggers": TriggerLimits(deadman_ms=after_ms)}
    trial.desk = replace(trial.desk, rules=replace(trial.desk.rules, **changes))
