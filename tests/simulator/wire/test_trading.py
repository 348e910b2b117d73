"""Laws of placing, cancelling and asking, as a client sees them."""

import pytest

from tests.simulator.floor import START_MS, Floor

_DAY_MS = 86_400_000


def test_place_when_an_order_is_taken_then_only_the_query_tells_its_state(floor: Floor) -> None:
    """The answer is an acknowledgement: a market order's fills are asked for afterwards."""
    taken = floor.signed(
        "POST", "order", symbol="BTCUSDT", side="SELL", type="MARKET", quantity="0.01"
    )
    assert "status" not in taken
    assert "executedQty" not in taken
    assert isinstance(taken["orderId"], str)
    order = floor.order(taken["orderId"])
    assert (order["status"], order["executedQty"]) == ("FILLED", "0.01")
    assert order["price"] == taken["price"] == "57000"


def test_place_when_it_is_refused_then_the_envelope_is_mexcs_and_nothing_was_placed(
    floor: Floor,
) -> None:
    """A refusal is HTTP 400 with code, msg and _extend, and leaves no order."""
    status, content = floor.send(
        "POST",
        "order",
        symbol="BTCUSDT",
        side="BUY",
        type="LIMIT",
        quantity="0.00001",
        price="59000",
    )
    assert status == 400
    assert content == {
        "code": 30002,
        "msg": "The minimum transaction volume cannot be less than: 1USDT",
        "_extend": None,
    }
    assert floor.signed("GET", "allOrders", symbol="BTCUSDT") == []


def test_test_order_when_it_is_good_or_bad_then_nothing_is_placed_either_way(
    floor: Floor,
) -> None:
    """order/test asks the rules but not the balance, and keeps nothing."""
    good = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "price": "59000"}
    assert floor.signed("POST", "order/test", quantity="30", **good) == {}
    assert floor.code("POST", "order/test", quantity="0", **good) == 10102
    assert floor.code("POST", "order/test", **good) == 700004
    assert floor.venue.exchange.ledger.history.all_orders() == []


def test_query_when_a_client_id_was_used_twice_then_the_newest_order_is_given(
    floor: Floor,
) -> None:
    """Two orders under one id are two orders; the id alone shows one of them."""
    first = floor.rest(newClientOrderId="same")
    second = floor.rest(newClientOrderId="same", price="58000")
    found = floor.signed("GET", "order", symbol="BTCUSDT", origClientOrderId="same")
    assert (found["orderId"], found["clientOrderId"]) == (second, "same")
    assert len(floor.signed("GET", "openOrders")) == 2
    assert floor.order(first)["status"] == "NEW"


def test_query_when_an_order_is_unknown_then_minus_2013(floor: Floor) -> None:
    """Unknown, of another symbol, or never placed: all the same answer."""
    order_id = floor.rest()
    assert floor.code("GET", "order", symbol="BTCUSDT", orderId="1") == -2013
    assert floor.code("GET", "order", symbol="MXUSDT", orderId=order_id) == -2013
    assert floor.code("GET", "order", symbol="BTCUSDT", origClientOrderId="x") == -2013
    assert floor.code("GET", "order", symbol="BTCUSDT") == 700004
    assert floor.code("GET", "order", orderId=order_id) == 700004


def test_query_when_an_ended_order_is_older_than_7_days_then_it_is_forgotten(
    floor: Floor,
) -> None:
    """GET order looks back 7 days; an order that still works is always known."""
    ended, working = floor.rest(), floor.rest()
    floor.signed("DELETE", "order", symbol="BTCUSDT", orderId=ended)
    floor.now_ms += 7 * _DAY_MS
    assert floor.order(ended)["status"] == "CANCELED"
    floor.now_ms += 1
    assert floor.order(ended)["code"] == -2013
    assert floor.order(working)["status"] == "NEW"


