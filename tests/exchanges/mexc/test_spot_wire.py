"""MEXC's JSON and our records: exact where it is documented, an error where it is not."""

import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderdesk.core.answers import ExchangeOrder
from orderdesk.core.markets import Size
from orderdesk.core.orders import OrderStatus, OrderType, Side
from orderdesk.errors import ExchangeUnreachable
from orderdesk.exchanges.mexc import spot_wire
from orderdesk.ports import NewOrder
from tests.core.laws import law, positive

# As MEXC's docs of Jan 2026 show it, with the nulls that live answers have.
LIMIT_ROW: dict[str, Any] = {
    "symbol": "LTCBTC",
    "orderId": "C02__342252993005723644225",
    "orderListId": -1,
    "clientOrderId": "od1-abc",
    "price": "0.10",
    "origQty": "1.0",
    "executedQty": "0.0",
    "cummulativeQuoteQty": "0.0",
    "status": "NEW",
    "timeInForce": None,
    "type": "LIMIT",
    "side": "BUY",
    "stopPrice": None,
    "icebergQty": None,
    "time": 1499827319559,
    "updateTime": 1499827319560,
    "stpMode": "",
    "cancelReason": None,
    "isWorking": True,
    "origQuoteOrderQty": None,
}
# A MARKET buy as ccxt 4.5.90 recorded one: protective price, inflated amounts, residue unspent.
MARKET_ROW: dict[str, Any] = LIMIT_ROW | {
    "type": "MARKET",
    "status": "PARTIALLY_CANCELED",
    "price": "66000",
    "origQty": "0.00151515",
    "origQuoteOrderQty": "100",
    "executedQty": "0.0016",
    "cummulativeQuoteQty": "96.0000",
    "updateTime": None,
}


def _without(row: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != name}


# -- orders


def test_order_when_it_is_the_docs_example_then_it_is_read_whole() -> None:
    """Every field where it belongs; the id stays text."""
    assert spot_wire.order(LIMIT_ROW) == ExchangeOrder(
        symbol="LTCBTC",
        order_id="C02__342252993005723644225",
        client_order_id="od1-abc",
        side=Side.BUY,
        type=OrderType.LIMIT,
        status=OrderStatus.NEW,
        quantity=Decimal(1),
        price=Decimal("0.1"),
        executed_quantity=Decimal(0),
        executed_quote=Decimal(0),
        quote_quantity=None,
        created_ms=1499827319559,
        updated_ms=1499827319560,
    )


def test_order_when_it_is_a_market_buy_then_its_average_is_not_its_price() -> None:
    """The venue's price is protective; what was paid is quote over quantity."""
    order = spot_wire.order(MARKET_ROW)

    assert order.status is OrderStatus.PARTIALLY_CANCELED
    assert order.price == 66_000
    assert order.executed_quote / order.executed_quantity == 60_000
    assert order.quote_quantity == 100
    assert order.updated_ms == order.created_ms


STATUSES = ["NEW", "PARTIALLY_FILLED", "FILLED", "CANCELED", "PARTIALLY_CANCELED"]


@pytest.mark.parametrize("status", STATUSES)
def test_order_when_its_state_is_mexcs_then_it_is_ours(status: str) -> None:
    """The five states that MEXC documents."""
    assert spot_wire.order(LIMIT_ROW | {"status": status}).status is OrderStatus(status)


@pytest.mark.parametrize(
    "status",
    [None, "", "new", "2", 2, "EXPIRED", "REJECTED", "PENDING_CANCEL", "RECEIVED", "UNKNOWN", []],
)
def test_order_when_its_state_is_unknown_then_it_is_an_error(status: object) -> None:
    """A word we do not know is no reason to guess, even where we have a state of that name."""
    with pytest.raises(ExchangeUnreachable):
        spot_wire.order(LIMIT_ROW | {"status": status})


@pytest.mark.parametrize("kind", list(OrderType))
def test_order_when_its_type_can_be_placed_then_it_is_ours(kind: OrderType) -> None:
    """IOC and FOK are types of their own here."""
    assert spot_wire.order(LIMIT_ROW | {"type": kind.value}).type is kind


