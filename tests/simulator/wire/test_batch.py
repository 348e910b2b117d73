"""Laws of batchOrders: one call, an answer for each order."""

import json
from urllib.parse import quote

import pytest

from tests.simulator.floor import Floor

_GOOD = {
    "symbol": "BTCUSDT",
    "side": "BUY",
    "type": "LIMIT",
    "quantity": "0.001",
    "price": "59000",
}


def _encoded(orders: object) -> str:
    return quote(json.dumps(orders), safe="")


def test_batch_when_one_order_is_refused_then_the_others_are_placed(floor: Floor) -> None:
    """Each order has its own answer, in the order they were sent; HTTP says 200."""
    orders = [
        {**_GOOD, "newClientOrderId": "first"},
        {**_GOOD, "newClientOrderId": "small", "quantity": "0.00001"},
        {**_GOOD, "quantity": 0.002},
    ]
    status, rows = floor.send("POST", "batchOrders", batchOrders=_encoded(orders))
    assert status == 200
    assert [row.get("newClientOrderId") for row in rows] == ["first", "small", None]
    assert rows[1] == {
        "newClientOrderId": "small",
        "code": 30002,
        "msg": "The minimum transaction volume cannot be less than: 1USDT",
    }
    resting = [row["orderId"] for row in floor.signed("GET", "openOrders")]
    assert resting == [rows[0]["orderId"], rows[2]["orderId"]]


@pytest.mark.parametrize(
    "orders",
    [[], {}, [1], [_GOOD] * 21, [_GOOD, {**_GOOD, "symbol": "MXUSDT"}]],
    ids=["none", "no list", "no orders", "more than 20", "two symbols"],
)
def test_batch_when_it_is_malformed_then_nothing_is_placed(floor: Floor, orders: object) -> None:
    """A list of 1 to 20 orders of one symbol, or a refusal of the whole call."""
    assert floor.code("POST", "batchOrders", batchOrders=_encoded(orders)) == 33333
    assert floor.signed("GET", "openOrders") == []


def test_batch_when_it_is_no_json_or_absent_then_it_is_refused(floor: Floor) -> None:
    """The parameter is mandatory, and JSON."""
    assert floor.code("POST", "batchOrders", batchOrders="BTCUSDT") == 33333
    assert floor.code("POST", "batchOrders") == 700004
