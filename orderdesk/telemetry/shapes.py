"""PURE: an event as it is written outside the desk, and the keys of `Event.data` that we read.

On every event about an order, all optional:

    symbol side status             text, as in contracts.OrderReport
    order_id client_order_id       text: the exchange's id, and the one we gave
    executed_quantity              amount as text, in base; missing while nothing is executed
    executed_quote                 amount as text, in quote
    average_price                  amount as text; else executed_quote / executed_quantity
    commissions                    {asset: amount as text}
    reason code                    text: why not

On FILL_BOOKED also the trade: fill_quantity (base), fill_price, commission, commission_asset,
trade_id, traded_ms (whole number). `quantity` and `price` are the order's, and are not read.

What is missing is written as null. A message that would mislead without it is not written
at all: a result without a status, a position without symbol, side, quantity or price.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from orderdesk.core.events import Event, EventKind
from orderdesk.core.money import amount, average_price, canonical
from orderdesk.core.orders import OrderStatus

Json = dict[str, Any]

_RESULTS: Mapping[EventKind, OrderStatus | None] = {
    EventKind.ORDER_NEW: OrderStatus.NEW,
    EventKind.ORDER_PARTIALLY_FILLED: OrderStatus.PARTIALLY_FILLED,
    EventKind.ORDER_FILLED: OrderStatus.FILLED,
    EventKind.ORDER_CANCELED: OrderStatus.CANCELED,
    EventKind.ORDER_BLOCKED: OrderStatus.DENIED,
    EventKind.ORDER_EXPIRED: OrderStatus.EXPIRED_UNSENT,
    EventKind.ORDER_QUARANTINED: OrderStatus.QUARANTINED,
    # These may say several things, or break before the order ended: no status, no result.
    EventKind.ORDER_ERROR: None,
    EventKind.ORDER_FOUND: None,
    EventKind.LATE_EVIDENCE: None,
    EventKind.ANSWERED_BY_PERSON: None,
}
"""The events that tell a producer what became of its order, and the status they imply."""

_FILLED = ("PARTIALLY_FILLED", "FILLED", "PARTIALLY_CANCELED")
"""Where something was executed even if the event does not say how much."""


def iso_utc(at_ms: int) -> str:
    """Write Unix ms as ISO 8601 in UTC, to the ms."""
    moment = datetime.fromtimestamp(at_ms // 1000, UTC).replace(microsecond=at_ms % 1000 * 1000)
    return moment.isoformat(timespec="milliseconds")


def to_json(value: object) -> str:
    """Write JSON in one line; what JSON does not know becomes text, so that nothing is lost."""
    return _written(value)


def record(event: Event) -> Json:
    """Return the whole event: what the audit file and the stream keep."""
    return {
        "event_id": event.id,
        "event_type": str(event.kind),
        "timestamp": iso_utc(event.at_ms),
        "at_ms": event.at_ms,
        "account": event.account,
        "order": event.order,
        "trace_id": event.trace_id,
        "data": dict(event.data),
    }


def order_result(event: Event) -> Json | None:
    """Return the user's result message (seed S1 L289), or None if the event is no result.

    `order_id` is the idempotency key, as S1 has it; the exchange's is `exchange_order_id`.
    Amounts are text. `commission` is null if fees were paid in several assets:
    `commissions` has them all.
    """
    if event.kind not in _RESULTS or not event.order:
        return None
    data = event.data
    status = data.get("status") or _RESULTS[event.kind]
    if status is None:
        return None
    commissions = _mapping(data.get("commissions"))
    asset = next(iter(commissions)) if len(commissions) == 1 else None
    return {
        "event_type": "order_result",
        "order_id": event.order,
        "symbol": data.get("symbol"),
        "side": data.get("side"),
        "status": str(status),
        "executed_qty": data.get("executed_quantity", None if status in _FILLED else "0"),
        "executed_price": _average_price(data),
        "commission": commissions.get(asset),
        "commission_asset": asset,
        "commissions": commissions,
        "timestamp": iso_utc(event.at_ms),
        "exchange_order_id": data.get("order_id"),
        "client_order_id": data.get("client_order_id"),
        "reason": data.get("reason"),
        "code": data.get("code"),
        "account": event.account,
        "trace_id": event.trace_id,
    }


def position_update(event: Event) -> Json | None:
    """Return the user's position message (seed S1 L369) for one fill, or None."""
    data = event.data
    needed = [data.get(key) for key in ("symbol", "side", "fill_quantity", "fill_price")]
    if event.kind is not EventKind.FILL_BOOKED or None in needed:
        return None
    symbol, side, quantity, price = needed
    traded_ms = data.get("traded_ms")
    return {
        "event_type": "position_update",
        "symbol": symbol,
        "side": side,
        "quantity": quantity,
        "entry_price": price,
        "timestamp": iso_utc(traded_ms if isinstance(traded_ms, int) else event.at_ms),
        "order_id": event.order,
        "trade_id": data.get("trade_id"),
        "commission": data.get("commission"),
        "commission_asset": data.get("commission_asset"),
        "account": event.account,
        "trace_id": event.trace_id,
    }


def _average_price(data: Mapping[str, object]) -> object:
    if data.get("average_price") is not None:
        return data["average_price"]
    try:
        quantity, quote = amount(data.get("executed_quantity")), amount(data.get("executed_quote"))
    except ValueError:
        return None
    average = average_price(quote, quantity)
    return canonical(average) if average else None


def _mapping(value: object) -> dict[Any, Any]:
    return dict(value) if isinstance(value, Mapping) else {}


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value, key=str)
    return canonical(value) if isinstance(value, Decimal) and value.is_finite() else str(value)


# Made once: `json.dumps` makes one for each text that is not written its own way.
_written = json.JSONEncoder(default=_plain, ensure_ascii=False, separators=(",", ":")).encode
