"""Reconcile the ledger with the exchange, order by order and fill by fill; heal what can be.

What is done about each finding is a table (`core/reconcile.py`); here it is done.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from orderdesk.contracts import Discrepancy, Reconcile, ReconcileReport
from orderdesk.core.answers import ExchangeOrder, Fill
from orderdesk.core.fence import VISIBILITY_LAG_MS
from orderdesk.core.intents import Intent
from orderdesk.core.order_ids import is_ours
from orderdesk.core.reconcile import Finding, Kind, compare, compare_fills
from orderdesk.core.risk.exposure import DAY_MS
from orderdesk.core.tokens import Lane
from orderdesk.errors import ExchangeDenied, ExchangeRefused
from orderdesk.flows import heal
from orderdesk.flows.never_sent import never_sent
from orderdesk.flows.patience import patiently
from orderdesk.ports import Desk

LOOK_BACK_MS = 6 * DAY_MS
"""MEXC lists orders for 7 days (allOrders, docs of Jan 2026); a day less leaves room for clocks."""

TRADES_BACK_MS = 29 * DAY_MS
"""And trades for a month (myTrades, same source)."""

OVERLAP_MS = 120_000
"""Looked through again, so that what was late for one comparison (the visibility lag is 20 s) is
in the next."""

PATIENCE_MS = 10_000
"""So long a page of a list waits for its slot."""

RUN_MS = 3_600_000
"""A run that has to wait for slots goes on where it was, for so long."""

_WITH_FILLS = frozenset({Kind.BEHIND, Kind.ENDED_UNSEEN, Kind.MISSING_HERE, Kind.MISMATCH})
"""Findings about an order that bring its fills with them."""


@dataclass(frozen=True, slots=True)
class Span:
    """What is compared: orders placed and trades made since; older orders if they still rest."""

    orders_ms: int
    trades_ms: int
    beyond: str = ""
    """What was asked for and the exchange does not list any more, in words."""


def mark_of(account: str) -> str:
    """Return the name under which the last whole reconciliation is noted."""
    return f"reconciled:{account}"


def reconcile(desk: Desk, command: Reconcile) -> ReconcileReport:
    """Compare every symbol that the span has something of, or the one that is named.

    Raises:
        ExchangeUnreachable: a list could not be read whole; nothing is concluded from it.
        NotYet: the lane's budget is used; the same command again goes on with the symbols left.
        ExchangeDenied: the exchange refuses this key.
    """
    run = f"reconciling:{command.account}:{command.idempotency_key}"
    begun_ms = desk.memory.note_ms(run, desk.time.now_ms(), keep_ms=RUN_MS, first=True)
    span = span_of(desk, command, begun_ms)
    report = begin(command, span, begun_ms)
    for symbol in symbols_of(desk, command, span):
        if desk.memory.noted_ms(f"{run}:{symbol}") is None:
            report = with_symbol(desk, report, symbol, span)
            desk.memory.note_ms(f"{run}:{symbol}", begun_ms, keep_ms=RUN_MS)
    end(desk, command, report)
    return report


def begin(command: Reconcile, span: Span, now_ms: int) -> ReconcileReport:
    """Return the report of a comparison that has only begun."""
    return ReconcileReport(
        account=command.account,
        at_ms=now_ms,
        orders_since_ms=span.orders_ms,
        trades_since_ms=span.trades_ms,
        beyond_look_back=span.beyond,
    )


def end(desk: Desk, command: Reconcile, report: ReconcileReport) -> None:
    """Remember that everything was compared, from which the next comparison goes on.

    A part, or a span of somebody's own choosing, leaves gaps and counts for nothing here.
    """
    if command.symbol is None and command.since_ms is None:
        desk.memory.note_ms(mark_of(command.account), report.at_ms, keep_ms=LOOK_BACK_MS)


def span_of(desk: Desk, command: Reconcile, now_ms: int) -> Span:
    """Return what is to be compared: since when was asked, or since the last whole comparison."""
    last_ms = desk.memory.noted_ms(mark_of(command.account))
    since_ms = command.since_ms
    if since_ms is None:
        oldest_ms = now_ms - LOOK_BACK_MS
        since_ms = oldest_ms if command.whole or last_ms is None else last_ms - OVERLAP_MS
    orders_ms = max(since_ms, now_ms - LOOK_BACK_MS)
    trades_ms = max(since_ms, now_ms - TRADES_BACK_MS)
    beyond = [
        f"{what} of more than {(now_ms - oldest_ms) // DAY_MS} days ago"
        for what, oldest_ms in (("orders", orders_ms), ("trades", trades_ms))
        if oldest_ms > since_ms
    ]
    said = f"not compared, the exchange does not list them: {' and '.join(beyond)}"
    return Span(orders_ms, trades_ms, said if beyond else "")


def symbols_of(desk: Desk, command: Reconcile, span: Span) -> Sequence[str]:
    """Return the symbols that the span has intents of, or that something rests on."""
    if command.symbol:
        return [command.symbol]
    return desk.ledger.traded_symbols(command.account, min(span.orders_ms, span.trades_ms))


def with_symbol(desk: Desk, report: ReconcileReport, symbol: str, span: Span) -> ReconcileReport:
    """Compare one symbol, heal it, and return the report with what was found.

    A symbol that the exchange refuses to speak of (delisted, or off for this key) is said so:
    it must not keep the others from being compared, nor the desk from its first order. There is
    nothing to say of one that orders only named, and were DENIED for.

    Raises as `reconcile` does.
    """
    try:
        with patiently(PATIENCE_MS):
            books = _Books.read(desk, report.account, symbol, span)
    except ExchangeDenied:
        raise
    except ExchangeRefused as error:
        since_ms = min(span.orders_ms, span.trades_ms)
        if never_sent(desk, report.account, symbol, since_ms=since_ms):
            return report
        refused = (*report.not_compared, f"{symbol}: {error}")
        return report.model_copy(update={"not_compared": refused})
    findings = list(books.findings())
    told = [heal.treat(desk, report.account, one, books.fills_of(one)) for one in findings]
    return report.model_copy(
        update={
            "symbols": (*report.symbols, symbol),
            "compared": report.compared + len(books.ours),
            "compared_fills": report.compared_fills + len(books.trades),
            "findings": (*report.findings, *(_line(one, done) for one, done in told)),
        }
    )


def _line(finding: Finding, done: heal.Done) -> Discrepancy:
    return Discrepancy(
        kind=finding.kind,
        symbol=finding.symbol,
        order=finding.intent.idempotency_key if finding.intent else "",
        order_id=heal.order_id_of(finding),
        trade_id=finding.fill.trade_id if finding.fill else "",
        detail=finding.detail,
        action=done.action,
        outcome=done.outcome,
    )


@dataclass(frozen=True, slots=True)
class _Books:
    """Both books of one symbol, as they were read."""

    span: Span
    asked_ms: int
    orders: Sequence[ExchangeOrder]
    trades: Sequence[Fill]
    ours: Sequence[Intent]
    booked: Mapping[int, Sequence[Fill]]
    by_name: Mapping[str, Sequence[Fill]]
    """Their trades, by client order id and by order id."""

    @classmethod
    def read(cls, desk: Desk, account: str, symbol: str, span: Span) -> "_Books":
        exchange = desk.exchange(account, Lane.POLL)
        asked_ms = desk.time.now_ms()
        orders = [
            *exchange.all_orders(symbol, span.orders_ms),
            *exchange.open_orders(symbol),
        ]
        trades = exchange.trades(symbol, span.trades_ms)
        # Ours are read after theirs, so that an order placed meanwhile is no orphan.
        recent = desk.ledger.intents_since(account, symbol, span.orders_ms)
        resting = [i for i in desk.ledger.resting(account) if i.symbol == symbol]
        known = {intent.id: intent for intent in (*recent, *resting)}
        by_name: dict[str, list[Fill]] = defaultdict(list)
        for fill in trades:
            by_name[str(fill.client_order_id)].append(fill)
            by_name[fill.order_id].append(fill)
        names = {str(order.client_order_id) for order in orders}
        names |= {str(fill.client_order_id) for fill in trades}
        names -= {intent.client_order_id for intent in known.values()}
        known |= {intent.id: intent for intent in _older(desk, account, names)}
        booked = desk.ledger.fills_of(list(known))
        return cls(span, asked_ms, orders, trades, list(known.values()), booked, by_name)

    def findings(self) -> Iterator[Finding]:
        """Compare orders, then the fills of those whose order agrees."""
        found = [one for one in compare(self.ours, self.orders) if not self._too_young(one)]
        yield from found
        done = {one.intent.id for one in found if one.intent and one.kind in _WITH_FILLS}
        surplus = {one.order.order_id for one in found if one.order and one.kind is Kind.DUPLICATE}
        for intent in self.ours:
            if intent.id not in done:
                yield from compare_fills(
                    intent,
                    self.booked.get(intent.id, ()),
                    [f for f in self._trades_of(intent) if f.order_id not in surplus],
                    since_ms=self.span.trades_ms,
                    until_ms=self.asked_ms - VISIBILITY_LAG_MS,
                )

    def _too_young(self, finding: Finding) -> bool:
        """True for an order that may not be listed yet; following finds it."""
        intent = finding.intent
        if finding.kind is not Kind.MISSING_THERE or intent is None:
            return False
        sent_ms = intent.acknowledged_ms or intent.sent_ms or intent.received_ms
        return sent_ms > self.asked_ms - VISIBILITY_LAG_MS

    def _trades_of(self, intent: Intent) -> Sequence[Fill]:
        names = {intent.client_order_id, intent.order_id} - {None}
        found = [fill for name in names for fill in self.by_name.get(str(name), ())]
        return list({fill.trade_id: fill for fill in found}.values())

    def fills_of(self, finding: Finding) -> Sequence[Fill]:
        """Return what theirs lists of the order that a finding is about."""
        order_id = heal.order_id_of(finding)
        return [fill for fill in self.trades if fill.order_id == order_id]


def _older(desk: Desk, account: str, names: set[str]) -> Iterator[Intent]:
    """Return the intents of what is listed and older than the span."""
    for name in sorted(names):
        intent = desk.ledger.find(account, name) if is_ours(name) else None
        if intent is not None:
            yield intent
