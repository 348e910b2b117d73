"""Do what can be done about one finding of a reconciliation, and tell what a person must know."""

from collections.abc import Sequence
from dataclasses import dataclass

from orderdesk.core.answers import Fill
from orderdesk.core.events import Event, EventKind
from orderdesk.core.intents import Intent
from orderdesk.core.orders import ON_EXCHANGE, OrderStatus
from orderdesk.core.reconcile import TREATMENT, Action, Finding, Kind
from orderdesk.core.tokens import Lane
from orderdesk.flows import adopt, poll
from orderdesk.ports import Desk

TELL_AGAIN_MS = 7 * 86_400_000
"""What stands is in every report, and is told as an event once a week."""

_TOLD_AS = {
    Kind.ORPHAN: EventKind.ORPHAN_ORDER,
    Kind.FOREIGN: EventKind.FOREIGN_ORDER,
}
"""Other alarms are told as MISMATCH, with their kind in the data; of a DUPLICATE and of late
evidence the ledger tells itself."""


@dataclass(frozen=True, slots=True)
class Done:
    """What was done about a finding."""

    action: Action
    outcome: str


def treat(
    desk: Desk, account: str, finding: Finding, fills: Sequence[Fill]
) -> tuple[Finding, Done]:
    """Heal a finding or tell it; return it with what was done.

    `fills` is what the exchange lists of its order.
    """
    action = TREATMENT[finding.kind].action
    if finding.intent and finding.intent.status is OrderStatus.QUARANTINED:
        # Only a person ends a quarantine (`orderdesk answer`), whatever the lists show.
        return finding, Done(Action.NOTED, "stands before a person")
    if action is Action.HEALED:
        done = _healed(desk, finding, fills)
    else:
        done = Done(action, _surplus(desk, finding, fills))
    if done.action is not Action.HEALED:
        _tell_once(desk, account, finding)
    return finding, done


def order_id_of(finding: Finding) -> str:
    """Return the exchange's id of the order that a finding is about, or nothing."""
    if finding.order is not None:
        return finding.order.order_id
    if finding.fill is not None:
        return finding.fill.order_id
    return (finding.intent.order_id or "") if finding.intent else ""


def _healed(desk: Desk, finding: Finding, fills: Sequence[Fill]) -> Done:
    intent, order = finding.intent, finding.order
    if intent is None:
        return Done(Action.NOTED, "")
    if finding.kind is Kind.MISSING_THERE:
        return _asked(desk, intent)
    if finding.kind is Kind.MISSING_HERE and order is not None and not intent.ended:
        adopted = adopt.found(desk, intent, order)
        if adopted.status is OrderStatus.QUARANTINED:
            return Done(Action.ALARMED, "before a person: it is not what we sent")
    now_ms = desk.time.now_ms()
    after = desk.ledger.book(
        intent.id, order=order, fills=fills, now_ms=now_ms, next_wake_ms=now_ms + 1_000
    )
    return Done(Action.HEALED, f"booked: {after.status}, {after.fills} fills")


def _asked(desk: Desk, intent: Intent) -> Done:
    """Ask for an order that no list shows; an accepted one cannot have vanished."""
    exchange = desk.exchange(intent.account, Lane.POLL)
    order = exchange.order(intent.symbol, intent.client_order_id)
    if order is None:
        return Done(Action.ALARMED, "its own query does not show it either")
    after = poll.booked(desk, intent, order, lane=Lane.POLL)
    return Done(Action.HEALED, f"asked: {after.status}, {after.fills} fills")


def _surplus(desk: Desk, finding: Finding, fills: Sequence[Fill]) -> str:
    """Book a second order under one client id, and cancel what is open of it."""
    intent, order = finding.intent, finding.order
    if finding.kind is not Kind.DUPLICATE or intent is None or order is None:
        return ""
    # The ledger alarms it, once; the first order stays the intent's own.
    now_ms = desk.time.now_ms()
    desk.ledger.book(intent.id, order=order, fills=fills, now_ms=now_ms)
    if order.status not in ON_EXCHANGE:
        return "booked"
    exchange = desk.exchange(intent.account, Lane.CANCEL)
    exchange.cancel_by_order_id(order.symbol, order.order_id)
    return "booked, surplus canceled"


def _tell_once(desk: Desk, account: str, finding: Finding) -> None:
    if finding.kind is Kind.DUPLICATE:
        return
    key = finding.intent.idempotency_key if finding.intent else ""
    about = finding.fill.trade_id if finding.fill else order_id_of(finding) or key
    if not desk.memory.once(f"found:{finding.kind}:{about}", TELL_AGAIN_MS):
        return
    desk.ledger.tell(
        Event(
            _TOLD_AS.get(finding.kind, EventKind.MISMATCH),
            desk.time.now_ms(),
            account=account,
            order=key,
            data={
                "kind": str(finding.kind),
                "symbol": finding.symbol,
                "order_id": order_id_of(finding),
                "detail": finding.detail or TREATMENT[finding.kind].meaning,
            },
        )
    )
