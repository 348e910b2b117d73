"""After any doubt: look before sending.

Doubt is detected, not guessed (see `flows.identity`): a ledger that counts lower than Redis
remembers or lives in another database than it knew, a Redis that came back empty, the first
start. While it stands, an order we may have sent and forgotten is looked up by client id
before its first attempt.
"""

from dataclasses import replace

from orderdesk.contracts import PlaceOrder
from orderdesk.core.fence import GATEWAY_SKEW_MS, VISIBILITY_LAG_MS
from orderdesk.core.intents import Doubt, Draft, Intent
from orderdesk.core.tokens import Lane
from orderdesk.errors import NotYet
from orderdesk.flows import adopt, told
from orderdesk.ports import Desk

ABSENCE_KEPT_MS = 3_600_000
"""How long a proven absence is remembered; whoever asks later asks the exchange once more."""

REDIS_EMPTY = "REDIS_EMPTY"
FIRST_START = "FIRST_START"


def doubt_about(desk: Desk, command: PlaceOrder) -> Doubt | None:
    """Return the doubt that stands and that this command is not too young for."""
    doubt = desk.ledger.doubt()
    concerned = doubt is not None and doubt.concerns(
        key_minted=command.key_minted,
        received_ms=command.received_ms,
        now_ms=desk.time.now_ms(),
    )
    return doubt if concerned else None


def before_sending(desk: Desk, order: Draft, doubt: Doubt) -> Intent | None:
    """Return the intent adopted, if the exchange already has this order, or ended as its producer
    was told before; else None.

    Raises:
        IntentConflict: this call was told that its key names another order.
        ExchangeUnreachable: the question got no answer, so nothing may be sent.
        NotYet: a forgotten order may still be on its way to the book.
    """
    said = desk.queue.told(order.task_id)
    told.confirm_key(order, said)
    now_ms = desk.time.now_ms()
    settled_ms = absence_counts_from_ms(desk, doubt)
    if now_ms < settled_ms:
        desk.ledger.receive(order, now_ms=now_ms, next_wake_ms=settled_ms + 10_000)
        raise NotYet("the ledger was restored: orders it forgot may not show yet", 5_000)
    if desk.memory.kept(_absence(order, doubt)) is not None:
        return told.stands(desk, order, said)
    # In the orders' own lane: a look that may book further ahead than an order would take every
    # slot for as long as orders wait, and none would ever be sent.
    found = desk.exchange(order.account, Lane.PLACE).order(order.symbol, order.client_order_id)
    if found is None:
        _remember_absence(desk, order, doubt)
        return told.stands(desk, order, said)
    intent = desk.ledger.receive(order, now_ms=now_ms, next_wake_ms=now_ms + 10_000)
    # A row that only waited holds the size that was asked for, not the one that was sent.
    return adopt.found(desk, replace(intent, size=order.size), found)


def absence_counts_from_ms(desk: Desk, doubt: Doubt | None) -> int:
    """Return the exchange time from which on "not there" says anything; 0 is always.

    A restored ledger may have forgotten attempts, and those show as late as their fence + L; so
    may one whose standby took over.
    """
    if doubt is None or doubt.forgot_ms is None:
        return 0
    return _all_show_from_ms(desk, doubt.forgot_ms)


def _remember_absence(desk: Desk, order: Draft, doubt: Doubt) -> None:
    """Spare the order a second look when it finds no slot, goes back to the queue and returns.

    Whatever was sent before the doubt shows by now, and what is sent since has its attempt in
    this ledger: so what is not there now never was. Too early to say: it is looked for again.
    """
    if desk.time.now_ms() > _all_show_from_ms(desk, doubt.since_ms):
        desk.memory.keep(_absence(order, doubt), "absent", ABSENCE_KEPT_MS)


def _all_show_from_ms(desk: Desk, since_ms: int) -> int:
    return since_ms + desk.rules.window_ms + GATEWAY_SKEW_MS + VISIBILITY_LAG_MS


def _absence(order: Draft, doubt: Doubt) -> str:
    return f"absent:{doubt.since_ms}:{order.account}:{order.client_order_id}"
