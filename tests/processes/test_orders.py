"""An order goes from `delay()` to the exchange and back: real Redis, real workers, real HTTP."""

from decimal import Decimal

import pytest

from orderdesk.errors import IntentConflict, InvalidOrder
from tests.processes.running_desk import RunningDesk

pytestmark = pytest.mark.processes

WAIT_S = 60


def limit_buy(price: str, **more: str) -> dict[str, str]:
    """A LIMIT that rests well below the market."""
    return {
        "symbol": "BTCUSDT",
        "side": "BUY",
        "type": "LIMIT",
        "quantity": "0.001",
        "price": price,
        **more,
    }


def test_limit_order_when_it_rests_then_report_is_new_and_it_can_be_canceled(
    desk: RunningDesk,
) -> None:
    """A resting order is reported when acknowledged, and its cancel when it has ended."""
    # When
    report = desk.call("place_order").delay(**limit_buy("50000")).get(timeout=WAIT_S)
    # Then
    assert report["status"] == "NEW"
    assert report["order_id"]
    assert report["times"]["received"] <= report["times"]["acknowledged"]
    # When
    canceled = desk.call("cancel_order").delay(order=report["idempotency_key"]).get(timeout=WAIT_S)
    # Then
    assert canceled["status"] == "CANCELED"
    assert [o["status"] for o in desk.orders_of(report["client_order_id"])] == ["CANCELED"]


def test_market_order_when_it_fills_then_report_has_real_fills(desk: RunningDesk) -> None:
    """A MARKET report carries what really traded: quantity, average, commission per asset."""
    # When
    report = (
        desk.call("place_order")
        .delay(symbol="BTC/USDT", side="BUY", type="MARKET", quote_quantity="100")
        .get(timeout=WAIT_S)
    )
    # Then
    assert report["status"] in ("FILLED", "PARTIALLY_CANCELED")
    assert report["fills"] >= 1
    assert Decimal(report["executed_quantity"]) > 0
    assert Decimal(report["executed_quote"]) <= 100
    assert report["commissions"]
    assert report["times"]["filled"] >= report["times"]["sent"]


def test_immediate_order_when_nothing_matches_then_report_says_canceled(desk: RunningDesk) -> None:
    """An IOC far from the market ends at once, without fills, and is reported so."""
    fields = limit_buy("50000", time_in_force="IOC")
    report = desk.call("place_order").delay(**fields).get(timeout=WAIT_S)
    assert report["type"] == "IMMEDIATE_OR_CANCEL"
    assert report["status"] == "CANCELED"
    assert report["executed_quantity"] == "0"


def test_refused_order_when_above_the_desks_limit_then_report_names_the_rule(
    desk: RunningDesk,
) -> None:
    """A refusal is a result: rule, figure, limit; and nothing reaches the exchange."""
    report = (
        desk.call("place_order")
        .delay(symbol="BTCUSDT", side="BUY", type="MARKET", quote_quantity="5000")
        .get(timeout=WAIT_S)
    )
    assert report["status"] == "DENIED"
    assert report["code"] == "RISK_MAX_NOTIONAL"
    assert "5000" in report["reason"]
    assert desk.orders_of(report["client_order_id"]) == []


def test_rejected_order_when_the_exchange_says_no_then_report_has_its_code(
    desk: RunningDesk,
) -> None:
    """What the exchange refuses is REJECTED with the exchange's own code."""
    fields = limit_buy("60000") | {"symbol": "MXUSDT", "side": "SELL", "quantity": "100"}
    price = desk.door.state()["prices"]["MXUSDT"]
    fields |= {"price": str(Decimal(price) * 2), "quantity": "1000000"}
    report = desk.call("place_order").delay(**fields).get(timeout=WAIT_S)
    assert report["status"] in ("REJECTED", "DENIED")
    assert report["code"]


def test_bad_order_when_called_then_nothing_is_queued_and_the_field_is_named(
    desk: RunningDesk,
) -> None:
    """A wrong field raises at the call, before anything leaves the producer."""
    with pytest.raises(InvalidOrder, match="quantity"):
        desk.call("place_order").delay(**limit_buy("50000") | {"quantity": "-1"})


