"""Laws of a new order's form."""

from decimal import Decimal

import pytest

from orderdesk.simulator.engine.orders import OrderRequest, OrderType, Side
from orderdesk.simulator.engine.refusals import Refusal
from orderdesk.simulator.messages import Call
from orderdesk.simulator.wire.order_form import read_order

_LIMIT = {
    "symbol": "BTCUSDT",
    "side": "BUY",
    "type": "LIMIT",
    "quantity": "1",
    "price": "11",
}


def _read(**changed: str) -> OrderRequest | Refusal:
    params = _LIMIT | changed
    return read_order(
        Call(
            method="POST",
            path="/api/v3/order",
            query="&".join(f"{name}={value}" for name, value in params.items()),
        ).params
    )


def test_read_order_when_the_form_is_good_then_it_is_what_was_asked() -> None:
    """Unknown parameters are passed over; a LIMIT order has no quote amount."""
    assert _read(newClientOrderId="a-B_9", timeInForce="GTC", quoteOrderQty="5") == OrderRequest(
        symbol="BTCUSDT",
        side=Side.BUY,
        type=OrderType.LIMIT,
        quantity=Decimal(1),
        price=Decimal(11),
        client_order_id="a-B_9",
    )


def test_read_order_when_a_market_order_names_a_price_then_it_is_passed_over() -> None:
    """A MARKET order has no price of its own."""
    request = _read(type="MARKET")
    assert isinstance(request, OrderRequest)
    assert request.price is None


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"symbol": ""}, 700004),
        ({"side": ""}, 700004),
        ({"type": ""}, 700004),
        ({"quantity": ""}, 700004),
        ({"price": ""}, 700004),
        ({"type": "IMMEDIATE_OR_CANCEL", "price": ""}, 700004),
        ({"type": "MARKET", "quantity": ""}, 700004),
        ({"type": "MARKET", "quoteOrderQty": "5"}, -1128),
        ({"side": "buy"}, 33333),
        ({"type": "STOP_LOSS_LIMIT"}, 33333),
        ({"type": "IOC"}, 33333),
        ({"stpMode": "expire_maker"}, 33333),
        ({"quantity": "1e3"}, 33333),
        ({"quantity": "+1"}, 33333),
        ({"price": "NaN"}, 33333),
        ({"price": ".5"}, 33333),
        ({"quantity": "1" * 40}, 33333),
        ({"newClientOrderId": "x" * 33}, 700008),
        ({"newClientOrderId": "a.b"}, 700008),
        ({"newClientOrderId": "a%20b"}, 700008),
    ],
)
def test_read_order_when_the_form_is_bad_then_mexcs_code_is_given(
    changed: dict[str, str], code: int
) -> None:
    """What cannot be understood is refused before any rule is asked."""
    refusal = _read(**changed)
    assert isinstance(refusal, Refusal)
    assert refusal.code == code
