"""How a sweep of a kill cancels: all at once where that is allowed, else ours one by one.

What became of it, and whether that is proven, is in `kill.py`.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress

from orderdesk.core.fence import VISIBILITY_LAG_MS
from orderdesk.core.intents import Intent
from orderdesk.core.orders import IN_DOUBT, ON_EXCHANGE
from orderdesk.core.tokens import Lane
from orderdesk.errors import ExchangeDenied, ExchangeRefused, ExchangeUnreachable, NotYet
from orderdesk.flows.reconcile import LOOK_BACK_MS
from orderdesk.ports import Desk, Exchange

CANCELS_FOR_MS = 5_000
"""So long a sweep cancels one by one before it looks what became of them."""


def cancel(desk: Desk, account: str) -> list[ExchangeRefused]:
    """Cancel whatever may rest: all at once where that is allowed, else ours one by one.

    Returns the refusals: one order that the venue will not cancel keeps no other one open.
    """
    refused: list[ExchangeRefused] = []
    exchange = desk.exchange(account, Lane.CANCEL)
    live = [i for i in desk.ledger.live(account) if i.status in ON_EXCHANGE | IN_DOUBT]
    if desk.rules.kills_foreign and _cancel_at_once(desk, exchange, account, live):
        return refused
    deadline_ms = desk.clock.monotonic_ms() + CANCELS_FOR_MS
    for intent in _in_turn(desk, exchange, live):
        try:
            if not _cancel_one(desk, exchange, intent, deadline_ms):
                break
        except ExchangeDenied:
            raise
        except ExchangeRefused as error:
            refused.append(ExchangeRefused(f"{intent.symbol}: {error}", error.code))
    return refused


def _cancel_one(desk: Desk, exchange: Exchange, intent: Intent, deadline_ms: int) -> bool:
    """Cancel one, waiting for its slot; False when the time of this sweep is used up.

    A sweep that ended at the first missing slot would begin with the same orders again, and
    never come to the last ones.
    """
    while True:
        try:
            exchange.cancel(intent.symbol, intent.client_order_id)
        except NotYet as error:
            wait_ms = max(1, error.retry_after_ms or 0)
            if desk.clock.monotonic_ms() + wait_ms > deadline_ms:
                return False
            desk.clock.sleep_ms(wait_ms)
        else:
            return desk.clock.monotonic_ms() < deadline_ms


def _cancel_at_once(desk: Desk, exchange: Exchange, account: str, live: Sequence[Intent]) -> bool:
    """Cancel the account whole, or else each symbol whole; False if neither was taken."""
    with suppress(ExchangeRefused, ExchangeUnreachable):
        exchange.cancel_everything()
        return True
    taken = True
    for symbol in traded_symbols(desk, account, live):
        try:
            exchange.cancel_open(symbol)
        except (ExchangeRefused, ExchangeUnreachable):
            taken = False
    return taken


def _in_turn(desk: Desk, exchange: Exchange, live: Sequence[Intent]) -> list[Intent]:
    """Put what is listed as open first, then what is in doubt; leave out what has surely ended.

    What was cancelled counts as live until it is booked: a sweep that began with the same orders
    each time would spend its slots on those, and never come to the last ones.
    """
    try:
        symbols = {intent.symbol for intent in live}
        listed = {o.order_id for symbol in sorted(symbols) for o in exchange.open_orders(symbol)}
    except (NotYet, ExchangeUnreachable, ExchangeRefused):
        return sorted(live, key=lambda intent: intent.status not in ON_EXCHANGE)
    shows_ms = desk.time.now_ms() - VISIBILITY_LAG_MS
    may_be_open = [
        intent
        for intent in live
        # Younger than L an order may be open and on no list yet (A3).
        if intent.order_id in listed
        or intent.status not in ON_EXCHANGE
        or (intent.sent_ms or 0) > shows_ms
    ]
    return sorted(may_be_open, key=lambda intent: intent.order_id not in listed)


def traded_symbols(desk: Desk, account: str, live: Iterable[Intent]) -> list[str]:
    """Return every symbol that may hold an order of this account."""
    traded = desk.ledger.traded_symbols(account, since_ms(desk))
    return sorted({*traded, *(intent.symbol for intent in live)})


def since_ms(desk: Desk) -> int:
    """Return the time from which on orders count that have ended."""
    return desk.time.now_ms() - LOOK_BACK_MS
