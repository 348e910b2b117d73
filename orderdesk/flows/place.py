"""Place one order: the promise's own story (docs/architecture.md draws it).

Known intent? → resume, never resend. Pre-flight (LIVE only), then rules → a refusal is an
answer. Throttle → wait for the slot. Open the attempt → one transaction, before the wire.
POST → once. Settle → one transaction. Nothing in here sends twice; what is unclear belongs
to `resolve`.
"""

import hashlib
from collections.abc import Callable

from orderdesk.contracts import PlaceOrder
from orderdesk.core.answers import Accepted, Answer, Refused, Unclear, Unsent, Why
from orderdesk.core.intents import Draft, Intent, Opened
from orderdesk.core.order_ids import client_order_id
from orderdesk.core.orders import OrderStatus
from orderdesk.core.tokens import Lane
from orderdesk.errors import (
    DeskError,
    IntentConflict,
    InvalidOrder,
    LedgerUnavailable,
    NotInTime,
    NotYet,
    StoreUnavailable,
    Transient,
)
from orderdesk.flows import clearance, draft, first_look, gate, kill_switch, look, pause, wake
from orderdesk.flows.pacing import Pacer
from orderdesk.ports import Desk, NewOrder

CLOCK_NOES_BEFORE_PAUSE = 3
"""So many clock noes in a row pause the venue until its clock is measured again."""


def place(desk: Desk, command: PlaceOrder, *, task_id: str) -> Intent:
    """Bring an intent one step to its end, and return it as it stands.

    If the returned intent is not `answerable`, somebody else finishes it: its live owner,
    `resolve` or the sweep.

    Raises:
        IntentConflict: the key already names an order with other parameters.
        NotInTime: it had trouble, and its deadline has passed meanwhile.
        NotYet: no slot is near; come back then, it costs no retry.
        Transient: provably not placed by this attempt; another may follow.
    """
    known = desk.ledger.intent(command.account, command.idempotency_key)
    if known is not None and not _to_be_sent(known, command):
        return known
    order = draft.commanded(desk, command, known, task_id=task_id)
    try:
        return _bring_forward(desk, command, order, known=known)
    except DeskError as error:
        _keep(desk, order, error)
        raise


def _bring_forward(
    desk: Desk, command: PlaceOrder, commanded: Draft, *, known: Intent | None
) -> Intent:
    doubt = look.doubt_about(desk, command)
    if doubt is None:
        _confirm_in_time(desk, known)
        if (ended := _ended_unasked(desk, commanded)) is not None:
            return ended
    order, refusal, verdict = draft.fitted(desk, commanded)
    if doubt is not None and not draft.names_nothing(refusal):
        # Before any no of ours: what we may have forgotten can be neither late nor too large.
        found = look.before_sending(desk, order, doubt)
        if found is not None:
            return wake.for_what_is_left(desk, found)
        _confirm_in_time(desk, known)
        if (ended := _ended_unasked(desk, order)) is not None:
            return ended
    if refusal is not None:
        return desk.ledger.refuse(order, refusal, now_ms=desk.time.now_ms(), verdict=verdict)
    opened = _open(desk, order)
    if isinstance(opened, Intent):
        return opened
    return _send(desk, opened)


def _ended_unasked(desk: Desk, order: Draft) -> Intent | None:
    """End what must not be sent: the switch is engaged, or the desk is not cleared for LIVE."""
    stopped = kill_switch.stopped(desk, order)
    if stopped is not None:
        return stopped
    unfit = clearance.refusal(desk, order.account)
    return None if unfit is None else desk.ledger.refuse(order, unfit, now_ms=desk.time.now_ms())


def _to_be_sent(known: Intent, command: PlaceOrder) -> bool:
    """True if a known intent still waits for its (next) attempt; a conflict raises."""
    if known.parameter_hash != command.parameter_hash:
        raise IntentConflict(
            f"idempotency_key={command.idempotency_key!r} already names another order "
            f"({known.size.side} {known.symbol}); use a new key for a new order",
            "idempotency_key",
            command.idempotency_key,
            "one key, one order",
        )
    return known.status is OrderStatus.RECEIVED


def _open(desk: Desk, order: Draft) -> Opened | Intent:
    """Wait for the slot, then write the attempt down; or return the intent that needs none."""
    first_look.confirm(desk, order.account)
    pacer = Pacer(
        desk.throttle,
        desk.clock,
        account=order.account,
        lane=Lane.PLACE,
        sleep_bound_ms=desk.rules.sleep_bound_ms,
        late_ms=desk.rules.late_ms,
    )
    window_ms = desk.rules.window_ms
    desk.time.prepare(window_ms)
    cost = desk.exchange(order.account, Lane.PLACE).place_cost
    slot = pacer(cost)
    # The throttle comes first and the stamp after it: a stamp ages, a slot does not.
    throttled = draft.with_slot(order, desk.time.now_ms())
    opened = desk.ledger.open_attempt(
        throttled,
        stamp=lambda: desk.time.stamp_ms(window_ms),
        window_ms=window_ms,
        request_hash=_hash_of(throttled),
        gate=lambda final, standing: gate.judge(desk, final, standing),
    )
    if isinstance(opened, Opened):
        _remember(desk, opened)
        by_ms = desk.time.monotonic_at(opened.attempt.window.send_by_ms)
        _or_unsent(desk, opened, lambda: pacer.renew(cost, slot, by_ms=by_ms))
    return opened


