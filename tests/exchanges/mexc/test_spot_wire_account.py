"""MEXC's JSON of fills, balances, prices and time: exact, and an error where it is odd."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderdesk.core.answers import Balance, Fill
from orderdesk.core.orders import Side
from orderdesk.errors import ExchangeUnreachable
from orderdesk.exchanges.mexc import spot_wire
from orderdesk.exchanges.mexc.spot_wire import BookTicker, Depth, TradeFee
from tests.core.laws import law

FILL_ROW: dict[str, Any] = {
    "symbol": "BTCUSDT",
    "id": "fad2af9e942049b6adbda1a271f990c6",
    "orderId": "bb41e5663e124046bd9497a3f5692f39",
    "orderListId": -1,
    "price": "60000.5",
    "qty": "0.001",
    "quoteQty": "60.0005",
    "commission": "0.03000025",
    "commissionAsset": "USDT",
    "time": 1499865549590,
    "isBuyer": True,
    "isMaker": False,
    "isBestMatch": True,
    "isSelfTrade": False,
    "clientOrderId": None,
}


def test_fill_when_it_is_the_docs_example_then_it_is_read_whole() -> None:
    """The commission is in the asset that the venue names."""
    assert spot_wire.fill(FILL_ROW) == Fill(
        symbol="BTCUSDT",
        trade_id="fad2af9e942049b6adbda1a271f990c6",
        order_id="bb41e5663e124046bd9497a3f5692f39",
        client_order_id=None,
        side=Side.BUY,
        quantity=Decimal("0.001"),
        quote_quantity=Decimal("60.0005"),
        price=Decimal("60000.5"),
        commission=Decimal("0.03000025"),
        commission_asset="USDT",
        is_maker=False,
        traded_ms=1499865549590,
    )


@pytest.mark.parametrize(
    "change",
    [
        {"isBuyer": "false"},
        {"isBuyer": None},
        {"isMaker": 0},
        {"qty": ""},
        {"qty": "-0.001"},
        {"quoteQty": None},
        {"price": "free"},
        {"id": None},
        {"orderId": ""},
        {"time": "yesterday"},
        {"time": True},
    ],
    ids=str,
)
def test_fill_when_a_field_is_odd_then_it_is_an_error(change: dict[str, Any]) -> None:
    """The text "false" is no buyer, and a trade without an id would be booked twice."""
    with pytest.raises(ExchangeUnreachable):
        spot_wire.fill(FILL_ROW | change)


def test_fill_when_nothing_was_paid_then_the_commission_is_zero() -> None:
    """Makers pay nothing by default, and an asset of nothing may be missing."""
    fill = spot_wire.fill(FILL_ROW | {"commission": Decimal("0E-18"), "commissionAsset": None})
    assert (fill.commission, fill.commission_asset) == (Decimal(0), "")


def test_balance_when_it_has_more_fields_then_free_and_locked_count() -> None:
    """`available` was added by 2026; free stays free."""
    row = {"asset": "USDT", "free": "10.50", "locked": "0.5", "available": "10.50"}
    assert spot_wire.balance(row) == Balance("USDT", Decimal("10.5"), Decimal("0.5"))


@pytest.mark.parametrize("name", ["asset", "free", "locked"])
def test_balance_when_a_field_is_missing_then_it_is_an_error(name: str) -> None:
    """A balance is never taken for zero because it was not said."""
    row = {"asset": "USDT", "free": "1", "locked": "0"}
    for broken in (
        {key: row[key] for key in row if key != name},
        row | {name: None},
        row | {name: ""},
    ):
        with pytest.raises(ExchangeUnreachable):
            spot_wire.balance(broken)


# -- prices and time


def test_prices_when_read_then_they_are_exact() -> None:
    """Text and JSON numbers come out as they went in."""
    one = Decimal("1.10")
    touch = {"bidPrice": "1.10", "bidQty": "1.10", "askPrice": one, "askQty": "1.10"}
    assert spot_wire.last_price({"symbol": "X", "price": "0.00000123"}) == Decimal("0.00000123")
    assert spot_wire.book_ticker(touch) == BookTicker(one, one, one, one)
    assert spot_wire.depth({"bids": [["1.10", one, []]], "asks": []}) == Depth(((one, one),), ())
    assert spot_wire.trade_fee(
        {"data": {"makerCommission": Decimal("0E-18"), "takerCommission": Decimal("0.0005")}}
    ) == TradeFee(Decimal(0), Decimal("0.0005"))
    assert spot_wire.server_time_ms({"serverTime": 1645539742000}) == 1645539742000


@pytest.mark.parametrize("content", [None, [], {}, "x", 5, {"price": ""}, {"price": None}])
def test_prices_when_they_are_not_there_then_it_is_an_error(content: object) -> None:
    """No price is never a price of zero."""
    for read in (
        spot_wire.last_price,
        spot_wire.book_ticker,
        spot_wire.depth,
        spot_wire.trade_fee,
        spot_wire.server_time_ms,
    ):
        with pytest.raises(ExchangeUnreachable):
            read(content)


@law
@given(st.dictionaries(st.sampled_from(sorted(FILL_ROW)), st.none() | st.text(max_size=9)))
def test_fill_when_fields_are_anything_then_a_record_or_one_error(change: dict[str, Any]) -> None:
    """Whatever the venue writes, a reader sees a whole fill or `ExchangeUnreachable`."""
    try:
        fill = spot_wire.fill(FILL_ROW | change)
    except ExchangeUnreachable:
        return
    assert fill.quantity >= 0
    assert fill.trade_id
