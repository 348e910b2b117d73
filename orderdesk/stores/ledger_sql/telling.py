"""Events of orders: what every one of them carries, so that a log line stands alone."""

from orderdesk.core.events import Event, EventKind
from orderdesk.core.intents import Intent
from orderdesk.core.money import ZERO, canonical
from orderdesk.core.orders import OrderStatus
from orderdesk.stores.ledger_sql.store import Work

KIND_OF_STATUS = {
    OrderStatus.NEW: EventKind.ORDER_NEW,
    OrderStatus.PARTIALLY_FILLED: EventKind.ORDER_PARTIALLY_FILLED,
    OrderStatus.FILLED: EventKind.ORDER_FILLED,
    OrderStatus.CANCELED: EventKind.ORDER_CANCELED,
    # MEXC's word for "the rest was cancelled"; the data tells the two apart.
    OrderStatus.PARTIALLY_CANCELED: EventKind.ORDER_CANCELED,
    OrderStatus.REJECTED: EventKind.ORDER_ERROR,
    OrderStatus.DENIED: EventKind.ORDER_BLOCKED,
    OrderStatus.EXPIRED_UNSENT: EventKind.ORDER_EXPIRED,
    OrderStatus.UNKNOWN: EventKind.ORDER_UNKNOWN,
    OrderStatus.QUARANTINED: EventKind.ORDER_QUARANTINED,
    OrderStatus.SENDING: EventKind.ORDER_SENDING,
}


def tell(work: Work, kind: EventKind, intent: Intent, *, now_ms: int, **data: object) -> None:
    """Append an event of an intent, with the intent's own facts and what is special to it."""
    work.tell(
        Event(
            kind=kind,
            at_ms=now_ms,
            account=intent.account,
            order=intent.idempotency_key,
            trace_id=intent.trace_id,
            data=_facts(intent)
            | {name: value for name, value in data.items() if value is not None},
        )
    )


def _facts(intent: Intent) -> dict[str, object]:
    facts: dict[str, object] = {
        "client_order_id": intent.client_order_id,
        "symbol": intent.symbol,
        "side": intent.size.side.value,
        "type": intent.size.type.value,
        "status": intent.status.value,
    }
    # How long what took: whoever hears of one event knows nothing of those before it.
    for name in ("received_ms", "throttled_ms", "sent_ms"):
        if (moment := getattr(intent, name)) is not None:
            facts[name] = moment
    for name in ("quantity", "quote_quantity", "price"):
        value = getattr(intent.size, name)
        if value is not None:
            facts[name] = canonical(value)
    if intent.order_id is not None:
        facts["order_id"] = intent.order_id
    if intent.executed_quantity > ZERO:
        facts["executed_quantity"] = canonical(intent.executed_quantity)
        facts["executed_quote"] = canonical(intent.executed_quote)
    if intent.commissions:
        facts["commissions"] = {
            asset: canonical(paid) for asset, paid in intent.commissions.items()
        }
    return facts
