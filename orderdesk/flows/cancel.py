"""Cancel one order, sent or not.

The request is written down first, so that no attempt opens after it; an order in doubt is
cancelled when it is found, or proven never placed.
"""

from orderdesk.contracts import CancelOrder
from orderdesk.core.backoff import doubling_ms
from orderdesk.core.intents import Intent
from orderdesk.core.order_ids import CLIENT_ORDER_ID_PREFIX, client_order_id
from orderdesk.core.orders import ON_EXCHANGE
from orderdesk.core.tokens import Lane
from orderdesk.errors import NotYet, UnknownOrder
from orderdesk.flows import poll, taken_up
from orderdesk.ports import Desk

AGAIN_MS = 500


def cancel(desk: Desk, command: CancelOrder) -> Intent:
    """Bring an order's cancel one step forward, and return the intent once it has ended.

    After the command's deadline the intent is returned as it stands; the request stays
    written down and the sweep goes on with it.

    Raises:
        NotYet: the order has not ended yet; come back then.
        UnknownOrder: no such order, and none came until the deadline. If it comes later
            it ends CANCELED, unsent.
    """
    taken_up.note(desk, command.account, task="cancel_order", task_id=command.task_id)
    intent = desk.ledger.request_cancel(
        command.account, _client_id(command), reason="cancel_order", now_ms=desk.time.now_ms()
    )
    if intent is not None and intent.status in ON_EXCHANGE:
        intent = _on_exchange(desk, intent)
    if intent is not None and intent.ended and intent.fills_complete:
        return intent
    return _not_ended(desk, command, intent)


def _on_exchange(desk: Desk, intent: Intent) -> Intent:
    """Cancel a resting order and read what became of it; its answer tells nothing of fills."""
    exchange = desk.exchange(intent.account, Lane.CANCEL)
    exchange.cancel(intent.symbol, intent.client_order_id)
    after = poll.now(desk, intent, Lane.CANCEL)
    if not after.ended:
        # Booking an order that should be gone asks for the next look at once: this is it.
        desk.ledger.schedule({after.id: desk.time.now_ms() + doubling_ms(after.wakes)})
    return after


def _not_ended(desk: Desk, command: CancelOrder, intent: Intent | None) -> Intent:
    now_ms = desk.time.now_ms()
    if now_ms < command.deadline_ms(command.received_ms or now_ms):
        raise NotYet(f"{command.order} has not ended yet", AGAIN_MS)
    if intent is not None:
        return intent
    raise UnknownOrder(
        f"no order {command.order!r} on account {command.account!r}; "
        "should it still come, it ends CANCELED without being sent",
        command.order,
    )


def _client_id(command: CancelOrder) -> str:
    """Return the client order id of the order a command names, by key or by that id."""
    if command.order.startswith(CLIENT_ORDER_ID_PREFIX):
        return command.order
    return client_order_id(command.account, command.order)
