"""Each risk rule names the figure it holds an order against; the first no is the answer."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderdesk.core.markets import Refusal
from orderdesk.core.risk.rules import (
    RULES,
    Proposal,
    RiskLimits,
    assess,
    max_notional,
    min_notional,
    valued,
)
from tests.core.laws import law, positive

BETWEEN = RiskLimits(Decimal("5.00"), Decimal(250))
NONE = RiskLimits(None, None)


def worth(notional: str | None) -> Proposal:
    """Make an order that is worth so much, or that nothing values."""
    return Proposal("BTCUSDT", None if notional is None else Decimal(notional))


def test_minimum_when_an_order_is_smaller_then_field_value_and_rule_are_named() -> None:
    """A refusal can be understood and acted on: figure, limit, and the setting to change."""
    message = "the desk's minimum is 5 (RISK_MIN_NOTIONAL)"
    assert min_notional(worth("4.990"), BETWEEN) == Refusal(
        "RISK_MIN_NOTIONAL", "notional", "4.99", message
    )


def test_maximum_when_an_order_is_larger_then_field_value_and_rule_are_named() -> None:
    """A refusal can be understood and acted on: figure, limit, and the setting to change."""
    message = "the desk's maximum is 250 (RISK_MAX_NOTIONAL)"
    assert max_notional(worth("250.01"), BETWEEN) == Refusal(
        "RISK_MAX_NOTIONAL", "notional", "250.01", message
    )


def test_value_when_no_price_gives_one_then_an_order_under_a_limit_is_refused() -> None:
    """A limit that cannot be held is no reason to let an order pass."""
    refusal = assess(worth(None), BETWEEN)
    assert refusal is not None
    assert (refusal.rule, refusal.field, refusal.value) == ("RISK_UNVALUED", "symbol", "BTCUSDT")
    assert assess(worth(None), NONE) is None


def test_value_when_only_a_minimum_is_set_then_an_unvalued_order_is_refused_too() -> None:
    """`valued` speaks of "a limit", and a minimum is one."""
    assert assess(worth(None), RiskLimits(Decimal(5), None)) is not None


@law
@given(st.none() | positive, st.none() | positive, positive)
def test_rules_when_an_order_has_a_value_then_exactly_what_lies_between_passes(
    low: Decimal | None, high: Decimal | None, value: Decimal
) -> None:
    """Both limits are themselves allowed, and None is no limit."""
    refusal = assess(Proposal("BTCUSDT", value), RiskLimits(low, high))
    too_small = low is not None and value < low
    too_large = high is not None and value > high
    assert (refusal is not None) is (too_small or too_large)


@pytest.mark.parametrize("value", ["5", "5.0", "250", "250.000", "100"])
def test_rules_when_an_order_is_at_a_limit_then_it_passes(value: str) -> None:
    """At least and at most include the figure itself."""
    assert assess(worth(value), BETWEEN) is None


def test_rules_when_several_say_no_then_the_first_of_the_table_answers() -> None:
    """The order of the table is the order of the answers."""
    upside_down = RiskLimits(Decimal(100), Decimal(10))
    refusal = assess(worth("50"), upside_down)
    assert refusal is not None
    assert refusal.rule == "RISK_MIN_NOTIONAL"
    assert list(RULES) == [valued, min_notional, max_notional]
