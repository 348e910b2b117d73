"""Laws of what anybody may ask."""

from decimal import Decimal

import pytest

from tests.simulator.floor import START_MS, Floor


def test_time_when_asked_then_it_is_the_exchanges_clock(floor: Floor) -> None:
    """Time is in ms."""
    assert floor.public("ping") == {}
    assert floor.public("time") == {"serverTime": START_MS}


def test_symbols_when_one_is_closed_to_the_api_then_it_is_listed_but_not_tradable(
    floor: Floor,
) -> None:
    """What is shown in exchangeInfo is not yet what may be traded."""
    listed = {row["symbol"] for row in floor.public("exchangeInfo")["symbols"]}
    open_to_api = floor.public("defaultSymbols")
    assert listed - set(open_to_api["data"]) == {"UNIUSDT"}
    assert (open_to_api["code"], open_to_api["msg"]) == (200, None)
    assert floor.signed("GET", "selfSymbols")["data"] == open_to_api["data"]


def test_exchange_info_when_symbols_are_named_then_only_those_are_shown(floor: Floor) -> None:
    """One symbol, some with commas between, or all; the caps are never told."""
    assert floor.public("exchangeInfo")["rateLimits"] == []
    some = floor.public("exchangeInfo", symbols="MXUSDT,BTCUSDT")["symbols"]
    assert [row["symbol"] for row in some] == ["MXUSDT", "BTCUSDT"]
    [one] = floor.public("exchangeInfo", symbol="LUNAUSDT")["symbols"]
    assert one["status"] == "2"
    assert floor.public("exchangeInfo", symbol="btcusdt")["code"] == -1121


def test_depth_when_asked_then_both_sides_lead_away_from_the_spread(floor: Floor) -> None:
    """Levels are pairs of strings, best first, at most as many as asked for."""
    book = floor.public("depth", symbol="BTCUSDT", limit=3)
    assert len(book["bids"]) == len(book["asks"]) == 3
    assert Decimal(book["bids"][0][0]) < Decimal(book["asks"][0][0]) < Decimal(book["asks"][1][0])
    assert book["timestamp"] == START_MS
    before = book["lastUpdateId"]
    floor.rest(price="59999.99")
    after = floor.public("depth", symbol="BTCUSDT", limit=3)
    assert after["bids"][0] == ["59999.99", "0.01"]
    assert after["lastUpdateId"] > before


@pytest.mark.parametrize("path", ["ticker/price", "ticker/bookTicker", "ticker/24hr"])
def test_ticker_when_a_symbol_is_named_then_one_row_else_one_for_each(
    floor: Floor, path: str
) -> None:
    """One symbol gives an object, none gives a list."""
    one, every = floor.public(path, symbol="BTCUSDT"), floor.public(path)
    assert one in every
    assert len(every) == len(floor.venue.exchange.markets)
    assert floor.public(path, symbol="NONE")["code"] == -1121


@pytest.mark.parametrize(
    ("path", "params", "code"),
    [
        ("depth", {}, 700004),
        ("depth", {"symbol": "NONE"}, -1121),
        ("depth", {"symbol": "BTCUSDT", "limit": "many"}, 33333),
        ("avgPrice", {}, 700004),
        ("klines", {"symbol": "BTCUSDT"}, 700004),
        ("klines", {"symbol": "BTCUSDT", "interval": "1h"}, 33333),
        ("aggTrades", {"symbol": "BTCUSDT", "startTime": "1"}, -1128),
        ("trades", {"symbol": "NONE"}, -1121),
    ],
)
def test_market_data_when_a_parameter_is_bad_then_mexcs_code_is_given(
    floor: Floor, path: str, params: dict[str, str], code: int
) -> None:
    """Public calls are refused in the same envelope."""
    assert floor.public(path, **params)["code"] == code


def test_offline_when_a_symbol_is_paused_then_it_is_listed(floor: Floor) -> None:
    """State 2 is suspended."""
    assert floor.public("symbol/offline") == {"data": [{"symbol": "LUNAUSDT", "state": 2}]}
