"""PURE: a message as the user's Risk Manager writes it (seed S1 L453), as a call of the desk.

S1's names mean: `order_id` is the idempotency key, `signal_id` the trace, and an order without
a type is MARKET, whose `price` is the signal's and sends nothing. `timestamp` is the sender's
clock, which decides nothing here. All other names are those of the call.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orderdesk.contracts.commands import CancelOrder, Command, PlaceOrder
from orderdesk.contracts.messages import checked
from orderdesk.errors import InvalidOrder

_CALLS: Mapping[str, type[Command]] = {"place_order": PlaceOrder, "cancel_order": CancelOrder}
_PASSED_OVER = ("task", "order_id", "signal_id", "timestamp")


@dataclass(frozen=True, slots=True)
class Call:
    """What a message asks for: a task's name, and its command."""

    task: str
    command: Command


def call_of(
    fields: Mapping[str, Any], *, source: str, entry_id: str | None, received_ms: int
) -> Call:
    """Return the call that a message asks for.

    Args:
        fields: the message; numbers as text, so that no digit is lost.
        source: the stream's or channel's name.
        entry_id: its id in the stream, which stands in for a missing key: read again, it is
            the same order.
        received_ms: its deadline counts from here, however late it is read.

    Raises:
        InvalidOrder: naming the field, its value, the rule and what to do.
    """
    given = {name: value for name, value in fields.items() if value is not None}
    task = str(given.get("task", "place_order"))
    if task not in _CALLS:
        known = " or ".join(_CALLS)
        raise InvalidOrder(f"task={task!r}: the bridge knows {known}", "task", repr(task), known)
    call = {name: value for name, value in given.items() if name not in _PASSED_OVER}
    if "signal_id" in given:
        call.setdefault("trace_id", str(given["signal_id"]))
    names_it = _placing if task == "place_order" else _cancelling
    call = names_it(given, call, f"{source}:{entry_id}" if entry_id else None)
    command = checked(_CALLS[task], call)
    until_ms = command.deadline_ms(received_ms)
    return Call(task, command.model_copy(update={"valid_until_ms": until_ms}))


def _placing(given: Mapping[str, Any], call: dict[str, Any], entry: str | None) -> dict[str, Any]:
    call.setdefault("type", "MARKET")
    if str(call["type"]).strip().upper() == "MARKET":
        call.pop("price", None)
    if "order_id" in given:
        key = str(given["order_id"])
        if call.setdefault("idempotency_key", key) != key:
            rule = "order_id and idempotency_key are one name: give one of them"
            raise InvalidOrder(f"order_id={key!r}: {rule}", "order_id", key, rule)
    return _keyed(call, entry)


def _cancelling(
    given: Mapping[str, Any], call: dict[str, Any], entry: str | None
) -> dict[str, Any]:
    if "order_id" in given:
        call.setdefault("order", str(given["order_id"]))
    return _keyed(call, entry or f"cancel:{call.get('order', '')}"[:200])


def _keyed(call: dict[str, Any], key: str | None) -> dict[str, Any]:
    if "idempotency_key" in call:
        return call
    if key is None:
        # Two bridges hear one channel: without a key each would place an order of its own.
        rule = "an order on a channel needs an order_id; on a stream its entry id stands in"
        raise InvalidOrder(f"order_id: {rule}", "order_id", "", rule)
    return {**call, "idempotency_key": key}
