"""Each risk rule names the figure it holds an order against; the first no is the answer."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderdesk.core.markets import Refusal
from orderdesk.core.orders import OrderType, Side
from orderdesk.core.portfolio import Position
from orderdesk.core.risk import rules
from orderdesk.core.risk.advice import WHAT_TO_DO
from orderdesk.core.risk.exposure import Counters, Standing
from orderdesk.core.risk.limits import LIMITS, RiskLimits
from orderdesk.core.risk.rules import RULES, Proposal, assess, worst
from tests.core.laws import law, positive

BETWEEN = RiskLimits(Decimal("5.00"), Decimal(250))
NOW_MS = 1_800_000_000_000
DAY = NOW_MS // 86_400_000


def worth(notional: str | None, **more: Any) -> Proposal:
    """Make a buy that is worth so much, or that nothing values."""
    value = None if notional is None else Decimal(notional)
    return Proposal("BTCUSDT", value, now_ms=NOW_MS, **more)


def standing(
    account: dict[str, Any] | None = None, symbol: dict[str, Any] | None = None, attempts: int = 0
) -> Standing:
    """Make counters."""
    return Standing(
        Counters("main", **(account or {})), Counters("main", "BTCUSDT", **(symbol or {})), attempts
    )


def held(cost: str) -> Position:
    """Make a position that cost so much."""
    return Position(quantity=Decimal(1), cost=Decimal(cost))


def refusal(order: Proposal, limits: RiskLimits) -> Refusal | None:
    """Ask all rules."""
    return assess(order, limits).refusal


BREACHES: dict[str, tuple[RiskLimits, Proposal, str, str]] = {
    "RISK_SYMBOLS": (RiskLimits(symbols=frozenset({"ETHUSDT"})), worth("10"), "BTCUSDT", "ETHUSDT"),
    "RISK_PRICE_MAX_AGE_MS": (
        RiskLimits(price_max_age_ms=5_000),
        worth("10", type=OrderType.MARKET, market_price=Decimal(1), price_age_ms=5_001),
        "5001",
        "5000",
    ),
    "RISK_UNVALUED": (RiskLimits(max_exposure=Decimal(9)), worth("1", quote="BTC"), "BTC", "dol"),
    "RISK_PRICE_COLLAR_PCT": (
        RiskLimits(price_collar_pct=Decimal(5)),
        worth("10", price=Decimal("105.01"), market_price=Decimal(100), price_age_ms=0),
        "105.01",
        "105",
    ),
    "RISK_MIN_NOTIONAL": (BETWEEN, worth("4.990"), "4.99", "5"),
    "RISK_MAX_NOTIONAL": (BETWEEN, worth("250.01"), "250.01", "250"),
    "RISK_PORTFOLIO_MAX_AGE_MS": (
        RiskLimits(portfolio_max_age_ms=1_000),
        worth("10", standing=standing({"position": held("9"), "marked_ms": NOW_MS - 1_001})),
        "1001",
        "1000",
    ),
    "RISK_COOLDOWN_MS": (
        RiskLimits(cooldown_ms=2_000),
        worth("10", standing=standing(symbol={"last_order_ms": NOW_MS - 1_999})),
        "1999",
        "2000",
    ),
    "RISK_MAX_ORDERS_PER_MIN": (
        RiskLimits(max_orders_per_min=3),
        worth("10", standing=standing({"orders": {str(NOW_MS // 5_000): 3}})),
        "4",
        "3",
    ),
    "RISK_MAX_OPEN_ORDERS": (
        RiskLimits(max_open_orders=500),
        worth("10", standing=standing({"open_orders": 500})),
        "501",
        "500",
    ),
    "RISK_MAX_POSITION": (
        RiskLimits(max_position=Decimal(100)),
        worth(
            "10", standing=standing(symbol={"position": held("80"), "reserved_buy": Decimal(11)})
        ),
        "101",
        "100",
    ),
    "RISK_MAX_OPEN_POSITIONS": (
        RiskLimits(max_open_positions=5),
        worth("10", standing=standing({"engaged": 5})),
        "6",
        "5",
    ),
    "RISK_MAX_EXPOSURE": (
        RiskLimits(max_exposure=Decimal(2_000)),
        worth("10", standing=standing({"position": held("1000"), "reserved_buy": Decimal(991)})),
        "2001",
        "2000",
    ),
    "RISK_MAX_DAILY_LOSS_PCT": (
        RiskLimits(max_daily_loss_pct=Decimal(3), base_equity=Decimal(10_000)),
        worth(
            "10",
            standing=standing(
                {"day": DAY, "day_realised": Decimal(-100), "unrealised": Decimal(-200)}
            ),
        ),
        "300",
        "300",
    ),
}
"""Each rule just broken: its limit, an order, the figure that is too much, and the limit's text."""


