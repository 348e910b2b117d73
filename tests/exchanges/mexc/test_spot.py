"""Questions and cancels: what is sent, in which order, and what is made of the answers."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from orderdesk.core.answers import Balance
from orderdesk.core.orders import OrderStatus
from orderdesk.core.tokens import Cost
from orderdesk.errors import ExchangeRefused, ExchangeUnreachable, NotYet
from orderdesk.exchanges.http import HttpDoor
from orderdesk.exchanges.mexc import limits
from orderdesk.exchanges.mexc.spot import MexcSpot
from orderdesk.exchanges.mexc.spot_wire import BookTicker, Depth, TradeFee
from tests.exchanges.mexc.scripted import (
    FILL,
    KEY,
    ROW,
    SECRET,
    STAMP_MS,
    Scripted,
    headers_of,
    is_signed,
    query_of,
)

GET, DELETE = limits.QUERY_ORDER.name, limits.CANCEL.name

Ask = Callable[[MexcSpot], object]
EMPTY_FEE = {"data": {"makerCommission": 0, "takerCommission": 0}, "code": 0}
EMPTY_TICKER = {"bidPrice": "1", "bidQty": "1", "askPrice": "2", "askQty": "1"}

SIGNED: list[tuple[Cost, object, Ask, dict[str, str]]] = [
    (limits.QUERY_ORDER, ROW, lambda s: s.order("BTCUSDT", "od1-abc"),
     {"symbol": "BTCUSDT", "origClientOrderId": "od1-abc"}),
    (limits.CANCEL, {}, lambda s: s.cancel("BTCUSDT", "od1-abc"),
     {"symbol": "BTCUSDT", "origClientOrderId": "od1-abc"}),
    (limits.CANCEL, {}, lambda s: s.cancel_by_order_id("BTCUSDT", "C02__1"),
     {"symbol": "BTCUSDT", "orderId": "C02__1"}),
    (limits.CANCEL_OPEN, [], lambda s: s.cancel_open("BTCUSDT"), {"symbol": "BTCUSDT"}),
    (limits.CANCEL_EVERYTHING, {"code": 200}, lambda s: s.cancel_everything(), {}),
    (limits.OPEN_ORDERS, [], lambda s: s.open_orders("BTCUSDT"), {"symbol": "BTCUSDT"}),
    (limits.ALL_ORDERS, [], lambda s: s.all_orders("BTCUSDT", STAMP_MS - 2_000),
     {"symbol": "BTCUSDT", "startTime": str(STAMP_MS - 2_000), "endTime": str(STAMP_MS + 5_000),
      "limit": "1000"}),
    (limits.MY_TRADES, [], lambda s: s.trades("BTCUSDT", STAMP_MS - 2_000),
     {"symbol": "BTCUSDT", "startTime": str(STAMP_MS - 2_000), "endTime": str(STAMP_MS + 5_000),
      "limit": "100"}),
    (limits.ACCOUNT, {"balances": []}, lambda s: s.balances(), {}),
    (limits.TRADE_FEE, EMPTY_FEE, lambda s: s.trade_fee("BTCUSDT"), {"symbol": "BTCUSDT"}),
]  # fmt: skip
PUBLIC: list[tuple[Cost, object, Ask, dict[str, str]]] = [
    (limits.PING, {}, lambda s: s.ping(), {}),
    (limits.TIME, {"serverTime": 1}, lambda s: s.time_ms(), {}),
    (limits.TICKER_PRICE, {"price": "1"}, lambda s: s.last_price("BTCUSDT"),
     {"symbol": "BTCUSDT"}),
    (limits.BOOK_TICKER, EMPTY_TICKER, lambda s: s.book_ticker("BTCUSDT"), {"symbol": "BTCUSDT"}),
    (limits.DEPTH, {"bids": [], "asks": []}, lambda s: s.depth("BTCUSDT", 5),
     {"symbol": "BTCUSDT", "limit": "5"}),
]  # fmt: skip


@pytest.mark.parametrize(("cost", "content", "ask", "expected"), SIGNED)
def test_signed_question_when_asked_then_slot_stamp_and_request_come_in_this_order(
    venue: Scripted,
    spot: MexcSpot,
    cost: Cost,
    content: object,
    ask: Ask,
    expected: dict[str, str],
) -> None:
    """A stamp taken before the wait for a slot would be stale after it; but whether a stamp can be
    had is seen before: measuring the clock between slot and bytes would make the bytes late.
    """
    venue.says(cost.name, content)
    ask(spot)

    assert venue.costs == [cost]
    assert venue.steps[-4:] == ["stamp", f"pace {cost.name}", "stamp", f"request {cost.name}"]
    [head] = venue.server.requests
    assert is_signed(head)
    query = query_of(head)
    assert query.pop("timestamp") == str(STAMP_MS)
    window_ms = "3000" if cost.name.startswith("DELETE") else "10000"
    assert query.pop("recvWindow") == window_ms
    del query["signature"]
    assert query == expected
    headers = headers_of(head)
    assert headers["x-mexc-apikey"] == KEY
    json_asked_for = headers.get("content-type") == "application/json"
    assert json_asked_for is not cost.name.startswith("GET")


@pytest.mark.parametrize(("cost", "content", "ask", "expected"), PUBLIC)
def test_public_question_when_asked_then_it_is_paced_and_names_nobody(
    venue: Scripted,
    spot: MexcSpot,
    cost: Cost,
    content: object,
    ask: Ask,
    expected: dict[str, str],
) -> None:
    """No key, no stamp, no signature where none is needed."""
    venue.says(cost.name, content)
    ask(spot)

    assert venue.costs == [cost]
    assert venue.steps == [f"pace {cost.name}", f"request {cost.name}"]
    [head] = venue.server.requests
    assert query_of(head) == expected
    assert "x-mexc-apikey" not in headers_of(head)


def test_question_when_no_slot_is_near_then_nothing_is_sent(
    venue: Scripted, door: HttpDoor
) -> None:
    """What the pace raises goes through, and the wire stays quiet."""

    def pace(_cost: Cost) -> None:
        raise NotYet("no slot is near", 5_000)

    spot = MexcSpot(
        base_url=venue.server.url,
        api_key=KEY,
        api_secret=SECRET,
        door=door,
        pace=pace,
        stamp=lambda: STAMP_MS,
    )
    with pytest.raises(NotYet):
        spot.ping()
    assert venue.server.requests == []


def test_order_when_2013_then_none(venue: Scripted, spot: MexcSpot) -> None:
    """-2013 is "does not exist", or not visible yet."""
    venue.refuses(GET, -2013)

    assert spot.order("BTCUSDT", "od1-abc") is None


@pytest.mark.parametrize("code", [-2011, 22222, 30026, 30014, -1121, 12345])
def test_order_when_another_code_then_it_is_no_absence(
    venue: Scripted, spot: MexcSpot, code: int
) -> None:
    """Only the one code that says so may count towards "not placed"."""
    venue.refuses(GET, code)

    with pytest.raises(ExchangeRefused) as raised:
        spot.order("BTCUSDT", "od1-abc")
    assert raised.value.code == str(code)


def test_order_when_it_is_another_one_then_it_is_no_answer(venue: Scripted, spot: MexcSpot) -> None:
    """An order that was not asked for is never adopted."""
    venue.says(GET, {**ROW, "clientOrderId": "somebody-else"})

    with pytest.raises(ExchangeUnreachable, match="another order"):
        spot.order("BTCUSDT", "od1-abc")


def test_order_when_found_then_it_is_read(venue: Scripted, spot: MexcSpot) -> None:
    """Found is an order of ours, also where the venue leaves the client id out."""
    venue.says(GET, {**ROW, "clientOrderId": ""})

    found = spot.order("BTCUSDT", "od1-abc")
    assert found is not None
    assert (found.order_id, found.status) == ("C02__1", OrderStatus.NEW)


@pytest.mark.parametrize("code", [-2011, -2013])
def test_cancel_when_the_venue_knows_no_open_order_then_false(
    venue: Scripted, spot: MexcSpot, code: int
) -> None:
    """Already over, never there, or not visible yet."""
    for endpoint in (DELETE, limits.CANCEL_OPEN.name, limits.CANCEL_EVERYTHING.name):
        venue.refuses(endpoint, code)

    assert not spot.cancel("BTCUSDT", "od1-abc")
    assert not spot.cancel_by_order_id("BTCUSDT", "C02__1")
    spot.cancel_open("BTCUSDT")
    spot.cancel_everything()


def test_cancel_when_refused_otherwise_then_it_raises(venue: Scripted, spot: MexcSpot) -> None:
    """A no that is not about the order is not "no such order"."""
    venue.refuses(DELETE, 30016)

    with pytest.raises(ExchangeRefused):
        spot.cancel("BTCUSDT", "od1-abc")


def test_open_orders_when_the_list_may_be_cut_then_it_is_no_answer(
    venue: Scripted, spot: MexcSpot
) -> None:
    """A thousand rows are the most MEXC gives."""
    venue.says(limits.OPEN_ORDERS.name, [ROW] * 1_000)
    with pytest.raises(ExchangeUnreachable, match="may not be whole"):
        spot.open_orders("BTCUSDT")

    venue.says(limits.OPEN_ORDERS.name, [ROW])
    assert [order.order_id for order in spot.open_orders("BTCUSDT")] == ["C02__1"]


def test_trades_when_the_page_is_full_then_every_further_page_is_paced(
    venue: Scripted, spot: MexcSpot
) -> None:
    """A list read in parts pays for every part, and one that cannot be read is no answer."""
    venue.says(limits.MY_TRADES.name, [FILL] * 100)

    with pytest.raises(ExchangeUnreachable, match="cannot be paged"):
        spot.trades("BTCUSDT", STAMP_MS - 2_000)
    assert len(venue.costs) == len(venue.server.requests) > 1


def test_trades_when_the_page_is_not_full_then_it_is_the_answer(
    venue: Scripted, spot: MexcSpot
) -> None:
    """One page, one request."""
    venue.says(limits.MY_TRADES.name, [FILL])

    assert [fill.trade_id for fill in spot.trades("BTCUSDT", STAMP_MS)] == ["t1"]


def test_account_and_prices_when_answered_then_they_are_read(
    venue: Scripted, spot: MexcSpot
) -> None:
    """Amounts come out exact."""
    venue.says(limits.ACCOUNT.name, {"balances": [{"asset": "BTC", "free": "0.10", "locked": "0"}]})
    venue.says(limits.TIME.name, {"serverTime": STAMP_MS})
    venue.says(limits.TICKER_PRICE.name, {"symbol": "BTCUSDT", "price": "60000.10"})
    venue.says(limits.BOOK_TICKER.name, {**EMPTY_TICKER, "symbol": "BTCUSDT"})
    venue.says(limits.DEPTH.name, {"bids": [["1", "2"]], "asks": [["3", "4"], ["5", "6"]]})
    venue.says(
        limits.TRADE_FEE.name,
        b'{"data":{"makerCommission":0E-18,"takerCommission":0.0005},"code":0}',
    )

    one, two = Decimal(1), Decimal(2)
    assert spot.balances() == [Balance("BTC", Decimal("0.10"), Decimal(0))]
    assert spot.time_ms() == STAMP_MS
    assert spot.last_price("BTCUSDT") == Decimal("60000.10")
    assert spot.book_ticker("BTCUSDT") == BookTicker(one, one, two, one)
    assert spot.depth("BTCUSDT", 2) == Depth(
        ((one, two),), ((Decimal(3), Decimal(4)), (Decimal(5), Decimal(6)))
    )
    assert spot.trade_fee("BTCUSDT") == TradeFee(Decimal(0), Decimal("0.0005"))
