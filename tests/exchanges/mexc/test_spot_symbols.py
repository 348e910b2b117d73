"""Which symbols a key may trade: told, not told, or refused."""

import pytest

from orderdesk.errors import ExchangeDenied
from orderdesk.exchanges.mexc import limits
from orderdesk.exchanges.mexc.spot import MexcSpot
from tests.exchanges.mexc.scripted import (
    Scripted,
)

LISTED = {
    "symbols": [
        {
            "symbol": name,
            "status": "1",
            "baseAsset": name.removesuffix("USDT"),
            "quoteAsset": "USDT",
            "baseAssetPrecision": 6,
            "quotePrecision": 2,
            "isSpotTradingAllowed": True,
            "orderTypes": ["LIMIT", "MARKET"],
        }
        for name in ("BTCUSDT", "ETHUSDT")
    ]
}


def test_markets_when_the_key_has_a_list_then_the_others_are_not_on_it(
    venue: Scripted, spot: MexcSpot
) -> None:
    """SelfSymbols names what this key may trade."""
    venue.says(limits.EXCHANGE_INFO.name, LISTED)
    venue.says(limits.SELF_SYMBOLS.name, {"code": 200, "data": ["ETHUSDT"], "msg": None})

    on_key = {name: market.on_key for name, market in spot.markets().items()}
    assert on_key == {"BTCUSDT": False, "ETHUSDT": True}


@pytest.mark.parametrize(
    "content", [{"code": 200, "data": []}, {"code": 200, "data": None}, {}, [], {"data": [{}]}]
)
def test_markets_when_the_key_list_is_odd_then_the_venue_decides(
    venue: Scripted, spot: MexcSpot, content: object
) -> None:
    """Not told is not "nothing allowed"."""
    venue.says(limits.EXCHANGE_INFO.name, LISTED)
    venue.says(limits.SELF_SYMBOLS.name, content)

    on_key = {name: market.on_key for name, market in spot.markets().items()}
    assert on_key == {"BTCUSDT": True, "ETHUSDT": True}


@pytest.mark.parametrize("status", ["404 Not Found", "405 Method Not Allowed"])
def test_markets_when_there_is_no_key_list_then_the_venue_decides(
    venue: Scripted, spot: MexcSpot, status: str
) -> None:
    """A venue without the endpoint tells nothing."""
    venue.says(limits.EXCHANGE_INFO.name, LISTED)
    venue.says(limits.SELF_SYMBOLS.name, b"<html>not here</html>", status)

    on_key = {name: market.on_key for name, market in spot.markets().items()}
    assert on_key == {"BTCUSDT": True, "ETHUSDT": True}


def test_markets_when_the_key_is_refused_then_it_raises(venue: Scripted, spot: MexcSpot) -> None:
    """A dead key is not an untold list."""
    venue.says(limits.EXCHANGE_INFO.name, LISTED)
    venue.refuses(limits.SELF_SYMBOLS.name, 700006)

    with pytest.raises(ExchangeDenied):
        spot.markets()
