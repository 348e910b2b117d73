"""Ask the exchange for one order now, and follow it to its end when asked."""

from collections.abc import Sequence

from orderdesk.contracts import OrderCommand, PollOrderStatus
from orderdesk.core.answers import ExchangeOrder, Fill
from orderdesk.core.intents import Intent
from orderdesk.core.money import ZERO
from orderdesk.core.orders import ON_EXCHANGE, OrderStatus
from orderdesk.core.tokens import Lane
from orderdesk.errors import NotYet, UnknownOrder
from orderdesk.flows import wake
from orderdesk.ports import Desk

AGAIN_MS = 1_000


def poll(desk: Desk, command: PollOrderStatus) -> Intent:
    """Return an order as the exchange shows it now; what has ended is not asked for.

    Raises:
        UnknownOrder: no intent under that name.
        NotYet: `until="closed"`, and it has not ended; come back then.
    """
    intent = named(desk, command)
    if intent.status in ON_EXCHANGE or wake.awaits_fills(intent):
        intent = now(desk, intent, Lane.POLL)
    elif intent.status is OrderStatus.UNKNOWN:
        wake.for_what_is_left(desk, intent)
    now_ms = desk.time.now_ms()
    in_time = now_ms < command.deadline_ms(command.received_ms or now_ms)
    if command.until == "closed" and not intent.ended and in_time:
        raise NotYet(f"{command.order} has not ended yet", AGAIN_MS)
    return intent


def named(desk: Desk, command: OrderCommand) -> Intent:
    """Return the intent a command names by key or client order id.

    Raises:
        UnknownOrder: there is none.
    """
    intent = desk.ledger.find(command.account, command.order)
    if intent is None:
        raise UnknownOrder(
            f"no order {command.order!r} on account {command.account!r}: "
            "give its idempotency_key or its client order id",
            command.order,
        )
    return intent


def now(desk: Desk, intent: Intent, lane: Lane) -> Intent:
    """Ask for one order that is on the exchange, with its fills if it traded; book both."""
    order = desk.exchange(intent.account, lane).order(intent.symbol, intent.client_order_id)
    return intent if order is None else booked(desk, intent, order, lane=lane)


def booked(desk: Desk, intent: Intent, order: ExchangeOrder, *, lane: Lane) -> Intent:
    """Book an order as the exchange showed it, with the fills that we do not have yet."""
    fills: Sequence[Fill] = ()
    surplus = intent.order_id not in (None, order.order_id)
    known = ZERO if surplus else intent.filled_quantity
    if order.executed_quantity > known:
        since_ms = (intent.sent_ms or order.created_ms) - 2_000
        trades = desk.exchange(intent.account, lane).trades(intent.symbol, since_ms)
        fills = [fill for fill in trades if fill.order_id == order.order_id]
    now_ms = desk.time.now_ms()
    return desk.ledger.book(
        intent.id, order=order, fills=fills, now_ms=now_ms, next_wake_ms=now_ms + 1_000
    )
