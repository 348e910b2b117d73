"""The kill switch at work: cancel what rests, again and again, until nothing can be open.

The switch itself is one commit (`kill_switch.engage`): from there on no attempt opens. What was
on its way then may still land until T + W + d and show until L later; so the sweeps go on until
then, and only empty lists of open orders end them. Until then: ENGAGED, NOT YET VERIFIED.

Every step may be repeated by anybody, at any time; the ledger and the exchange are enough.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from orderdesk.contracts import PlaceOrder, checked
from orderdesk.core.answers import ExchangeOrder
from orderdesk.core.intents import Intent, Switch
from orderdesk.core.order_ids import is_ours
from orderdesk.core.orders import IN_DOUBT, ON_EXCHANGE, OrderStatus
from orderdesk.core.tokens import Lane
from orderdesk.errors import (
    DeskError,
    ExchangeDenied,
    ExchangeRefused,
    ExchangeUnreachable,
    NotYet,
    StoreUnavailable,
)
from orderdesk.flows import kill_cancels, place, resolve, taken_up, wake
from orderdesk.flows.kill_switch import standing
from orderdesk.flows.never_sent import never_sent
from orderdesk.ports import Desk, Exchange

_LEASE = "kill"

AT_MOST = 500
"""So many waiting orders are ended a sweep; the next one goes on."""

BOOK_BACK_MS = 2_000

LEASE_MS = 15_000
"""One sweep at a time; one that died frees it after this."""

VERIFIED_EVERY_MS = 60_000
"""Once verified, a kill is swept at the pace of orders that stand before a person."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """What one sweep left."""

    switch: Switch
    denied: int
    """Waiting orders that it ended."""
    still_open: tuple[str, ...]
    """Keys of orders that rest or may rest, as far as we know."""
    foreign: int
    """Open orders on our symbols that are not ours and were left alone."""
    quiet_from_ms: int
    """Exchange time from which nothing that was on its way can show any more."""

    @property
    def verified(self) -> bool:
        """True once it is proven that nothing is open."""
        return self.switch.verified_ms is not None


def sweep(desk: Desk) -> Sweep | None:
    """Bring a kill one step further; None if the switch is not engaged.

    Raises:
        NotYet: no slot is near; come back then.
        ExchangeUnreachable: the exchange gave no answer; the next sweep goes on.
        ExchangeRefused: it would not say what is open on some symbol; the others are done.
        LedgerUnavailable: nothing is known without it.
    """
    switch = standing(desk)
    if switch is None:
        return None
    denied = _end_what_waits(desk, switch)
    quiet_from_ms = desk.ledger.proof_ms()
    refused = [no for name in desk.rules.accounts for no in kill_cancels.cancel(desk, name)]
    # The exchange's own clock, read before the questions: what they show is at least as new.
    asked_ms = desk.exchange(desk.rules.accounts[0], Lane.RESOLVE).time_ms()
    left = _look(desk, refused)
    ours = [order for order in left if is_ours(order.client_order_id)]
    live = [i for account in desk.rules.accounts for i in desk.ledger.live(account)]
    bound = left if desk.rules.kills_foreign else ours
    in_question = [i for i in live if i.status is not OrderStatus.QUARANTINED]
    if not bound and not in_question and asked_ms > quiet_from_ms:
        desk.ledger.verify_kill(engaged_ms=switch.at_ms, now_ms=desk.time.now_ms())
    return Sweep(
        switch=standing(desk) or switch,
        denied=denied,
        still_open=tuple(dict.fromkeys(_names(live, bound))),
        foreign=len(left) - len(ours),
        quiet_from_ms=quiet_from_ms,
    )


def tend(desk: Desk) -> Sweep | None:
    """Do what `sweep` does, but not beside another sweep, and seldom once it is verified.

    Returns None if there was nothing to do. Raises as `sweep` does.
    """
    switch = standing(desk)
    if switch is None:
        return None
    try:
        ours = _ours(desk, switch)
    except StoreUnavailable:
        return _sweep_alone(desk)
    if not ours:
        return None
    try:
        return sweep(desk)
    finally:
        if switch.verified_ms is None:
            with suppress(StoreUnavailable):
                desk.memory.release(_LEASE)


def _ours(desk: Desk, switch: Switch) -> bool:
    """True if nobody else sweeps now. Raises `StoreUnavailable`: without Redis nobody can tell."""
    if switch.verified_ms is not None:
        return desk.memory.once(f"{_LEASE}:verified", VERIFIED_EVERY_MS)
    return desk.memory.once(_LEASE, LEASE_MS)


def _sweep_alone(desk: Desk) -> Sweep | None:
    """Sweep without Redis, beside others perhaps, which does no harm; then end doubts as well.

    No worker asks now what became of an order whose sender died, and while that is in question
    nothing is verified. What is learnt here counts at the next sweep: a question that is answered
    late, or not at all, must not keep a cancel waiting.
    """
    swept = sweep(desk)
    in_question = {
        (account, intent.symbol)
        for account in desk.rules.accounts
        for intent in desk.ledger.live(account)
        if intent.status in IN_DOUBT
    }
    with suppress(ExchangeUnreachable, NotYet):
        for account, symbol in sorted(in_question):
            # What is learnt is in the ledger before anybody is told, which cannot be done now.
            with suppress(StoreUnavailable):
                resolve.resolve(desk, account, symbol)
    return swept


def still_open(desk: Desk) -> list[Intent]:
    """Return what rests or may rest, by the ledger alone."""
    live = (i for account in desk.rules.accounts for i in desk.ledger.live(account))
    return [intent for intent in live if intent.status in ON_EXCHANGE | IN_DOUBT]


def _end_what_waits(desk: Desk, switch: Switch) -> int:
    """End DENIED what waits to be sent: rows of the ledger, and commands without a row yet."""
    ended: list[Intent] = []
    for account in desk.rules.accounts:
        ended += desk.ledger.stand_down(
            account, reason=switch.reason, now_ms=desk.time.now_ms(), limit=AT_MOST
        )
    # Without Redis nobody can be told now, and nothing more can come in.
    with suppress(StoreUnavailable):
        for intent in ended:
            wake.owner(desk, intent)
        return len(ended) + _end_what_is_queued(desk)
    return len(ended)


def _end_what_is_queued(desk: Desk) -> int:
    """Run commands of the intake that have no row yet: each ends DENIED without a wait."""
    doubt = desk.ledger.doubt()
    if doubt is not None and desk.time.now_ms() < doubt.until_ms:
        # They are looked for before they are refused; that takes their own way, and its time.
        return 0
    entries = [
        entry
        for entry in desk.intake.entries(desk.intake.cursor(), AT_MOST)
        if entry.task == "place_order"
    ]
    known = taken_up.among(desk, entries)
    ended = 0
    for entry in entries:
        if entry.entry_id in known:
            continue
        # What cannot be read takes its usual way.
        with suppress(DeskError):
            fields = {**entry.fields, "intake_entry": entry.entry_id}
            command = checked(PlaceOrder, fields)
            ended += place.place(desk, command, task_id=entry.task_id).ended
    return ended


def _look(desk: Desk, refused: list[ExchangeRefused]) -> list[ExchangeOrder]:
    """Return what is open on every account, having cancelled what is ours.

    A symbol of which the venue does not speak (delisted, or off for this key) keeps none of the
    others from being looked at; it is told when they are done, for there nothing is proven.
    `refused` holds the cancels that were refused, which are told then, too.
    """
    found = [order for name in desk.rules.accounts for order in _look_at(desk, name, refused)]
    if refused:
        raise refused[0]
    return found


def _look_at(desk: Desk, account: str, refused: list[ExchangeRefused]) -> list[ExchangeOrder]:
    """Read what is open, cancel what is ours and still there, and book what has ended.

    In the lane that makes sure first whose account it is: nothing is verified on another's.
    """
    exchange = desk.exchange(account, Lane.RESOLVE)
    found: list[ExchangeOrder] = []
    for symbol in kill_cancels.traded_symbols(desk, account, desk.ledger.live(account)):
        try:
            listed = list(exchange.open_orders(symbol))
            _book(desk, exchange, account, symbol=symbol, listed=listed)
        except ExchangeDenied:
            raise
        except ExchangeRefused as error:
            if not never_sent(desk, account, symbol, since_ms=kill_cancels.since_ms(desk)):
                refused.append(ExchangeRefused(f"{symbol}: {error}", error.code))
            continue
        found += [order for order in listed if order.status in ON_EXCHANGE]
    known = {intent.order_id for intent in desk.ledger.live(account)}
    for order in found:
        # One that the ledger does not know (any more), under our own prefix.
        if is_ours(order.client_order_id) and order.order_id not in known:
            exchange.cancel_by_order_id(order.symbol, order.order_id)
    return found


def _book(
    desk: Desk, exchange: Exchange, account: str, *, symbol: str, listed: Sequence[ExchangeOrder]
) -> None:
    """Learn from one list what became of all that is not open any more."""
    open_ids = {order.order_id for order in listed}
    gone = [
        intent
        for intent in desk.ledger.live(account)
        if intent.symbol == symbol
        and intent.status in ON_EXCHANGE
        and intent.order_id not in open_ids
    ]
    if not gone:
        return
    since_ms = min(intent.sent_ms or intent.received_ms for intent in gone) - BOOK_BACK_MS
    orders = {order.order_id: order for order in exchange.all_orders(symbol, since_ms)}
    for intent in gone:
        order = orders.get(intent.order_id or "")
        if order is None:
            order = exchange.order(symbol, intent.client_order_id)
        if order is not None and order.order_id == intent.order_id:
            now_ms = desk.time.now_ms()
            after = desk.ledger.book(
                intent.id, order=order, fills=(), now_ms=now_ms, next_wake_ms=now_ms
            )
            with suppress(StoreUnavailable):
                wake.for_what_is_left(desk, after)


def _names(live: Sequence[Intent], orders: Sequence[ExchangeOrder]) -> Iterable[str]:
    known = {intent.client_order_id: intent.idempotency_key for intent in live}
    for intent in live:
        if intent.status in ON_EXCHANGE | IN_DOUBT:
            yield intent.idempotency_key
    for order in orders:
        name = str(order.client_order_id)
        yield known.get(name, name)
