"""Laws of the queue of resting orders."""

from decimal import Decimal

import pytest

from orderdesk.simulator.engine.orders import Side
from orderdesk.simulator.engine.resting import RestingSide
from tests.simulator.engine.drafts import an_order


@pytest.mark.parametrize(("side", "ids"), [(Side.BUY, "cabd"), (Side.SELL, "dabc")])
def test_resting_when_orders_wait_then_price_comes_before_time(side: Side, ids: str) -> None:
    """The best price trades first, and of equal prices the one that waits longest."""
    resting = RestingSide(side)
    for sequence, (order_id, price) in enumerate([("a", 5), ("b", 5), ("c", 6), ("d", 4)]):
        resting.add(an_order(order_id=order_id, sequence=sequence, price=Decimal(price), side=side))
    assert "".join(order.order_id for order in resting) == ids


def test_remove_when_an_order_does_not_rest_then_it_raises() -> None:
    """Only what rests can be taken out, and only once."""
    resting, order = RestingSide(Side.BUY), an_order()
    resting.add(order)
    resting.remove(order)
    assert resting.best() is None
    with pytest.raises(LookupError):
        resting.remove(order)