@pytest.mark.parametrize("rule", BREACHES)
def test_rule_when_it_is_just_broken_then_figure_limit_and_a_way_out_are_named(rule: str) -> None:
    """A refusal can be understood and acted on."""
    limits, order, figure, limit = BREACHES[rule]
    no = refusal(order, limits)
    assert no is not None
    assert no.rule == rule
    assert figure in no.value
    assert limit in no.message
    assert no.message.endswith(WHAT_TO_DO[rule])


def test_rules_when_one_is_added_then_somebody_has_said_what_to_do_about_its_no() -> None:
    """Each rule is a limit's, of the same name, but for the one that wants a value at all."""
    named = {f"RISK_{name.upper()}" for name in LIMITS if name != "base_equity"}
    assert WHAT_TO_DO.keys() == named | {"RISK_UNVALUED"}


@pytest.mark.parametrize("rule", BREACHES)
def test_rule_when_its_limit_is_off_then_it_does_not_run(rule: str) -> None:
    """None is no limit."""
    _, order, _, _ = BREACHES[rule]
    assert assess(order, RiskLimits()).checks == ()


LESS: dict[str, dict[str, Any]] = {
    "RISK_PRICE_MAX_AGE_MS": {"price_age_ms": 5_000},
    "RISK_PRICE_COLLAR_PCT": {"price": Decimal(105)},
    "RISK_MIN_NOTIONAL": {"value": Decimal(5)},
    "RISK_MAX_NOTIONAL": {"value": Decimal(250)},
    "RISK_PORTFOLIO_MAX_AGE_MS": {"now_ms": NOW_MS - 1},
    "RISK_COOLDOWN_MS": {"now_ms": NOW_MS + 1},
    "RISK_MAX_POSITION": {"value": Decimal(9)},
    "RISK_MAX_EXPOSURE": {"value": Decimal(9)},
}


@pytest.mark.parametrize("rule", LESS)
def test_rule_when_an_order_is_at_its_limit_then_it_passes(rule: str) -> None:
    """At least and at most include the figure itself."""
    limits, order, _, _ = BREACHES[rule]
    assert refusal(replace(order, **LESS[rule]), limits) is None


ONLY_BUYS = (
    "RISK_PORTFOLIO_MAX_AGE_MS",
    "RISK_MAX_POSITION",
    "RISK_MAX_OPEN_POSITIONS",
    "RISK_MAX_EXPOSURE",
    "RISK_MAX_DAILY_LOSS_PCT",
)


@pytest.mark.parametrize("rule", ONLY_BUYS)
def test_rule_when_selling_only_lessens_what_is_at_risk_then_nobody_is_kept_from_it(
    rule: str,
) -> None:
    """Spot knows no short position: the way out is never closed."""
    limits, order, _, _ = BREACHES[rule]
    assert refusal(replace(order, side=Side.SELL), limits) is None


def test_price_when_there_is_none_then_what_needs_one_is_refused() -> None:
    """A market order, and any order under a collar, cannot be judged without a price."""
    fresh = RiskLimits(price_max_age_ms=5_000)
    collared = replace(fresh, price_collar_pct=Decimal(5))
    at_market, limit = worth("10", type=OrderType.MARKET), worth("10", price=Decimal(1))
    for order, limits in ((at_market, fresh), (at_market, collared), (limit, collared)):
        no = refusal(order, limits)
        assert no is not None
        assert (no.rule, no.value) == ("RISK_PRICE_MAX_AGE_MS", "no price at hand")
    assert refusal(limit, fresh) is None


