"""The risk gate on an order's way: asked before the slot and again under the locks, and kept."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event

from orderdesk.core.events import EventKind
from orderdesk.core.intents import Intent
from orderdesk.core.orders import OrderStatus
from orderdesk.core.risk.limits import LimitChange, RiskLimits
from orderdesk.errors import NotYet
from orderdesk.flows import gate
from tests.flows.trial import Trial, place_at

LIMITS = RiskLimits(
    Decimal(5),
    Decimal(1_000),
    price_max_age_ms=5_000,
    price_collar_pct=Decimal(5),
    portfolio_max_age_ms=120_000,
    max_open_orders=500,
    max_exposure=Decimal(2_000),
)


@pytest.fixture
def limited(trial: Trial) -> Trial:
    """A desk under limits."""
    under(trial)
    return trial


def under(trial: Trial, **changes: Any) -> None:
    """Put a desk under limits."""
    limits = replace(LIMITS, **changes)
    trial.desk = replace(trial.desk, rules=replace(trial.desk.rules, risk=limits))


def risk_of(trial: Trial, kind: EventKind) -> dict[str, list[str]]:
    """The rules that ran, as the last event of a kind has them."""
    checks = next(e.data["risk"] for e in reversed(trial.events) if e.kind is kind)
    assert isinstance(checks, dict)
    return checks


def test_market_order_when_it_is_valued_then_at_a_fresh_price_and_a_collar_more(
    limited: Trial,
) -> None:
    """What is reserved is enough for any fill within the collar."""
    placed = limited.place(limited.market_order(quantity="0.001"))
    story = limited.ledger.story(placed.id)
    sending = next(e for e in story.events if e.kind is EventKind.ORDER_SENDING)
    assert sending.data["notional"] == "63"


@pytest.mark.parametrize("order", ["market", "limit"])
def test_order_when_the_price_at_hand_is_stale_and_no_other_is_had_then_it_is_refused(
    limited: Trial, order: str
) -> None:
    """A stale price refuses; a fresh one is asked for first."""
    limited.markets.last_price("BTCUSDT")
    limited.markets.prices.clear()
    limited.markets.age_ms = 5_001
    command = limited.market_order() if order == "market" else limited.order()
    denied = limited.place(command)
    assert (denied.status, denied.code) == (OrderStatus.DENIED, "RISK_PRICE_MAX_AGE_MS")
    assert "price_age_ms=5001" in str(denied.reason)
    assert limited.venue.calls["place"] == 0


def test_order_when_its_price_goes_stale_at_the_throttle_then_the_second_look_refuses_it(
    limited: Trial,
) -> None:
    """The rules that age are asked again inside the opening transaction."""
    under(limited, price_max_age_ms=500)
    limited.time.prepare(3_000)
    limited.throttle.pause("main", 900, "a test")
    denied = limited.place(limited.order())
    assert (denied.status, denied.code) == (OrderStatus.DENIED, "RISK_PRICE_MAX_AGE_MS")
    assert limited.throttle.admitted


def test_order_when_it_is_refused_before_the_throttle_then_it_takes_no_slot(
    limited: Trial,
) -> None:
    """A flood of refused orders must not starve the good ones."""
    limited.time.prepare(3_000)
    before = len(limited.throttle.admitted)
    denied = limited.place(limited.order(price="63000.01"))
    assert (denied.status, denied.code) == (OrderStatus.DENIED, "RISK_PRICE_COLLAR_PCT")
    assert len(limited.throttle.admitted) == before


def test_order_when_another_took_the_room_meanwhile_then_the_second_look_refuses_it(
    limited: Trial,
) -> None:
    """Both passed the first look; under the locks only one fits."""
    under(limited, max_exposure=Decimal(80))
    far = limited.order("late")
    # Given one that passed the first look, and waits for a far slot
    limited.time.prepare(3_000)
    limited.throttle.pause("main", 5_000, "a test")
    with pytest.raises(NotYet):
        limited.place(far)
    limited.clock.advance(5_000)
    # When another opens
    assert limited.place(limited.order("first")).status is OrderStatus.NEW
    # Then
    denied = limited.place(far)
    assert (denied.status, denied.code) == (OrderStatus.DENIED, "RISK_MAX_EXPOSURE")
    assert "exposure=100" in str(denied.reason)


def test_verdict_when_an_order_passes_or_not_then_the_rules_that_ran_are_kept_with_it(
    limited: Trial,
) -> None:
    """With which figures, against which limits, in their order."""
    limited.place(limited.order())
    passed = risk_of(limited, EventKind.ORDER_SENDING)
    assert passed["RISK_MAX_NOTIONAL"] == ["50", "1000"]
    assert passed["RISK_MAX_EXPOSURE"] == ["50", "2000"]
    assert list(passed) == [
        "RISK_PRICE_MAX_AGE_MS",
        "RISK_UNVALUED",
        "RISK_PRICE_COLLAR_PCT",
        "RISK_MIN_NOTIONAL",
        "RISK_MAX_NOTIONAL",
        "RISK_MAX_OPEN_ORDERS",
        "RISK_MAX_EXPOSURE",
    ]
    limited.place(limited.order("k-2", quantity="0.03"))
    refused = risk_of(limited, EventKind.ORDER_BLOCKED)
    assert list(refused)[-1] == "RISK_MAX_NOTIONAL"
    assert refused["RISK_MAX_NOTIONAL"] == ["1500", "1000"]


def test_positions_when_nobody_values_them_then_buying_stops_and_selling_does_not(
    limited: Trial,
) -> None:
    """A stale portfolio refuses what would add to it."""
    _bought(limited, "k-1")
    limited.clock.advance(121_000)
    denied = limited.place(limited.order("k-2"))
    assert (denied.status, denied.code) == (OrderStatus.DENIED, "RISK_PORTFOLIO_MAX_AGE_MS")
    sold = limited.place(limited.order("k-3", side="SELL", price="61000"))
    assert sold.status is OrderStatus.NEW


def test_limit_when_it_is_changed_at_run_time_then_it_holds_for_the_next_order(
    limited: Trial,
) -> None:
    """By account and by symbol; the symbol's own wins, and `None` gives the settings back."""
    _set(limited, "max_notional", "40")
    assert limited.place(limited.order("k-1")).code == "RISK_MAX_NOTIONAL"
    _set(limited, "max_notional", "60", symbol="BTCUSDT")
    assert limited.place(limited.order("k-2")).status is OrderStatus.NEW
    _set(limited, "max_notional", None, symbol="BTCUSDT")
    assert limited.place(limited.order("k-3")).code == "RISK_MAX_NOTIONAL"
    told = [e.data for e in limited.events if e.kind is EventKind.LIMIT_CHANGED]
    assert [(d["old"], d["new"], d["by"]) for d in told] == [
        (None, "40", "anna"),
        (None, "60", "anna"),
        ("60", None, "anna"),
    ]


