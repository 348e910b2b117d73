"""Rows and records: how an intent, an attempt, a fill lies in its table, and back.

No query lives here, and nothing decides.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from orderdesk.core.answers import Fill
from orderdesk.core.events import Event, EventKind
from orderdesk.core.fence import Window
from orderdesk.core.intents import Attempt, AttemptState, DeadLetter, Draft, Intent
from orderdesk.core.markets import Size
from orderdesk.core.money import canonical
from orderdesk.core.orders import ON_EXCHANGE, OrderStatus, OrderType, Side
from orderdesk.stores.ledger_sql.prepared import Row

_AS_THEY_ARE = (
    "account",
    "idempotency_key",
    "client_order_id",
    "parameter_hash",
    "task_id",
    "symbol",
    "deadline_ms",
    "received_ms",
    "trace_id",
    "command",
    "order_id",
    "executed_quantity",
    "executed_quote",
    "fills",
    "filled_quantity",
    "attempts",
    "reserved_notional",
    "reason",
    "code",
    "cancel_requested_ms",
    "next_wake_ms",
    "wakes",
    "throttled_ms",
    "sent_ms",
    "acknowledged_ms",
    "filled_ms",
    "ended_ms",
)
"""Fields of an intent that have a column of the same name and meaning."""

_NO_MOVE = frozenset({"next_wake_ms", "wakes", "cancel_requested_ms"})
"""Columns that change without the producer's answer changing."""


def intent_of(row: Row) -> Intent:
    """Read an intent."""
    size = Size(
        side=Side(row["side"]),
        type=OrderType(row["type"]),
        quantity=row["quantity"],
        quote_quantity=row["quote_quantity"],
        price=row["price"],
    )
    paid = {asset: Decimal(text) for asset, text in row["commissions"].items()}
    return Intent(
        id=row["id"],
        size=size,
        status=OrderStatus(row["status"]),
        commissions=paid,
        **{name: row[name] for name in _AS_THEY_ARE},
    )


def intent_from(draft: Draft) -> Intent:
    """Return the intent that a draft begins, not yet in the ledger (id 0)."""
    return Intent(
        id=0,
        account=draft.account,
        idempotency_key=draft.idempotency_key,
        client_order_id=draft.client_order_id,
        parameter_hash=draft.parameter_hash,
        task_id=draft.task_id,
        symbol=draft.symbol,
        size=draft.size,
        status=OrderStatus.RECEIVED,
        deadline_ms=draft.deadline_ms,
        received_ms=draft.received_ms,
        trace_id=draft.trace_id,
        command=draft.command,
    )


def intent_row(intent: Intent, *, now_ms: int) -> dict[str, Any]:
    """Return all columns of an intent but its id, the derived ones included."""
    columns: dict[str, Any] = {name: getattr(intent, name) for name in _AS_THEY_ARE}
    size = intent.size
    return columns | {
        "side": size.side.value,
        "type": size.type.value,
        "quantity": size.quantity,
        "quote_quantity": size.quote_quantity,
        "price": size.price,
        "status": intent.status.value,
        "command": dict(intent.command),
        "commissions": {asset: canonical(paid) for asset, paid in intent.commissions.items()},
        "answered_ms": now_ms if intent.answerable else None,
        "awaiting_fills": _awaits_fills(intent),
    }


def intent_changes(before: Intent, after: Intent, *, now_ms: int) -> dict[str, Any]:
    """Return the columns in which an intent has changed.

    `answered_ms` moves with what the producer would be told, not with the desk's own notes.
    """
    old, new = intent_row(before, now_ms=now_ms), intent_row(after, now_ms=now_ms)
    changed = {name: value for name, value in new.items() if old[name] != value}
    if changed.keys() - _NO_MOVE:
        changed["answered_ms"] = new["answered_ms"]
    return changed


def _awaits_fills(intent: Intent) -> bool:
    if not intent.fills_complete:
        return True
    return intent.size.type.ends_at_once and intent.status in ON_EXCHANGE


def attempt_of(row: Row, absences_ms: Sequence[int] = ()) -> Attempt:
    """Read an attempt."""
    return Attempt(
        id=row["id"],
        intent_id=row["intent_id"],
        number=row["number"],
        window=Window(row["stamp_ms"], row["window_ms"]),
        state=AttemptState(row["state"]),
        request_hash=row["request_hash"],
        answer=row["answer"],
        closed_ms=row["closed_ms"],
        absences_ms=tuple(absences_ms),
    )


def fill_of(row: Row) -> Fill:
    """Read a fill."""
    return Fill(
        symbol=row["symbol"],
        trade_id=row["trade_id"],
        order_id=row["order_id"],
        client_order_id=row["client_order_id"],
        side=Side(row["side"]),
        quantity=row["quantity"],
        quote_quantity=row["quote_quantity"],
        price=row["price"],
        commission=row["commission"],
        commission_asset=row["commission_asset"],
        is_maker=row["is_maker"],
        traded_ms=row["traded_ms"],
    )


def fill_row(fill: Fill, intent: Intent, *, now_ms: int) -> dict[str, Any]:
    """Return a fill as a row of its intent."""
    return {
        "intent_id": intent.id,
        "account": intent.account,
        "symbol": fill.symbol,
        "trade_id": fill.trade_id,
        "order_id": fill.order_id,
        "client_order_id": fill.client_order_id,
        "side": fill.side.value,
        "quantity": fill.quantity,
        "quote_quantity": fill.quote_quantity,
        "price": fill.price,
        "commission": fill.commission,
        "commission_asset": fill.commission_asset,
        "is_maker": fill.is_maker,
        "traded_ms": fill.traded_ms,
        "booked_ms": now_ms,
    }


def event_of(row: Row) -> Event:
    """Read an event."""
    return Event(
        kind=EventKind(row["kind"]),
        at_ms=row["at_ms"],
        account=row["account"],
        order=row["order_key"],
        trace_id=row["trace_id"],
        data=row["data"],
        id=row["id"],
    )


def event_row(event: Event) -> dict[str, Any]:
    """Return an event as a row."""
    return {
        "kind": event.kind.value,
        "at_ms": event.at_ms,
        "account": event.account,
        "order_key": event.order,
        "trace_id": event.trace_id,
        "data": dict(event.data),
    }


def dead_letter_of(row: Row) -> DeadLetter:
    """Read a dead letter."""
    fields: Mapping[str, Any] = dict(row)
    return DeadLetter(**fields)
