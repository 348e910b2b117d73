"""Wake up whoever has work left on an intent; the queue only wakes, the ledger decides."""

from orderdesk.core.intents import Intent
from orderdesk.core.orders import ON_EXCHANGE, OrderStatus
from orderdesk.core.queues import ACCOUNT, PLACING
from orderdesk.ports import Desk

FOLLOWED_FOR_MS = 10_000
"""How long a wake-up's own task goes on; then it leaves the rest to the sweep's next one."""


def for_what_is_left(desk: Desk, intent: Intent) -> Intent:
    """Publish what an intent needs next, if it needs anything; return it unchanged.

    Losing this wake-up loses nothing: the intent carries a `next_wake_ms` for the sweep.
    """
    if intent.status is OrderStatus.UNKNOWN:
        resolver(desk, intent)
    elif intent.status in ON_EXCHANGE and intent.cancel_requested_ms is not None:
        _about(desk, "cancel_order", intent)
    elif awaits_fills(intent):
        fields = {"account": intent.account, "symbol": intent.symbol}
        desk.queue.publish("collect_fills", fields)
    return intent


def resolver(desk: Desk, intent: Intent) -> None:
    """Publish a round of questions about an order whose outcome is unknown."""
    _about(desk, "resolve_order", intent)


def owner(desk: Desk, intent: Intent) -> None:
    """Publish `place_order` under its own task id, so that the producer's result is answered.

    A wake-up that only answers does not queue behind orders that wait for their slot.
    """
    queue = PLACING if intent.status is OrderStatus.RECEIVED else ACCOUNT
    desk.queue.publish("place_order", intent.command, task_id=intent.task_id, queue=queue)


def awaits_fills(intent: Intent) -> bool:
    """True if the exchange still owes us this order's end or some of its fills."""
    if intent.status is OrderStatus.QUARANTINED or intent.order_id is None:
        return False
    if intent.size.type.ends_at_once and intent.status in ON_EXCHANGE:
        return True
    return not intent.fills_complete


def _about(desk: Desk, task: str, intent: Intent) -> None:
    name = f"{task}:{intent.idempotency_key}"[:200]
    fields = {
        "account": intent.account,
        "order": intent.idempotency_key,
        "symbol": intent.symbol,
        "idempotency_key": name,
        "valid_until_ms": desk.time.now_ms() + FOLLOWED_FOR_MS,
    }
    # One name for every such wake-up: should it break, it is one dead letter, however often.
    desk.queue.publish(task, fields, task_id=f"{intent.account}:{name}")
