"""A message of the user's Risk Manager is a call of the desk, and each wrong one says why."""

from decimal import Decimal
from typing import Any

import pytest

from orderdesk.contracts import CancelOrder, PlaceOrder
from orderdesk.contracts.bridged import Call, call_of
from orderdesk.core.orders import OrderType
from orderdesk.errors import InvalidOrder

AT_MS = 1_795_248_105_188
S1_ORDER: dict[str, Any] = {
    "order_id": "claire_20251030_001",
    "symbol": "BTCUSDT",
    "side": "BUY",
    "quantity": "0.01889",
    "price": "45000.0",
    "signal_id": "sig_12345",
    "timestamp": "2025-10-30T12:00:00+00:00",
}


def call(entry_id: str | None = None, **fields: Any) -> Call:
    """What a message asks for; `fields` change S1's order."""
    return call_of({**S1_ORDER, **fields}, source="orders", entry_id=entry_id, received_ms=AT_MS)


def test_order_when_it_is_s1s_then_it_is_a_market_order_under_its_own_name() -> None:
    """S1 L453 to the letter: the price is the signal's, the time is the sender's clock."""
    asked = call()
    command = asked.command
    assert isinstance(command, PlaceOrder)
    assert (asked.task, command.idempotency_key) == ("place_order", "claire_20251030_001")
    assert (command.type, command.quantity) == (OrderType.MARKET, Decimal("0.01889"))
    assert (command.price, command.trace_id) == (None, "sig_12345")


def test_order_when_it_has_a_type_then_the_price_is_its_own() -> None:
    """Everything else is named as in `place_order.delay`."""
    command = call(type="LIMIT").command
    assert isinstance(command, PlaceOrder)
    assert command.price == Decimal(45_000)


def test_order_when_it_is_read_late_then_its_deadline_has_not_moved() -> None:
    """It counts from when Redis took it: a bridge that was down sends nothing old."""
    assert call().command.valid_until_ms == AT_MS + 60_000
    assert call(valid_for_ms="5000").command.valid_until_ms == AT_MS + 5_000
    assert call(valid_until_ms=str(AT_MS + 1)).command.valid_until_ms == AT_MS + 1


def test_key_when_there_is_none_then_the_entry_stands_in_for_it() -> None:
    """Read twice it is one order; a channel has no entries, so there a name is asked for."""
    keyed = call("1-0", order_id=None)
    assert keyed.command.idempotency_key == "orders:1-0"
    assert keyed.command.task_id == call("1-0", order_id=None).command.task_id
    with pytest.raises(InvalidOrder, match="needs an order_id"):
        call(order_id=None)


def test_cancel_when_asked_then_it_names_the_order() -> None:
    """By S1's `order_id` or our `order`; repeated on a channel it is the same cancel."""
    fields = {"task": "cancel_order", "order_id": "claire_1"}
    for entry_id, key in ((None, "cancel:claire_1"), ("1-0", "orders:1-0")):
        asked = call_of(fields, source="orders", entry_id=entry_id, received_ms=AT_MS)
        assert isinstance(asked.command, CancelOrder)
        assert (asked.command.order, asked.command.idempotency_key) == ("claire_1", key)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"quantity": "much"}, "quantity"),
        ({"quantity": "-1"}, "quantity"),
        ({"quantity": "1e999999999999999999"}, "quantity"),
        ({"side": None}, "side"),
        ({"stop_price": "1"}, "stop_price"),
        ({"type": "STOP_LOSS_LIMIT"}, "type"),
        ({"task": "withdraw"}, "task"),
        ({"task": ["place_order"]}, "task"),
        ({"order_id": "two words"}, "idempotency_key"),
        ({"order_id": {"a": 1}}, "idempotency_key"),
        ({"idempotency_key": "another"}, "order_id"),
        ({"symbol": ["BTCUSDT"]}, "symbol"),
        ({"signal_id": "\ud800"}, "trace_id"),
    ],
)
def test_message_when_it_is_wrong_then_the_field_is_named(
    wrong: dict[str, Any], field: str
) -> None:
    """No message raises anything but a no that names its field."""
    with pytest.raises(InvalidOrder) as refused:
        call(**wrong)
    assert refused.value.field == field