def test_cancel_when_an_order_works_then_it_ends_and_its_money_is_free_again(
    floor: Floor,
) -> None:
    """A second cancel finds nothing to cancel: -2011."""
    before = floor.signed("GET", "account")["balances"]
    order_id = floor.rest(newClientOrderId="c")
    assert floor.signed("GET", "account")["balances"][0]["locked"] == "590"
    answer = floor.signed("DELETE", "order", symbol="BTCUSDT", origClientOrderId="c")
    assert answer["orderId"] == order_id
    assert floor.order(order_id)["status"] == "CANCELED"
    assert floor.signed("GET", "account")["balances"] == before
    assert floor.code("DELETE", "order", symbol="BTCUSDT", orderId=order_id) == -2011
    assert floor.code("DELETE", "order", symbol="BTCUSDT", orderId="1") == -2011


def test_open_orders_when_symbols_are_named_then_only_theirs_are_given(floor: Floor) -> None:
    """No symbol is all of them; five with commas between are the most."""
    btc = floor.rest()
    mx = floor.rest(symbol="MXUSDT", price="2.4", quantity="10")
    ids = {
        query: [row["orderId"] for row in floor.signed("GET", "openOrders", symbol=query)]
        for query in ("BTCUSDT", "MXUSDT", "BTCUSDT,MXUSDT")
    }
    assert ids == {"BTCUSDT": [btc], "MXUSDT": [mx], "BTCUSDT,MXUSDT": [btc, mx]}
    assert len(floor.signed("GET", "openOrders")) == 2
    assert floor.code("GET", "openOrders", symbol="NONE") == -1121
    assert floor.code("GET", "openOrders", symbol=",".join(["BTCUSDT"] * 6)) == 33333


def test_cancel_open_orders_when_a_symbol_is_named_then_others_stay(floor: Floor) -> None:
    """DELETE openOrders is by symbol; DELETE order/all takes everything there is."""
    btc = floor.rest()
    floor.rest(symbol="MXUSDT", price="2.4", quantity="10")
    gone = floor.signed("DELETE", "openOrders", symbol="BTCUSDT")
    assert [row["orderId"] for row in gone] == [btc]
    assert floor.code("DELETE", "openOrders") == 700004
    assert len(floor.signed("GET", "openOrders")) == 1
    everything = floor.signed("DELETE", "order/all")
    assert everything == {"code": 200, "msg": "success", "timestamp": START_MS}
    assert floor.signed("GET", "openOrders") == []


def test_all_orders_when_paged_by_start_time_then_every_order_is_met_once(floor: Floor) -> None:
    """Ascending by time: the last row's time, given as startTime, leads on to the next page."""
    placed = []
    for _ in range(7):
        floor.now_ms += 10
        placed.append(floor.rest(quantity="0.001"))
    met: list[str] = []
    start_ms = START_MS
    while True:
        page = floor.signed("GET", "allOrders", symbol="BTCUSDT", startTime=start_ms, limit=3)
        fresh = [row["orderId"] for row in page if row["orderId"] not in met]
        if not fresh:
            break
        met += fresh
        start_ms = page[-1]["time"]
    assert met == placed


def test_all_orders_when_no_start_is_given_then_the_newest_of_a_day_are(floor: Floor) -> None:
    """24 h by default, 7 days at the most, 500 rows unless asked."""
    old = floor.rest()
    floor.now_ms += _DAY_MS + 1
    new = floor.rest()
    assert _ids(floor) == [new]
    assert _ids(floor, startTime=START_MS) == [old, new]
    assert _ids(floor, startTime=START_MS, limit=1) == [old]
    assert _ids(floor, endTime=START_MS) == [old]
    floor.now_ms = START_MS + 7 * _DAY_MS + 1
    assert _ids(floor, startTime=START_MS) == [new]


def _ids(floor: Floor, **params: int) -> list[str]:
    rows = floor.signed("GET", "allOrders", symbol="BTCUSDT", **params)
    return [row["orderId"] for row in rows]


@pytest.mark.parametrize(("symbol", "code"), [("", 700004), ("NONE", -1121)])
def test_all_orders_when_no_symbol_fits_then_it_is_refused(
    floor: Floor, symbol: str, code: int
) -> None:
    """History is by symbol."""
    assert floor.code("GET", "allOrders", symbol=symbol) == code
    assert floor.code("GET", "myTrades", symbol=symbol) == code
    assert floor.code("GET", "tradeFee", symbol=symbol) == code
