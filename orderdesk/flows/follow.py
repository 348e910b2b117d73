"""Follow resting orders to their end: one open-orders question a symbol, not one per order.

Beat calls this every second, any worker may run it; each symbol is asked for at its own pace
(`core/following.py`), by whoever comes first. Nothing is asked for what has ended.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import groupby

from orderdesk.core.answers import ExchangeOrder, Fill
from orderdesk.core.following import every_ms
from orderdesk.core.intents import Intent
from orderdesk.core.tokens import Lane
from orderdesk.errors import DeskError, StoreUnavailable
from orderdesk.ports import Desk, Exchange

LOOK_BACK_MS = 2_000

SINGLE_QUERIES = 4
"""So many orders that are no longer listed are asked for one by one (weight 2 each); more come
from one list (weight 10), however many vanish at once."""


def follow(desk: Desk, account: str) -> Sequence[Intent]:
    """Bring resting orders up to date, symbol by symbol as each is due; return those that moved.

    Raises:
        ExchangeUnreachable: a question got no answer; the next cycle asks again.
        NotYet: the lane's budget is used; the next cycle goes on with the symbols left.
    """
    resting = [i for i in desk.ledger.resting(account) if not i.size.type.ends_at_once]
    resting.sort(key=lambda intent: intent.symbol)
    groups = {s: list(group) for s, group in groupby(resting, key=lambda intent: intent.symbol)}
    now_ms = desk.time.now_ms()
    moved: list[Intent] = []
    for symbol, intents in groups.items():
        pace_ms = every_ms(now_ms - max(map(_moved_ms, intents)), len(groups))
        name = f"follow:{account}:{symbol}"
        # A little less than the pace: beat's own second must not turn one into two.
        if desk.memory.once(name, pace_ms - 100):
            with _asked_again_if_it_fails(desk, name):
                moved += _symbol(desk, desk.exchange(account, Lane.POLL), symbol, intents)
    return moved


@contextmanager
def _asked_again_if_it_fails(desk: Desk, name: str) -> Iterator[None]:
    """Give the symbol's turn back if it was not used: the next cycle goes on from there."""
    try:
        yield
    except DeskError:
        with suppress(StoreUnavailable):
            desk.memory.release(name)
        raise


def _moved_ms(intent: Intent) -> int:
    return max(intent.sent_ms or 0, intent.received_ms, intent.filled_ms or 0)


def _symbol(desk: Desk, exchange: Exchange, symbol: str, intents: list[Intent]) -> list[Intent]:
    listed = {order.order_id: order for order in exchange.open_orders(symbol)}
    gone = [intent for intent in intents if intent.order_id not in listed]
    shown = listed | _gone(exchange, symbol, gone)
    pairs = [(i, shown[i.order_id or ""]) for i in intents if i.order_id in shown]
    changed = [(intent, order) for intent, order in pairs if _news(intent, order)]
    fills = _fills(exchange, symbol, changed)
    return [_book(desk, intent, order, fills) for intent, order in changed]


def _gone(exchange: Exchange, symbol: str, gone: Sequence[Intent]) -> dict[str, ExchangeOrder]:
    """Return orders that are not open (any more), by exchange id: ended, or not visible yet."""
    if not gone:
        return {}
    if len(gone) <= SINGLE_QUERIES:
        asked = [exchange.order(symbol, intent.client_order_id) for intent in gone]
        return {order.order_id: order for order in asked if order is not None}
    since_ms = min(intent.sent_ms or intent.received_ms for intent in gone) - LOOK_BACK_MS
    return {order.order_id: order for order in exchange.all_orders(symbol, since_ms)}


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
    # Fills up to the last one we have are here already; what came since is asked for.
    since_ms = min(i.filled_ms or i.sent_ms or i.received_ms for i in traded) - LOOK_BACK_MS
    return exchange.trades(symbol, since_ms)


def _book(desk: Desk, intent: Intent, order: ExchangeOrder, fills: Sequence[Fill]) -> Intent:
    now_ms = desk.time.now_ms()
    ours = [fill for fill in fills if fill.order_id == order.order_id]
    return desk.ledger.book(
        intent.id, order=order, fills=ours, now_ms=now_ms, next_wake_ms=now_ms + 1_000
    )
