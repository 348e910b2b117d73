"""The order that `order/test` is asked about fits its market, and is as small as it can be."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderdesk.core.markets import Market, Size, fit
from orderdesk.core.smallest_order import is_tradable, smallest_buy
from orderdesk.stores.memory import example_market

STEPS = st.sampled_from([Decimal(1).scaleb(-places) for places in range(9)])
MINIMA = st.decimals("0", "20", places=4)


@settings(max_examples=60)
@given(
    price=st.decimals("0.0001", "150000", places=4),
    tick=STEPS,
    lot=STEPS,
    min_notional=MINIMA,
    min_quantity=MINIMA,
)
def test_smallest_buy_when_fitted_to_its_own_market_then_nothing_changes_or_is_refused(
    price: Decimal, tick: Decimal, lot: Decimal, min_notional: Decimal, min_quantity: Decimal
) -> None:
    """Whatever the steps and minima are, and it is not larger than a step above them."""
    if price <= tick * 2:
        return
    market = replace(
        example_market(),
        tick=tick,
        lot=lot,
        min_notional=min_notional,
        min_quantity=min_quantity,
        max_notional=Decimal(0),
    )
    size = smallest_buy(market, price)
    assert fit(size, market, price) == size
    assert size.quantity is not None
    assert size.price is not None
    least = max(min_quantity, min_notional * Decimal("1.05") / size.price)
    assert size.quantity <= least + lot


@pytest.mark.parametrize("name", ["online", "api_trading", "on_key", "buying_allowed"])
def test_is_tradable_when_one_condition_fails_then_it_is_not(name: str) -> None:
    """Each of them alone keeps a LIMIT buy away."""
    market: Market = example_market()
    assert is_tradable(market)
    closed: dict[str, Any] = {name: False}
    assert not is_tradable(replace(market, **closed))


def test_smallest_buy_when_the_market_names_no_steps_then_it_is_still_an_order() -> None:
    """A market without minima is tested with its smallest lot."""
    market = replace(example_market(), min_notional=Decimal(0), min_quantity=Decimal(0))
    size = smallest_buy(market, Decimal(60_000))
    assert isinstance(size, Size)
    assert size.quantity == market.lot
