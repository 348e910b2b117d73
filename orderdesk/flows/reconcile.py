"""Reconcile the ledger with the exchange, order by order; heal what can be healed."""

from collections.abc import Iterator, Sequence

from orderdesk.contracts import Reconcile, ReconcileReport
from orderdesk.core.answers import ExchangeOrder
from orderdesk.core.events import Event, EventKind
from orderdesk.core.intents import Intent
from orderdesk.core.order_ids import is_ours
from orderdesk.core.orders import ON_EXCHANGE, OrderStatus
from orderdesk.core.reconcile import Finding, Kind, compare
from orderdesk.core.tokens import Lane
from orderdesk.flows import adopt, poll
from orderdesk.ports import Desk, Exchange

LOOK_BACK_MS = 6 * 86_400_000
"""MEXC lists orders for 7 days (allOrders, docs of Jan 2026); a day less leaves room for clocks."""

_TOLD_AS = {
    Kind.ORPHAN: EventKind.ORPHAN_ORDER,
    Kind.FOREIGN: EventKind.FOREIGN_ORDER,
    Kind.MISMATCH: EventKind.MISMATCH,
}


def reconcile(desk: Desk, command: Reconcile) -> ReconcileReport:
    """Compare every symbol traded within the look-back, or the one that is named.

    Raises:
        ExchangeUnreachable: a list could not be read whole; nothing is concluded from it.
        NotYet: the lane's budget is used.
    """
    now_ms = desk.time.now_ms()
    exchange = desk.exchange(command.account, Lane.POLL)
    symbols = (
        [command.symbol]
        if command.symbol
        else list(desk.ledger.traded_symbols(command.account, now_ms - LOOK_BACK_MS))
    )
    lines: list[str] = []
    compared = 0
    for symbol in symbols:
        count, findings = _symbol(desk, exchange, command.account, symbol)
        compared += count
        lines += findings
    return ReconcileReport(
        account=command.account,
        at_ms=now_ms,
        symbols=tuple(symbols),
        compared=compared,
        findings=tuple(lines),
    )


def _symbol(desk: Desk, exchange: Exchange, account: str, symbol: str) -> tuple[int, list[str]]:
    since_ms = desk.time.now_ms() - LOOK_BACK_MS
    theirs = [*exchange.all_orders(symbol, since_ms), *exchange.open_orders(symbol)]
    # Ours are read after theirs, so that an order placed meanwhile is no orphan.
    recent = desk.ledger.intents_since(account, symbol, since_ms)
    ours = [*recent, *_older(desk, account, recent, theirs)]
    return len(ours), list(_lines(desk, account, compare(ours, theirs)))


def _older(
    desk: Desk, account: str, recent: Sequence[Intent], theirs: Sequence[ExchangeOrder]
) -> Iterator[Intent]:
    """Return the intents of listed orders that are older than the look-back: they rest since."""
    known = {intent.client_order_id for intent in recent}
    for name in sorted({str(order.client_order_id) for order in theirs} - known):
        intent = desk.ledger.find(account, name) if is_ours(name) else None
        if intent is not None:
            yield intent


def _lines(desk: Desk, account: str, findings: Iterator[Finding]) -> Iterator[str]:
    for finding in findings:
        done = _heal(desk, finding)
        order = finding.order.order_id if finding.order else ""
        key = finding.intent.idempotency_key if finding.intent else ""
        first = _tell_once(desk, account, finding, key=key, order_id=order)
        if done or first:
            parts = (finding.kind, finding.symbol, key, order, done or "noted")
            yield " ".join(filter(None, parts))


def _heal(desk: Desk, finding: Finding) -> str:
    """Do what can be done about a finding; return what was done, if anything was."""
    intent, order = finding.intent, finding.order
    if intent and intent.status is OrderStatus.QUARANTINED:
        # Only a person ends a quarantine (`orderdesk answer`), whatever the lists show.
        return ""
    if finding.kind is Kind.BEHIND and intent and order:
        if intent.status in ON_EXCHANGE or intent.ended:
            return f"healed: {poll.booked(desk, intent, order, lane=Lane.POLL).status}"
        return f"adopted: {adopt.found(desk, intent, order).status}"
    if finding.kind is Kind.MISSING and intent:
        return f"asked: {poll.now(desk, intent, Lane.POLL).status}"
    if finding.kind is Kind.DUPLICATE and intent and order:
        # The ledger alarms it, once; the first order stays the intent's own.
        poll.booked(desk, intent, order, lane=Lane.POLL)
        if order.status in ON_EXCHANGE:
            exchange = desk.exchange(intent.account, Lane.CANCEL)
            exchange.cancel_by_order_id(order.symbol, order.order_id)
            return "surplus canceled"
    return ""


def _tell_once(desk: Desk, account: str, finding: Finding, *, key: str, order_id: str) -> bool:
    """Tell what a person should know, once; return whether it is the first time."""
    if not desk.memory.once(f"found:{finding.kind}:{order_id or key}", LOOK_BACK_MS):
        return False
    kind = _TOLD_AS.get(finding.kind)
    if kind is not None:
        data = {"symbol": finding.symbol, "order_id": order_id, "detail": finding.detail}
        desk.ledger.tell(Event(kind, desk.time.now_ms(), account=account, order=key, data=data))
    return True
