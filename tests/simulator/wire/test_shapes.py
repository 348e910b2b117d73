"""Laws of MEXC's JSON shapes: which fields there are, and which there are not."""

from decimal import Decimal

from orderdesk.simulator.engine.instruments import LISTING
from orderdesk.simulator.wire.shapes import acknowledged, canceled, listed, queried
from tests.simulator.engine.drafts import an_order


def test_acknowledged_when_an_order_was_taken_then_nothing_tells_what_came_of_it() -> None:
    """The answer to POST has no state, no fills and no client id."""
    assert acknowledged(an_order(executed=Decimal(4))) == {
        "symbol": "BTCUSDT",
        "orderId": "1",
        "orderListId": -1,
        "price": "10",
        "origQty": "4",
        "type": "LIMIT",
        "side": "BUY",
        "transactTime": 1,
    }


def test_canceled_when_an_order_was_canceled_then_its_fills_must_be_asked_for() -> None:
    """The answer to DELETE tells less than the docs say."""
    assert set(canceled(an_order())) == {"symbol", "orderId", "price", "origQty", "type", "side"}


def test_queried_when_an_order_is_asked_for_then_its_fields_are_mexcs() -> None:
    """Amounts are strings, times integers, and the spelling is MEXC's own."""
    order = queried(an_order(executed=Decimal(1), executed_quote=Decimal("9.50")))
    assert order["cummulativeQuoteQty"] == "9.5"
    assert (order["timeInForce"], order["stopPrice"], order["icebergQty"]) == (None, None, None)
    assert (order["time"], order["updateTime"]) == (1, 1)
    assert {"clientOrderId", "status", "origQuoteOrderQty", "isWorking"} <= set(order)


def test_listed_when_a_symbol_is_shown_then_the_binance_filters_are_not_there() -> None:
    """Sizes and ticks stand in fields of their own; the one filter is the price band."""
    for instrument in LISTING:
        shown = listed(instrument, maker_rate=Decimal(0), taker_rate=Decimal("0.0005"))
        assert shown["filters"] == [
            {
                "filterType": "PERCENT_PRICE_BY_SIDE",
                "bidMultiplierUp": str(instrument.band_up),
                "askMultiplierDown": str(instrument.band_down),
            }
        ]
        assert shown["quotePrecision"] == shown["quoteAssetPrecision"]
        assert isinstance(shown["baseSizePrecision"], str)
        assert shown["isSpotTradingAllowed"] is instrument.open_to_api