def _remember(desk: Desk, opened: Opened) -> None:
    """Have Redis remember the attempt before its bytes leave.

    A restored ledger is noticed by its lower counter; so if Redis cannot remember, nothing
    is sent and the attempt closes as unsent.
    """
    _or_unsent(desk, opened, lambda: desk.memory.note_attempt(opened.attempt.id))


def _or_unsent(desk: Desk, opened: Opened, prepare: Callable[[], object]) -> None:
    """Do what an attempt needs before its bytes; if that fails it closes as unsent."""
    try:
        prepare()
    except (StoreUnavailable, NotYet) as error:
        unsent = Unsent(f"it was held back: {error}")
        desk.ledger.settle(opened.attempt.id, unsent, now_ms=desk.time.now_ms())
        raise


def _confirm_in_time(desk: Desk, known: Intent | None) -> None:
    """Raise if a waiting intent has waited too long; a new one is judged when it opens."""
    if known is None or desk.time.now_ms() + desk.rules.window_ms <= known.deadline_ms:
        return
    raise NotInTime(
        f"{known.idempotency_key} was not placed within its time, after {known.attempts} "
        f"attempts and {known.wakes} wake-ups; the dead letter can be replayed"
    )


def _keep(desk: Desk, order: Draft, error: DeskError) -> None:
    """Write an intent down that did not get through: the sweep then knows it, its deadline can
    end it, and so can its dead letter, which can be replayed.
    """
    if isinstance(error, LedgerUnavailable | InvalidOrder):
        return
    now_ms = desk.time.now_ms()
    wake_ms = now_ms + (error.retry_after_ms or 0) + 10_000
    desk.ledger.receive(order, now_ms=now_ms, next_wake_ms=wake_ms)


def _send(desk: Desk, opened: Opened) -> Intent:
    """Send the attempt's bytes once, by T + W/2 or not at all, and book the answer."""
    intent, window = opened.intent, opened.attempt.window
    exchange = desk.exchange(intent.account, Lane.PLACE)
    answer = exchange.place(
        NewOrder(intent.symbol, intent.client_order_id, intent.size),
        stamp_ms=window.stamp_ms,
        window_ms=window.window_ms,
        send_by_ms=desk.time.monotonic_at(window.send_by_ms),
    )
    settled = desk.ledger.settle(opened.attempt.id, answer, now_ms=desk.time.now_ms())
    _heed(desk, settled, answer)
    return wake.for_what_is_left(desk, settled)


def _heed(desk: Desk, intent: Intent, answer: Answer) -> None:
    """Do what an answer asks of the desk, beyond the order itself.

    Raises:
        Transient: this attempt is provably over and the intent may have another.
    """
    if isinstance(answer, Accepted):
        return
    if isinstance(answer, Unclear):
        pause.after_unclear(desk, intent.account, answer)
        return
    if isinstance(answer, Refused):
        _heed_refusal(desk, intent, answer)
    if intent.status is OrderStatus.RECEIVED:
        why = answer.reason if isinstance(answer, Unsent) else f"{answer.code} {answer.message}"
        retry_after_ms = answer.retry_after_ms if isinstance(answer, Refused) else None
        if isinstance(answer, Refused) and answer.why is Why.CLOCK:
            retry_after_ms = 0
        raise Transient(f"attempt {intent.attempts} was not placed: {why}", retry_after_ms)


def _heed_refusal(desk: Desk, intent: Intent, answer: Refused) -> None:
    if answer.why is Why.CLOCK:
        if intent.attempts >= CLOCK_NOES_BEFORE_PAUSE:
            pause.until_in_step(desk, intent.account)
        desk.time.measure()
    elif answer.why is Why.RATE:
        pause.after_rate(desk, intent.account, answer)
    elif answer.why is Why.AUTH:
        pause.after_denied(desk, intent.account, f"{answer.code} {answer.message}")
    elif answer.symbol_off:
        desk.markets.disable(intent.symbol, f"{answer.code} {answer.message}")


def _hash_of(order: Draft) -> str:
    """Hash what would be sent, so that the story can show two attempts were the same order."""
    size = order.size
    text = "|".join(
        str(part)
        for part in (
            order.symbol,
            client_order_id(order.account, order.idempotency_key),
            size.side,
            size.type,
            size.quantity,
            size.quote_quantity,
            size.price,
        )
    )
    return hashlib.sha256(text.encode()).hexdigest()
