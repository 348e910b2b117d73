"""Cancel every order of this desk, on one symbol or on all; foreign orders are left alone."""

from orderdesk.contracts import CancelAllOrders, CancelAllReport
from orderdesk.core.intents import Intent
from orderdesk.core.orders import ON_EXCHANGE
from orderdesk.core.tokens import Lane
from orderdesk.flows import poll, taken_up
from orderdesk.ports import Desk


def cancel_all(desk: Desk, command: CancelAllOrders) -> CancelAllReport:
    """Write a cancel request down for everything not ended, then cancel what rests.

    Raises:
        NotYet: no slot is near for the next cancel; nothing done is undone by coming back.
    """
    taken_up.note(desk, command.account, task="cancel_all_orders", task_id=command.task_id)
    requested = [_request(desk, intent) for intent in _live(desk, command)]
    ended = [_finish(desk, intent) for intent in requested]
    still_open = [intent.idempotency_key for intent in ended if not intent.ended]
    return CancelAllReport(
        account=command.account,
        symbol=command.symbol,
        requested=len(requested),
        canceled=len(requested) - len(still_open),
        still_open=tuple(still_open),
    )


def _live(desk: Desk, command: CancelAllOrders) -> list[Intent]:
    return [
        intent
        for intent in desk.ledger.live(command.account)
        if command.symbol in (None, intent.symbol)
    ]


def _request(desk: Desk, intent: Intent) -> Intent:
    now_ms = desk.time.now_ms()
    asked = desk.ledger.request_cancel(
        intent.account, intent.client_order_id, reason="cancel_all_orders", now_ms=now_ms
    )
    return asked or intent


def _finish(desk: Desk, intent: Intent) -> Intent:
    """Cancel one that rests; one in doubt is cancelled by `resolve` when it is found."""
    if intent.status not in ON_EXCHANGE:
        return intent
    exchange = desk.exchange(intent.account, Lane.CANCEL)
    exchange.cancel(intent.symbol, intent.client_order_id)
    return poll.now(desk, intent, Lane.CANCEL)