@pytest.mark.parametrize("kind", ["STOP_MARKET_ORDER", "STOP_LIMIT", "", None])
def test_order_when_its_type_is_the_apps_then_it_has_none_of_ours(kind: object) -> None:
    """STOP_MARKET_ORDER (since 2025-11-25) can be seen and not placed: it is never ours."""
    assert spot_wire.order(LIMIT_ROW | {"type": kind}).type is None


@pytest.mark.parametrize("name", ["", None])
def test_order_when_it_has_no_client_id_then_none(name: object) -> None:
    """Orders of the app and the web have none."""
    assert spot_wire.order(LIMIT_ROW | {"clientOrderId": name}).client_order_id is None


@pytest.mark.parametrize(
    "name",
    [
        "symbol",
        "orderId",
        "side",
        "type",
        "status",
        "origQty",
        "price",
        "executedQty",
        "cummulativeQuoteQty",
        "time",
    ],
)
def test_order_when_something_needed_is_missing_then_it_is_an_error(name: str) -> None:
    """An order with half its facts is no evidence of anything."""
    with pytest.raises(ExchangeUnreachable, match="do not understand"):
        spot_wire.order(_without(LIMIT_ROW, name))
    if name not in ("type", "origQty", "price"):
        with pytest.raises(ExchangeUnreachable):
            spot_wire.order(LIMIT_ROW | {name: None})


@pytest.mark.parametrize("number", [Decimal("0E-18"), "0E-18", 0, "0", "0.000000"])
def test_order_when_a_number_is_written_oddly_then_its_value_counts(number: object) -> None:
    """Text, JSON numbers, exponents and trailing zeros are one amount."""
    assert spot_wire.order(LIMIT_ROW | {"executedQty": number}).executed_quantity == 0


@pytest.mark.parametrize("number", ["", "abc", "NaN", "-1", 0.1, True, [], {}, "1e999999"])
def test_order_when_a_number_is_none_then_it_is_an_error(number: object) -> None:
    """What is executed is money: no empty text, no float, nothing endless or below zero."""
    with pytest.raises(ExchangeUnreachable):
        spot_wire.order(LIMIT_ROW | {"executedQty": number})


# -- what we write

PLAIN = re.compile(r"\d+(\.\d*[1-9])?")


def _written(size: Size) -> dict[str, str]:
    return dict(spot_wire.new_order(NewOrder("BTCUSDT", "od1-abc", size)))


@law
@given(positive, positive)
def test_new_order_when_amounts_are_anything_then_they_are_plain_and_exact(
    quantity: Decimal, price: Decimal
) -> None:
    """No exponent, no trailing zeros, no digit lost."""
    fields = _written(Size(Side.SELL, OrderType.LIMIT, quantity, None, price))

    for name, value in (("quantity", quantity), ("price", price)):
        assert PLAIN.fullmatch(fields[name])
        assert Decimal(fields[name]) == value


@pytest.mark.parametrize("kind", list(OrderType))
def test_new_order_when_written_then_only_what_it_has_is_in_it(kind: OrderType) -> None:
    """MEXC has no timeInForce: IOC and FOK are types, and nothing else says so."""
    assert _written(Size(Side.BUY, kind, Decimal("0.10"), None, Decimal("5E+4"))) == {
        "symbol": "BTCUSDT",
        "side": "BUY",
        "type": kind.value,
        "newClientOrderId": "od1-abc",
        "quantity": "0.1",
        "price": "50000",
    }
    by_quote = _written(Size(Side.BUY, OrderType.MARKET, None, Decimal("1E+2"), None))
    assert by_quote["quoteOrderQty"] == "100"
    assert not {"quantity", "price"} & set(by_quote)


# -- laws

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.decimals() | st.floats(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)


@law
@given(st.dictionaries(st.sampled_from(sorted(LIMIT_ROW)), values), values)
def test_rows_when_fields_are_anything_then_a_record_or_one_error(
    change: dict[str, Any], instead: object
) -> None:
    """Whatever the venue writes, a reader sees a whole record or `ExchangeUnreachable`."""
    for read, content in (
        (spot_wire.order, LIMIT_ROW | change),
        (spot_wire.order, instead),
        (spot_wire.depth, {"bids": instead, "asks": [instead]}),
        (spot_wire.trade_fee, {"data": instead}),
    ):
        try:
            read(content)
        except ExchangeUnreachable:
            continue
