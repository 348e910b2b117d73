"""Placing: one order, once, stamped as written down; and trying one without placing it."""

import time

import pytest

from orderdesk.core.answers import Accepted, Refused, Unclear, Unsent, Why
from orderdesk.core.tokens import Cost
from orderdesk.errors import ExchangeDenied, ExchangeRefused, ExchangeUnreachable
from orderdesk.exchanges.http import HttpDoor
from orderdesk.exchanges.mexc import limits
from orderdesk.exchanges.mexc.spot import MexcSpot
from tests.exchanges.loopback import closed_port
from tests.exchanges.mexc.scripted import (
    KEY,
    ORDER,
    SECRET,
    STAMP_MS,
    Scripted,
    headers_of,
    is_signed,
    query_of,
)

POST = limits.PLACE.name


def _place(spot: MexcSpot) -> object:
    send_by_ms = time.monotonic_ns() // 1_000_000 + 5_000
    return spot.place(ORDER, stamp_ms=STAMP_MS + 7, window_ms=3_000, send_by_ms=send_by_ms)


def test_place_when_sent_then_everything_is_in_the_signed_query(
    venue: Scripted, spot: MexcSpot
) -> None:
    """Exactly the stamp that was written down, amounts without exponents, an empty body."""
    venue.says(POST, {"symbol": "BTCUSDT", "orderId": "C02__1", "transactTime": 5})

    assert _place(spot) == Accepted("C02__1", 5)
    [head] = venue.server.requests
    query = query_of(head)
    assert len(query.pop("signature")) == 64
    assert query == {
        "symbol": "BTCUSDT",
        "side": "BUY",
        "type": "LIMIT",
        "newClientOrderId": "od1-abc",
        "quantity": "0.001",
        "price": "50000",
        "recvWindow": "3000",
        "timestamp": str(STAMP_MS + 7),
    }
    assert is_signed(head)
    headers = headers_of(head)
    assert headers["x-mexc-apikey"] == KEY
    assert headers["content-type"] == "application/json"
    assert headers["content-length"] == "0"


def test_place_when_called_then_it_neither_waits_nor_stamps(
    venue: Scripted, spot: MexcSpot
) -> None:
    """Its slot was booked and its stamp written down before."""
    venue.says(POST, {"orderId": "1"})
    _place(spot)

    assert venue.steps == [f"request {POST}"]
    assert spot.place_cost == Cost(POST, 1, orders=1)


def test_place_when_the_answer_is_lost_then_unclear_and_sent_once(
    venue: Scripted, spot: MexcSpot
) -> None:
    """No retry of any kind."""
    assert isinstance(_place(spot), Unclear)
    assert venue.steps == [f"request {POST}"]


def test_place_when_the_firewall_answers_then_unclear_with_a_pause(
    venue: Scripted, spot: MexcSpot
) -> None:
    """HTML 403 says nothing of the order, and a lot about our pace."""
    venue.says(POST, b"<html>Access Denied</html>", "403 Forbidden")

    answer = _place(spot)
    assert isinstance(answer, Unclear)
    assert answer.pause_ms == 60_000


def test_place_when_its_answer_is_huge_then_unclear(venue: Scripted, spot: MexcSpot) -> None:
    """The answer to an order is small, or it is none."""
    venue.says(POST, {"orderId": "1", "padding": "x" * 100_000})

    assert isinstance(_place(spot), Unclear)


def test_place_when_the_venue_cannot_be_reached_then_unsent(
    venue: Scripted, door: HttpDoor
) -> None:
    """A refused connect is a no."""
    nowhere = MexcSpot(
        base_url=f"http://127.0.0.1:{closed_port()}",
        api_key=KEY,
        api_secret=SECRET,
        door=door,
        pace=venue.costs.append,
        stamp=lambda: STAMP_MS,
    )
    assert isinstance(_place(nowhere), Unsent)


@pytest.mark.parametrize(
    ("code", "why"), [(30004, Why.REJECT), (10007, Why.REJECT), (700008, Why.BUG)]
)
def test_test_order_when_refused_then_the_refusal_is_a_value(
    venue: Scripted, spot: MexcSpot, code: int, why: Why
) -> None:
    """A trial that fails says why placing would."""
    venue.refuses("POST /api/v3/order/test", code)

    refused = spot.test_order(ORDER)
    assert isinstance(refused, Refused)
    assert (refused.why, refused.code, refused.symbol_off) == (why, str(code), code == 10007)


def test_test_order_when_taken_then_none(venue: Scripted, spot: MexcSpot) -> None:
    """An empty object is a yes here."""
    venue.says("POST /api/v3/order/test", {})

    assert spot.test_order(ORDER) is None


@pytest.mark.parametrize(
    ("code", "error"), [(700001, ExchangeDenied), (429, ExchangeUnreachable), (-7, ExchangeRefused)]
)
def test_test_order_when_it_was_not_judged_then_it_raises(
    venue: Scripted, spot: MexcSpot, code: int, error: type[Exception]
) -> None:
    """A key, a rate or an unknown code says nothing of the order."""
    venue.refuses("POST /api/v3/order/test", code)

    with pytest.raises(error):
        spot.test_order(ORDER)
