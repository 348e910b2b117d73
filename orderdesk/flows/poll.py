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

AGAIN_MS, SELDOM_MS = 1_000, 10_000
"""How soon a call that follows comes back: at once at first, then more and more seldom."""

ASK_AGAIN_MS = 30_000
"""While an order is followed to its end, `follow` asks for it with all of its symbol; only so
often is it asked for alone, should nobody follow."""


def poll(desk: Desk, command: PollOrderStatus) -> Intent:
    """Return an order as the exchange shows it now; what has ended is not asked for.

    Following to the end costs one question at first and one every 30 s: in between the ledger
    is read, which `follow` keeps current for a whole symbol at once.

    Raises:
        UnknownOrder: no intent under that name.
        NotYet: `until="closed"`, and it has not ended; come back then.
    """
    intent = named(desk, command)
    if intent.status in ON_EXCHANGE or wake.awaits_fills(intent):
        if _to_be_asked(desk, command):
            intent = now(desk, intent, Lane.POLL)
    elif intent.status is OrderStatus.UNKNOWN:
        wake.for_what_is_left(desk, intent)
    if command.until == "closed" and not intent.ended:
        _come_back(desk, command)
    return intent


def _come_back(desk: Desk, command: PollOrderStatus) -> None:
    """Raise `NotYet` while the call's time lasts, which counts from its first run."""
    now_ms = desk.time.now_ms()
    begun_ms = desk.memory.note_ms(
        f"poll:{command.idempotency_key}",
        now_ms,
        keep_ms=command.valid_for_ms + ASK_AGAIN_MS,
        first=True,
    )
    if now_ms < command.deadline_ms(begun_ms):
        again_ms = min(max(AGAIN_MS, (now_ms - begun_ms) // 10), SELDOM_MS)
        raise NotYet(f"{command.order} has not ended yet", again_ms)


def _to_be_asked(desk: Desk, command: PollOrderStatus) -> bool:
    if command.until == "now":
        return True
    # Its key is the call's own, the same each time the call comes back.
    return desk.memory.once(f"poll:{command.idempotency_key}", ASK_AGAIN_MS)


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
        since_ms = min(intent.sent_ms or order.created_ms, order.created_ms) - 2_000
        trades = desk.exchange(intent.account, lane).trades(intent.symbol, since_ms)
        fills = [fill for fill in trades if fill.order_id == order.order_id]
    now_ms = desk.time.now_ms()
    return desk.ledger.book(
        intent.id, order=order, fills=fills, now_ms=now_ms, next_wake_ms=now_ms + 1_000
    )