def test_worst_when_an_order_is_at_market_then_a_buy_may_cost_the_collar_more() -> None:
    """What is reserved must be enough for any fill within the collar."""
    limits = RiskLimits(price_collar_pct=Decimal(5))
    buy = worth("100", type=OrderType.MARKET)
    assert worst(buy, limits) == 105
    for exact in (
        replace(buy, by_quantity=False),
        replace(buy, side=Side.SELL),
        replace(buy, type=OrderType.LIMIT),
    ):
        assert worst(exact, limits) == 100


def test_collar_when_selling_then_it_holds_the_other_way_round() -> None:
    """A sell far below the market is the same slip of a finger; far above it only rests."""
    limits = RiskLimits(price_collar_pct=Decimal(5))
    sell = worth("10", side=Side.SELL, market_price=Decimal(100), price_age_ms=0)
    assert refusal(replace(sell, price=Decimal("94.99")), limits) is not None
    assert refusal(replace(sell, price=Decimal(95)), limits) is None
    assert refusal(replace(sell, price=Decimal(900)), limits) is None


@pytest.mark.parametrize("rule", ["RISK_COOLDOWN_MS", "RISK_MAX_ORDERS_PER_MIN"])
def test_rule_when_an_order_tries_again_then_it_does_not_stand_in_its_own_way(rule: str) -> None:
    """A second attempt is the same order, which was counted when it first opened."""
    limits, order, _, _ = BREACHES[rule]
    again = replace(order, standing=replace(order.standing, attempts=1))
    assert refusal(again, limits) is None


def test_daily_loss_when_the_day_has_turned_then_it_begins_anew() -> None:
    """Days are UTC days; yesterday's loss is yesterday's, and so is what was unrealised then."""
    limits, order, _, _ = BREACHES["RISK_MAX_DAILY_LOSS_PCT"]
    assert refusal(replace(order, now_ms=(DAY + 1) * 86_400_000 - 1), limits) is not None
    assert refusal(replace(order, now_ms=(DAY + 1) * 86_400_000), limits) is None


@law
@given(st.none() | positive, st.none() | positive, positive)
def test_rules_when_an_order_has_a_value_then_exactly_what_lies_between_passes(
    low: Decimal | None, high: Decimal | None, value: Decimal
) -> None:
    """Both limits are themselves allowed, and None is no limit."""
    no = refusal(Proposal("BTCUSDT", value), RiskLimits(low, high))
    too_small = low is not None and value < low
    too_large = high is not None and value > high
    assert (no is not None) is (too_small or too_large)


def test_verdict_when_a_rule_says_no_then_the_later_ones_have_not_run() -> None:
    """What is kept with the order is what really ran, in its order, with its figures."""
    limits = RiskLimits(Decimal(5), Decimal(250), max_open_orders=500)
    passed, refused = assess(worth("100"), limits), assess(worth("300"), limits)
    assert list(passed.told()) == [
        "RISK_UNVALUED",
        "RISK_MIN_NOTIONAL",
        "RISK_MAX_NOTIONAL",
        "RISK_MAX_OPEN_ORDERS",
    ]
    assert passed.told()["RISK_MAX_NOTIONAL"] == ["100", "250"]
    assert list(refused.told()) == ["RISK_UNVALUED", "RISK_MIN_NOTIONAL", "RISK_MAX_NOTIONAL"]


def test_rules_when_they_are_listed_then_every_limit_has_its_own_in_the_same_order() -> None:
    """One rule a limit, of the same name; a limit that nobody holds would be a false promise."""
    named: list[Callable[..., Any]] = [
        getattr(rules, name) for name in LIMITS if name != "base_equity"
    ]
    assert sorted([*named, rules.valued], key=RULES.index) == list(RULES)