def test_limit_when_settings_give_an_account_its_own_then_it_holds_there(limited: Trial) -> None:
    """RISK_LIMITS: of one account, of one symbol."""
    scoped = {("main", ""): {"max_notional": "40"}, ("main", "BTCUSDT"): {"min_notional": "45"}}
    limited.desk = replace(limited.desk, rules=replace(limited.desk.rules, scoped=scoped))
    standing = limited.ledger.standing("main", "BTCUSDT")
    limits = gate.limits_of(limited.desk.rules, standing)
    assert [limits.min_notional, limits.max_notional] == [45, 40]
    other = gate.limits_of(limited.desk.rules, limited.ledger.standing("main", "ETHUSDT"))
    assert [other.min_notional, other.max_notional] == [5, 40]


def test_order_when_candles_are_given_then_its_protective_prices_are_kept_and_told(
    limited: Trial,
) -> None:
    """Computed by policy, stored with the order once, published as RISK_SLTP."""
    candles = [{"high": "50100", "low": "49900", "close": "50000"}] * 15
    placed = limited.place(limited.order(candles=candles))
    told = [e for e in limited.ledger.story(placed.id).events if e.kind is EventKind.RISK_SLTP]
    assert len(told) == 1
    data = told[0].data
    assert (data["policy"], data["atr"]) == ("moderate", "200")
    assert (data["stop_loss"], data["take_profit"]) == ("49600", "51000")


def test_candles_when_they_differ_then_the_order_is_the_same_intent(trial: Trial) -> None:
    """They are no parameter of the order: a repeat with newer candles is a repeat."""
    candles = [{"high": "2", "low": "1", "close": "2"}] * 2
    plain, with_candles = trial.order(), trial.order(candles=candles)
    assert plain.parameter_hash == with_candles.parameter_hash
    assert plain.task_id == with_candles.task_id


def test_order_when_it_goes_its_usual_way_then_two_commits_are_enough(limited: Trial) -> None:
    """One before the wire, one for the answer: counters and verdict go along with them."""
    commits: list[str] = []
    with limited.ledger._store.read() as connection:
        engine = connection.engine

    def note(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            writing.append(statement)

    def committed(_connection: Any) -> None:
        if writing:
            commits.append(writing[0])
            writing.clear()

    writing: list[str] = []
    limited.place(limited.order("first"))
    event.listen(engine, "before_cursor_execute", note)
    event.listen(engine, "commit", committed)
    try:
        assert place_at(limited.desk, limited.order("second")).status is OrderStatus.NEW
    finally:
        event.remove(engine, "before_cursor_execute", note)
        event.remove(engine, "commit", committed)
    assert len(commits) == 2, commits


def _bought(trial: Trial, key: str) -> Intent:
    """Buy at market, with all fills booked."""
    trial.place(trial.market_order(key))
    trial.run(2_000)
    return trial.stands(key)


def _set(trial: Trial, name: str, new: str | None, *, symbol: str = "") -> None:
    change = LimitChange(trial.time.now_ms(), "main", symbol, name, None, new, "anna", "a test")
    trial.ledger.set_limit(change)
