"""From a desk's figures to what is told of them."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from orderdesk.core.figures import AtRisk, Figures, LedgerFigures, OpenWork, RedisFigures
from orderdesk.core.intents import Switch
from orderdesk.core.orders import OrderStatus
from orderdesk.core.portfolio import Position
from orderdesk.core.risk.exposure import Counters
from orderdesk.core.risk.limits import RiskLimits
from orderdesk.core.throttle_use import Overview, PoolNow
from orderdesk.telemetry.metrics import table
from orderdesk.telemetry.metrics.labels import Bounds
from orderdesk.telemetry.metrics.looked import samples

BOUNDS = Bounds(symbols={"BTCUSDT", "ETHUSDT"})


def held(symbol: str, cost: str) -> Counters:
    """A symbol of which so much is held."""
    return Counters("main", symbol, position=Position(quantity=Decimal(1), cost=Decimal(cost)))


AT_RISK = AtRisk(
    whole=Counters(
        "main",
        position=Position(cost=Decimal(360)),
        reserved_buy=Decimal(40),
        open_orders=3,
        engaged=2,
    ),
    symbols=(held("BTCUSDT", "300"), held("PEPEUSDT", "60"), held("ETHUSDT", "0.5")),
    limits=RiskLimits(max_exposure=Decimal(2_000), max_open_orders=None),
    drifting={"BTC": Decimal("-0.1")},
    day_loss=Decimal(12),
)
LEDGER = LedgerFigures(
    now_ms=90_000,
    work=OpenWork({OrderStatus.UNKNOWN: 2, OrderStatus.NEW: 3}, in_doubt_since_ms=20_000),
    accounts=(AT_RISK,),
    kill=None,
    in_doubt=False,
)
ADDRESS = PoolNow("requests", used=17, booked=3, cap=20, span_ms=1_000)
REDIS = RedisFigures(
    {"placing": 7},
    oldest_order_ms=1_500,
    oldest_intake_ms=None,
    pauses={"a": 0},
    throttle=[
        Overview((PoolNow(f"orders/{account}", used, 1, 12, 1_000), ADDRESS), Fraction(4, 5), {}, 0)
        for account, used in (("a", 6), ("b", 0))
    ],
)


def told(figures: Figures, *, aliases: bool = False) -> dict[tuple[str, ...], float]:
    """Every sample by name and labels."""
    found = samples(figures, bounds=BOUNDS, aliases=aliases)
    return {(metric.name, *labels): value for metric, labels, value in found}


def test_samples_when_all_answers_then_every_metric_that_is_looked_at_is_told() -> None:
    """A panel without a series is a panel that shows nothing."""
    names = {key[0] for key in told(Figures(LEDGER, REDIS), aliases=True)}
    expected = {metric.name for metric in (*table.LOOKED, *table.LOOKED_ALIASES)}
    assert names == expected - {table.BUILD.name}


def test_samples_when_a_part_is_away_then_only_that_is_told_of_it() -> None:
    """A ledger that is away must not look like a ledger that holds nothing."""
    found = told(Figures(ledger=None, redis=None))
    assert found == {("orderdesk_part_up", "ledger"): 0.0, ("orderdesk_part_up", "redis"): 0.0}


def test_orders_when_they_are_in_doubt_then_number_and_age_are_told() -> None:
    """An alert waits for both; states without orders are 0 and not missing."""
    found = told(Figures(LEDGER, None))
    assert found["orderdesk_orders", "UNKNOWN"] == 2
    assert found["orderdesk_orders", "QUARANTINED"] == 0
    assert ("orderdesk_orders", "FILLED") not in found
    assert found["orderdesk_doubt_age_seconds",] == 70


def test_money_when_held_then_exposure_and_positions_are_the_users() -> None:
    """S1: exposure with what may still be bought; dust is no position; few symbols by name."""
    found = told(Figures(LEDGER, None))
    assert found["execution_total_exposure_usd",] == 400
    assert found["execution_open_positions_count",] == 2
    assert found["orderdesk_position_usd", "BTCUSDT"] == 300
    assert found["orderdesk_position_usd", "other"] == 60


def test_limits_when_there_is_none_then_only_the_use_is_told() -> None:
    """No limit is no number."""
    found = told(Figures(LEDGER, None))
    assert found["orderdesk_risk_used", "main", "RISK_MAX_OPEN_ORDERS"] == 3
    assert ("orderdesk_risk_limit", "main", "RISK_MAX_OPEN_ORDERS") not in found
    assert found["orderdesk_risk_limit", "main", "RISK_MAX_EXPOSURE"] == 2_000
    assert found["orderdesk_risk_used", "main", "RISK_MAX_DAILY_LOSS_PCT"] == 12


def test_pools_when_two_accounts_share_the_address_then_each_pool_is_told_once() -> None:
    """What was given in the span that ends now, beside the buffer's share of the cap."""
    found = told(Figures(None, REDIS))
    used = {key[1]: value for key, value in found.items() if key[0] == "orderdesk_pool_used"}
    most = {key[1]: value for key, value in found.items() if key[0] == "orderdesk_pool_cap"}
    assert used == {"orders/a": 6, "orders/b": 0, "requests": 17}
    assert most == {"orders/a": 9.6, "orders/b": 9.6, "requests": 16}
    twice = [metric for metric, *_ in samples(Figures(None, REDIS), bounds=BOUNDS, aliases=False)]
    assert twice.count(table.POOL_USED) == len(used)


def test_kill_when_a_trigger_engaged_it_then_its_name_is_the_reason() -> None:
    """What a person types never becomes a label."""
    kill = Switch("kill", engaged=True, reason="main: 5 orders … (KILL_FAILURES)", by="x", at_ms=1)
    found = told(Figures(replace(LEDGER, kill=kill), None), aliases=True)
    assert found["orderdesk_kill_switch",] == 1
    assert found["orderdesk_kill_unverified",] == 1
    assert found["levi_kill_switch", "KILL_FAILURES"] == 1
    assert found["levi_kill_switch", "manual"] == 0


def test_kill_when_it_is_verified_then_that_is_told() -> None:
    """Engaged, and proven."""
    kill = Switch("kill", engaged=True, reason="me", by="x", at_ms=1, verified_ms=2)
    found = told(Figures(replace(LEDGER, kill=kill), None), aliases=True)
    assert found["orderdesk_kill_unverified",] == 0
    assert found["levi_kill_switch", "manual"] == 1
