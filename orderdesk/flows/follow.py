"""Follow resting orders to their end: one open-orders query a symbol, not one per order."""

from collections.abc import Sequence
from itertools import groupby

from orderdesk.core.answers import ExchangeOrder, Fill
from orderdesk.core.intents import Intent
from orderdesk.core.tokens import Lane
from orderdesk.ports import Desk, Exchange

LOOK_BACK_MS = 2_000


def follow(desk: Desk, account: str) -> Sequence[Intent]:
    """Bring every resting order up to date; return those that moved.

    Raises:
        ExchangeUnreachable: a question got no answer; the next cycle asks again.
        NotYet: the lane's budget is used; the next cycle goes on.
    """
    resting = sorted(desk.ledger.resting(account), key=lambda intent: intent.symbol)
    exchange = desk.exchange(account, Lane.POLL)
    moved: list[Intent] = []
    for symbol, group in groupby(resting, key=lambda intent: intent.symbol):
        intents = [i for i in group if not i.size.type.ends_at_once]
        if intents:
            moved += _symbol(desk, exchange, symbol, intents)
    return moved


def _symbol(desk: Desk, exchange: Exchange, symbol: str, intents: list[Intent]) -> list[Intent]:
    listed = {order.order_id: order for order in exchange.open_orders(symbol)}
    changed = []
    for intent in intents:
        order = listed.get(intent.order_id or "")
        if order is None:
            # Not open (any more): ended, or not visible yet. Only its own query tells.
            order = exchange.order(symbol, intent.client_order_id)
        if order is not None and _news(intent, order):
            changed.append((intent, order))
    fills = _fills(exchange, symbol, changed)
    return [_book(desk, intent, order, fills) for intent, order in changed]


def _news(intent: Intent, order: ExchangeOrder) -> bool:
    if order.order_id != intent.order_id:
        # A second order under the same client id: reconciliation deals with it.
        return False
    return (
        order.status is not intent.status
        or order.executed_quantity > intent.executed_quantity
        or order.executed_quantity > intent.filled_quantity
    )


def _fills(
    exchange: Exchange, symbol: str, changed: Sequence[tuple[Intent, ExchangeOrder]]
) -> Sequence[Fill]:
    traded = [i for i, order in changed if order.executed_quantity > i.filled_quantity]
    if not traded:
        return ()
    since_ms = min(intent.sent_ms or intent.received_ms for intent in traded) - LOOK_BACK_MS
    return exchange.trades(symbol, since_ms)


def _book(desk: Desk, intent: Intent, order: ExchangeOrder, fills: Sequence[Fill]) -> Intent:
    now_ms = desk.time.now_ms()
    ours = [fill for fill in fills if fill.order_id == order.order_id]
    return desk.ledger.book(
        intent.id, order=order, fills=ours, now_ms=now_ms, next_wake_ms=now_ms + 1_000
    )
