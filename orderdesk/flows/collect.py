"""Collect the fills of orders that ended, per symbol: one trades query serves all that wait."""

from collections.abc import Mapping, Sequence

from orderdesk.core.answers import ExchangeOrder, Fill
from orderdesk.core.intents import Intent
from orderdesk.core.tokens import Lane
from orderdesk.flows import wake
from orderdesk.ports import Desk, Exchange

SINGLE_QUERIES = 4
"""Up to so many orders are asked one by one (weight 2 each); more come from one list (10)."""

LOOK_BACK_MS = 2_000
LEASE_MS = 10_000
AGAIN_MS = 300
"""A market order's trades show within moments; asking sooner only costs budget."""


def collect(desk: Desk, account: str, symbol: str) -> Sequence[Intent]:
    """Fetch ends and fills for every order of a symbol that waits for them; return those booked.

    Orders still not whole afterwards are asked for again shortly.

    Raises:
        ExchangeUnreachable: asking again is safe, and the sweep will.
        NotYet: no slot is near.
    """
    name = f"collect:{account}:{symbol}"
    if not desk.memory.once(name, LEASE_MS):
        return ()
    try:
        booked = _collect(desk, account, symbol)
    finally:
        desk.memory.release(name)
    for intent in booked:
        if intent.answerable and not wake.awaits_fills(intent):
            wake.owner(desk, intent)
    if any(wake.awaits_fills(i) for i in desk.ledger.awaiting_fills(account, symbol)):
        fields = {"account": account, "symbol": symbol}
        desk.queue.publish("collect_fills", fields, delay_ms=AGAIN_MS)
    return booked


def _collect(desk: Desk, account: str, symbol: str) -> list[Intent]:
    waiting = [i for i in desk.ledger.awaiting_fills(account, symbol) if i.order_id is not None]
    if not waiting:
        return []
    exchange = desk.exchange(account, Lane.POLL)
    # Orders first, trades second: a trade can then be missing from neither unless it is newer.
    orders = _orders(exchange, waiting)
    since_ms = min(_since_ms(intent, orders) for intent in waiting) - LOOK_BACK_MS
    trades = exchange.trades(symbol, since_ms)
    return [_book(desk, intent, orders, trades) for intent in waiting]


def _orders(exchange: Exchange, waiting: Sequence[Intent]) -> Mapping[str, ExchangeOrder]:
    """Return the waiting orders by exchange id, as cheaply as their number allows."""
    if len(waiting) <= SINGLE_QUERIES:
        shown = _shown(exchange, waiting)
        # The venue accepts a client id twice; then a lookup by it may show the other order.
        if shown.keys() <= {intent.order_id for intent in waiting}:
            return shown
    since_ms = min(_since_ms(intent, {}) for intent in waiting) - LOOK_BACK_MS
    rows = exchange.all_orders(waiting[0].symbol, since_ms)
    listed = {order.order_id: order for order in rows}
    # One that was adopted without its attempt has no stamp of ours to list it from.
    rest = [intent for intent in waiting if intent.order_id not in listed]
    return _shown(exchange, rest) | listed


def _shown(exchange: Exchange, waiting: Sequence[Intent]) -> dict[str, ExchangeOrder]:
    found = [exchange.order(intent.symbol, intent.client_order_id) for intent in waiting]
    return {order.order_id: order for order in found if order is not None}


def _since_ms(intent: Intent, orders: Mapping[str, ExchangeOrder]) -> int:
    """Return since when the exchange may list an order, by the exchange's own clock."""
    order = orders.get(intent.order_id or "")
    ours_ms = intent.sent_ms or intent.received_ms
    return ours_ms if order is None else min(ours_ms, order.created_ms)


def _book(
    desk: Desk, intent: Intent, orders: Mapping[str, ExchangeOrder], trades: Sequence[Fill]
) -> Intent:
    now_ms = desk.time.now_ms()
    return desk.ledger.book(
        intent.id,
        order=orders.get(intent.order_id or ""),
        fills=[fill for fill in trades if fill.order_id == intent.order_id],
        now_ms=now_ms,
        next_wake_ms=now_ms + 1_000,
    )
