"""Keep asking about what stands before a person: what the exchange shows is told, and decides
nothing. Only a person ends a quarantine (`flows/answer.py`).
"""

from orderdesk.core.answers import ExchangeOrder
from orderdesk.core.events import Event, EventKind
from orderdesk.core.fence import QUARANTINE_EVERY_MS
from orderdesk.core.intents import Intent
from orderdesk.core.money import canonical
from orderdesk.core.orders import OrderStatus
from orderdesk.core.tokens import Lane
from orderdesk.flows import adopt
from orderdesk.ports import Desk

TOLD_FOR_MS = 7 * 86_400_000
"""The same evidence is told once while MEXC shows it (GET order, look-back 7 days; Jan 2026)."""


def look_again(desk: Desk, account: str, symbol: str) -> None:
    """Ask for every quarantined order of a symbol, each once a minute at most.

    Raises:
        ExchangeUnreachable: the exchange gave no usable answer; the sweep asks again.
        NotYet: no slot is near.
    """
    for intent in desk.ledger.in_doubt(account, symbol):
        if intent.status is OrderStatus.QUARANTINED and _is_due(desk, intent):
            exchange = desk.exchange(account, Lane.RESOLVE)
            order = exchange.order(symbol, intent.client_order_id)
            if order is not None:
                _tell_once(desk, intent, order)


def _is_due(desk: Desk, intent: Intent) -> bool:
    # Rounds for other orders of the symbol come by much more often than a person looks.
    return desk.memory.once(f"quarantine:{intent.id}", QUARANTINE_EVERY_MS // 2)


def _tell_once(desk: Desk, intent: Intent, order: ExchangeOrder) -> None:
    shown = f"{order.order_id}:{order.status}:{canonical(order.executed_quantity)}"
    if not desk.memory.once(f"evidence:{intent.id}:{shown}", TOLD_FOR_MS):
        return
    differs = adopt.difference(intent, order, desk.ledger.open_attempt_of(intent.id))
    event = Event(
        EventKind.QUARANTINE_EVIDENCE,
        desk.time.now_ms(),
        account=intent.account,
        order=intent.idempotency_key,
        trace_id=intent.trace_id,
        data={
            "symbol": intent.symbol,
            "order_id": order.order_id,
            "shown": order.status.value,
            "executed_quantity": canonical(order.executed_quantity),
            "executed_quote": canonical(order.executed_quote),
            "differs": differs or "it is what was sent",
        },
    )
    desk.ledger.tell(event)