def test_same_key_when_called_twice_then_one_order_and_one_result(desk: RunningDesk) -> None:
    """A producer that calls twice with one key has one order, and both calls its report."""
    # When
    fields = limit_buy("50001", idempotency_key="twice-1")
    first = desk.call("place_order").delay(**fields)
    second = desk.call("place_order").delay(**fields)
    # Then
    assert first.id == second.id
    report = first.get(timeout=WAIT_S)
    assert second.get(timeout=WAIT_S)["order_id"] == report["order_id"]
    assert len(desk.orders_of(report["client_order_id"])) == 1


def test_same_key_when_the_order_differs_then_conflict_and_the_first_stands(
    desk: RunningDesk,
) -> None:
    """Same key, other parameters: an IntentConflict of its own, never merged."""
    # Given
    first = desk.call("place_order").delay(**limit_buy("50002", idempotency_key="conflict-1"))
    report = first.get(timeout=WAIT_S)
    # When
    other = desk.call("place_order").delay(**limit_buy("50003", idempotency_key="conflict-1"))
    # Then
    with pytest.raises(IntentConflict):
        other.get(timeout=WAIT_S)
    assert len(desk.orders_of(report["client_order_id"])) == 1


def test_lost_answer_when_the_order_landed_then_it_is_found_not_resent(desk: RunningDesk) -> None:
    """An answer lost on the wire is asked for; the order is found and reported as placed."""
    # Given
    desk.door.lose_next_answer()
    # When
    report = desk.call("place_order").delay(**limit_buy("50004")).get(timeout=WAIT_S)
    # Then
    assert report["status"] == "NEW"
    assert report["attempts"] == 1
    assert len(desk.orders_of(report["client_order_id"])) == 1


def test_resting_order_when_the_market_comes_then_it_is_followed_to_its_fill(
    desk: RunningDesk,
) -> None:
    """A resting order that fills later is known by the sweep over open orders."""
    # Given
    report = desk.call("place_order").delay(**limit_buy("49000")).get(timeout=WAIT_S)
    # When
    desk.door.set_price("BTCUSDT", "48000")
    # Then
    key = report["idempotency_key"]
    desk.until(lambda: (i := desk.intent(key)) is not None and i.status == "FILLED")
    filled = desk.intent(key)
    assert filled is not None
    assert filled.fills >= 1
    assert filled.fills_complete


def test_portfolio_and_reconciliation_when_asked_then_they_report(desk: RunningDesk) -> None:
    """The questions of the face answer with their reports."""
    portfolio = desk.call("sync_portfolio").delay().get(timeout=WAIT_S)
    assert any(holding["asset"] == "USDT" for holding in portfolio["holdings"])
    books = desk.call("reconcile").delay().get(timeout=WAIT_S)
    assert not [one for one in books["findings"] if one["kind"] in ("ORPHAN", "DUPLICATE")]


def test_cancel_all_when_two_rest_then_both_end(desk: RunningDesk) -> None:
    """`cancel_all_orders` ends what rests, and says how many."""
    placed = [desk.call("place_order").delay(**limit_buy(p)) for p in ("30000", "30001")]
    keys = [result.get(timeout=WAIT_S)["idempotency_key"] for result in placed]
    report = desk.call("cancel_all_orders").delay(symbol="BTCUSDT").get(timeout=WAIT_S)
    assert report["still_open"] == []
    intents = [desk.intent(key) for key in keys]
    assert {intent and intent.status for intent in intents} == {"CANCELED"}


def test_poll_when_asked_until_closed_then_it_answers_with_the_end(desk: RunningDesk) -> None:
    """`poll_order_status(until="closed")` follows an order to its end."""
    report = desk.call("place_order").delay(**limit_buy("29000")).get(timeout=WAIT_S)
    key = report["idempotency_key"]
    end = desk.call("poll_order_status").delay(order=key, until="closed")
    desk.call("cancel_order").delay(order=key).get(timeout=WAIT_S)
    assert end.get(timeout=WAIT_S)["status"] == "CANCELED"
