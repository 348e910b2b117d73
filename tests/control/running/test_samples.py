"""The sample orders: they pass where they should and are refused where they should."""

from decimal import Decimal

import pytest

from orderdesk.contracts import PlaceOrder, checked
from orderdesk.control.running.samples import DEEP, THIN, Sample, samples
from orderdesk.core.orders import OrderType
from orderdesk.core.risk.limits import RiskLimits
from orderdesk.core.risk.rules import Proposal, assess

PRICES = {THIN: Decimal("2.4989"), DEEP: Decimal("59996.33")}
LIMITS = [
    RiskLimits(Decimal(5), Decimal(250)),
    RiskLimits(Decimal(5), Decimal(20)),
    RiskLimits(Decimal(1_000), Decimal(5_000)),
    RiskLimits(),
]


def _notional(sample: Sample) -> Decimal:
    command = checked(PlaceOrder, sample.fields)
    assert command.quantity is not None
    return command.quantity * (command.price or PRICES[sample.symbol])


@pytest.mark.parametrize("limits", LIMITS)
def test_samples_when_limits_differ_then_only_the_refused_one_breaks_them(
    limits: RiskLimits,
) -> None:
    """Whatever the limits, three orders pass and one does not."""
    passing = [
        sample.title
        for sample in samples("key", PRICES, limits=limits)
        if assess(Proposal(sample.symbol, _notional(sample)), limits).refusal is None
        and _notional(sample) <= 100_000  # the largest market order of the paper market
    ]
    assert passing == ["loses its answer", "fills at once", "rests, is cancelled"]


def test_samples_when_they_are_looked_at_then_each_shows_one_thing() -> None:
    """One loses its answer under a known key, one rests below the market and is cancelled."""
    lost, filled, resting, refused = samples("key", PRICES, limits=LIMITS[0])
    assert (lost.loses_answer, lost.fields["idempotency_key"]) == (True, "key")
    assert filled.fields["type"] == OrderType.MARKET
    assert resting.cancels
    assert Decimal(resting.fields["price"]) < PRICES[DEEP]
    assert (refused.cancels, refused.loses_answer) == (False, False)


def test_samples_when_a_key_is_not_needed_then_delay_mints_it() -> None:
    """They are placed as most producers will place theirs."""
    named = [s for s in samples("key", PRICES, limits=LIMITS[0]) if "idempotency_key" in s.fields]
    assert [sample.title for sample in named] == ["loses its answer"]


def test_samples_when_earlier_ones_are_held_then_they_are_sold_again() -> None:
    """Starting the desk often never comes to the limit of what it may hold."""
    bought = [s.fields["quantity"] for s in samples("key", PRICES, limits=LIMITS[0])[:2]]
    held = sum(map(Decimal, bought), Decimal(0))
    sides = [s.fields["side"] for s in samples("key", PRICES, limits=LIMITS[0], held=held)]
    assert sides == ["SELL", "SELL", "BUY", "BUY"]
    less = [s.fields["side"] for s in samples("key", PRICES, limits=LIMITS[0], held=held - 1)]
    assert less == ["BUY"] * 4
