"""Laws of what an account sees of itself."""

import json
from decimal import Decimal

from orderdesk.simulator.keys import uid_of
from orderdesk.simulator.wire.routes import answer
from tests.simulator.floor import Floor

_DAY_MS = 86_400_000


def _buy(floor: Floor, symbol: str, quantity: str) -> str:
    taken = floor.signed(
        "POST", "order", symbol=symbol, side="BUY", type="MARKET", quantity=quantity
    )
    order_id: str = taken["orderId"]
    return order_id


def test_account_when_asked_then_only_what_is_held_is_shown(floor: Floor) -> None:
    """Balances that are zero are left out; free and available are the same."""
    account = floor.signed("GET", "account")
    assert account["balances"][0] == {
        "asset": "USDT",
        "free": "10000",
        "locked": "0",
        "available": "10000",
    }
    assert "UNI" not in {row["asset"] for row in account["balances"]}
    assert (account["accountType"], account["permissions"]) == ("SPOT", ["SPOT"])


def test_my_trades_when_an_order_walked_levels_then_each_fill_is_a_row(floor: Floor) -> None:
    """Fills add up to the order, with the fee in the asset that each row names."""
    order_id = _buy(floor, "MXUSDT", "200")
    _buy(floor, "MXUSDT", "1")
    rows = floor.signed("GET", "myTrades", symbol="MXUSDT", orderId=order_id)
    order = floor.order(order_id, "MXUSDT")
    assert len(rows) > 1
    assert str(sum(Decimal(row["qty"]) for row in rows)) == "200.00"
    assert sum(Decimal(row["quoteQty"]) for row in rows) == Decimal(order["cummulativeQuoteQty"])
    assert {row["commissionAsset"] for row in rows} == {"USDT"}
    for row in rows:
        assert Decimal(row["commission"]) == Decimal(row["quoteQty"]) * Decimal("0.0005")
        assert (row["isBuyer"], row["isMaker"], row["isSelfTrade"]) == (True, False, False)


def test_my_trades_when_a_buy_pays_in_base_then_less_arrives_than_was_bought(
    floor: Floor,
) -> None:
    """For one symbol the fee comes out of the coin: executed is not what is held."""
    _buy(floor, "SOLUSDT", "2")
    [row] = floor.signed("GET", "myTrades", symbol="SOLUSDT")
    assert (row["commissionAsset"], row["commission"]) == ("SOL", "0.001")
    held = {row["asset"]: row["free"] for row in floor.signed("GET", "account")["balances"]}
    assert held["SOL"] == "51.999"


def test_my_trades_when_there_are_more_than_100_then_100_are_the_most(floor: Floor) -> None:
    """A full page is no end: the next one starts at the last row's time."""
    for _ in range(101):
        floor.now_ms += 1
        _buy(floor, "BTCUSDT", "0.0001")
    newest = floor.signed("GET", "myTrades", symbol="BTCUSDT", limit=1000)
    assert len(newest) == 100
    start_ms = newest[0]["time"] - 1
    oldest = floor.signed("GET", "myTrades", symbol="BTCUSDT", startTime=start_ms)
    assert oldest[0]["time"] == start_ms
    rest = floor.signed("GET", "myTrades", symbol="BTCUSDT", startTime=oldest[-1]["time"])
    assert {row["id"] for row in oldest} | {row["id"] for row in rest} >= {
        row["id"] for row in newest
    }


def test_my_trades_when_older_than_a_month_then_they_are_not_shown(floor: Floor) -> None:
    """Trades are kept in sight for one month."""
    _buy(floor, "BTCUSDT", "0.001")
    floor.now_ms += 30 * _DAY_MS
    assert len(floor.signed("GET", "myTrades", symbol="BTCUSDT")) == 1
    floor.now_ms += 1
    assert floor.signed("GET", "myTrades", symbol="BTCUSDT", startTime=0) == []


def test_trade_fee_when_asked_then_the_rates_are_json_numbers(floor: Floor) -> None:
    """Here alone numbers are not strings, and zero is written 0E-18."""
    text = answer(floor.venue, floor.signed_call("GET", "tradeFee", symbol="BTCUSDT")).text
    assert '"makerCommission":0E-18' in text
    fees = json.loads(text, parse_float=Decimal)
    assert fees["data"]["takerCommission"] == Decimal("0.0005")
    assert fees["code"] == 0


def test_uid_when_a_key_asks_then_its_account_has_one_number_for_ever(floor: Floor) -> None:
    """It is text, hangs on the account alone, and differs between accounts."""
    assert floor.signed("GET", "uid") == {"uid": uid_of("paper")}
    assert Floor(seed=7).signed("GET", "uid") == floor.signed("GET", "uid")
    assert uid_of("paper") != uid_of("other")
    assert floor.public("uid")["code"] == 400
