"""Messages have the user's shapes; what is missing is null, and what would mislead is not sent."""

import json
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest

from orderdesk.core.events import Event, EventKind
from orderdesk.telemetry.shapes import iso_utc, order_result, position_update, record, to_json

AT_MS = 1_698_745_123_456
FILLED: dict[str, Any] = {
    "symbol": "BTCUSDT",
    "side": "BUY",
    "status": "FILLED",
    "order_id": "C02__1",
    "client_order_id": "od1-x",
    "executed_quantity": "0.01889",
    "executed_quote": "850.286125",
    "commissions": {"BTC": "0.00001889"},
}


def event(kind: EventKind, **data: object) -> Event:
    """Return an event about one order."""
    return Event(kind, AT_MS, account="main", order="claire_1", trace_id="t-1", data=data)


def test_result_when_the_order_is_filled_then_it_has_the_users_fields() -> None:
    """Seed S1's OrderResult, with the side it forgot; its happy path fills at 45012.50."""
    assert order_result(event(EventKind.ORDER_FILLED, **FILLED)) == {
        "event_type": "order_result",
        "order_id": "claire_1",
        "symbol": "BTCUSDT",
        "side": "BUY",
        "status": "FILLED",
        "executed_qty": "0.01889",
        "executed_price": "45012.5",
        "commission": "0.00001889",
        "commission_asset": "BTC",
        "commissions": {"BTC": "0.00001889"},
        "timestamp": "2023-10-31T09:38:43.456+00:00",
        "exchange_order_id": "C02__1",
        "client_order_id": "od1-x",
        "reason": None,
        "code": None,
        "account": "main",
        "trace_id": "t-1",
    }


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (EventKind.ORDER_NEW, "NEW"),
        (EventKind.ORDER_PARTIALLY_FILLED, "PARTIALLY_FILLED"),
        (EventKind.ORDER_FILLED, "FILLED"),
        (EventKind.ORDER_CANCELED, "CANCELED"),
        (EventKind.ORDER_BLOCKED, "DENIED"),
        (EventKind.ORDER_EXPIRED, "EXPIRED_UNSENT"),
        (EventKind.ORDER_QUARANTINED, "QUARANTINED"),
    ],
)
def test_result_when_the_event_tells_nothing_more_then_its_kind_says_the_status(
    kind: EventKind, status: str
) -> None:
    """A result with holes is better than none: the consumer learns the status."""
    result = order_result(event(kind))
    assert result is not None
    assert result["status"] == status
    assert result["executed_qty"] == (None if "FILLED" in status else "0")
    assert result["executed_price"] is result["commission"] is result["symbol"] is None


@pytest.mark.parametrize("kind", [EventKind.ORDER_ERROR, EventKind.ORDER_FOUND])
def test_result_when_the_status_is_not_known_then_there_is_none(kind: EventKind) -> None:
    """Work that broke is not an order that was rejected."""
    assert order_result(event(kind)) is None
    rejected = order_result(event(kind, status="REJECTED", reason="no balance", code="10101"))
    assert rejected is not None
    assert (rejected["status"], rejected["code"]) == ("REJECTED", "10101")


@pytest.mark.parametrize(
    "told",
    [
        event(EventKind.ORDER_UNKNOWN, status="UNKNOWN"),
        event(EventKind.ORDER_SENDING, status="SENDING"),
        event(EventKind.KILL_ENGAGED),
        Event(EventKind.ORDER_ERROR, AT_MS, data={"status": "REJECTED"}),
    ],
)
def test_result_when_the_event_ends_nothing_then_there_is_none(told: Event) -> None:
    """An order on its way, or an event without an order, has no result."""
    assert order_result(told) is None


def test_result_when_fees_are_in_several_assets_then_only_the_map_has_them() -> None:
    """One number would add BTC to MX."""
    fees = {"BTC": "0.1", "MX": "2"}
    result = order_result(event(EventKind.ORDER_FILLED, commissions=fees))
    assert result is not None
    assert result["commission"] is result["commission_asset"] is None
    assert result["commissions"] == fees


@pytest.mark.parametrize(
    ("data", "price"),
    [
        ({"average_price": "7"}, "7"),
        ({"executed_quantity": "3", "executed_quote": "1"}, "0.333333333333"),
        ({"executed_quantity": "0", "executed_quote": "0"}, None),
        ({"executed_quantity": "1"}, None),
        ({"executed_quantity": "x", "executed_quote": "1"}, None),
        ({"executed_quantity": Decimal(2), "executed_quote": Decimal("90025.0")}, "45012.5"),
    ],
)
def test_price_when_no_average_is_told_then_it_is_what_was_paid_per_unit(
    data: dict[str, object], price: str | None
) -> None:
    """The same average as in the order's report, or none."""
    result = order_result(event(EventKind.ORDER_FILLED, **data))
    assert result is not None
    assert result["executed_price"] == price


def test_position_when_a_fill_is_booked_then_it_has_the_users_fields() -> None:
    """Seed S1's position_update, at the moment of the trade."""
    fill = event(
        EventKind.FILL_BOOKED,
        symbol="BTCUSDT",
        side="BUY",
        quantity="2",
        price="44000",
        fill_quantity="0.01",
        fill_price="45000",
        trade_id="77",
        traded_ms=AT_MS - 1,
    )
    update = position_update(fill)
    assert update is not None
    assert {key: update[key] for key in list(update)[:6]} == {
        "event_type": "position_update",
        "symbol": "BTCUSDT",
        "side": "BUY",
        "quantity": "0.01",
        "entry_price": "45000",
        "timestamp": "2023-10-31T09:38:43.455+00:00",
    }
    assert (update["trade_id"], update["order_id"]) == ("77", "claire_1")


@pytest.mark.parametrize("missing", ["symbol", "side", "fill_quantity", "fill_price"])
def test_position_when_a_part_is_missing_then_there_is_none(missing: str) -> None:
    """Half a position would mislead whoever adds them up."""
    whole = {"symbol": "BTCUSDT", "side": "BUY", "fill_quantity": "1", "fill_price": "2"}
    assert position_update(event(EventKind.FILL_BOOKED, **whole)) is not None
    del whole[missing]
    assert position_update(event(EventKind.FILL_BOOKED, quantity="9", price="9", **whole)) is None
    assert position_update(event(EventKind.ORDER_FILLED, **FILLED)) is None


def test_record_when_written_then_it_is_one_line_of_json_whatever_is_in_it() -> None:
    """An event is never lost because one of its values is odd."""
    odd = event(
        EventKind.ORDER_BLOCKED,
        amount=Decimal("0.10"),
        nan=Decimal("NaN"),
        map=MappingProxyType({"a": frozenset({2, 1})}),
        text="two\nlines",
    )
    line = to_json(record(odd))
    assert "\n" not in line
    assert json.loads(line) == {
        "event_id": 0,
        "event_type": "ORDER_BLOCKED",
        "timestamp": iso_utc(AT_MS),
        "at_ms": AT_MS,
        "account": "main",
        "order": "claire_1",
        "trace_id": "t-1",
        "data": {"amount": "0.1", "nan": "NaN", "map": {"a": [1, 2]}, "text": "two\nlines"},
    }
