"""What the desk asks of the ledger again and again, and what a database was told to run for it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from orderdesk.core.answers import Accepted, Unclear
from orderdesk.core.intents import DeadLetter
from orderdesk.core.orders import OrderStatus
from orderdesk.stores.ledger_sql import LedgerSql
from tests.stores.ledger_sql.drafts import NOW_MS, draft, fill, shown
from tests.stores.ledger_sql.steps import T_MS, sending

GROWING = ("intents", "attempts", "absences", "fills", "events", "dead_letters", "commands")
LETTER = DeadLetter(0, NOW_MS, "place_order", "task", {}, "Broken", "it broke", 4, "")

Statement = tuple[str, Any]
"""What was run, and the first of the values it was run with."""


@contextmanager
def noted(ledger: LedgerSql) -> Iterator[list[Statement]]:
    """Note every statement that is run on the ledger's engine."""
    statements: list[Statement] = []

    def note(*arguments: Any) -> None:
        _connection, _cursor, statement, parameters, _context, _many = arguments
        statements.append(
            (statement, parameters[0] if isinstance(parameters, list) else parameters)
        )

    # In PostgreSQL questions go by an engine of their own, which stands on this one.
    with ledger._store.write() as work:
        engine = work.connection.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


ASKED: dict[str, tuple[Callable[[LedgerSql], object], str]] = {
    "due": (lambda ledger: ledger.due(NOW_MS, 200), "ix_intents_to_wake"),
    "schedule": (lambda ledger: ledger.schedule({1: NOW_MS}), "PRIMARY KEY"),
    "resting": (lambda ledger: ledger.resting("main"), "ix_intents_not_ended"),
    "resting anywhere": (lambda ledger: ledger.resting(), "ix_intents_not_ended"),
    "in doubt": (lambda ledger: ledger.in_doubt("main", "BTCUSDT"), "ix_intents_not_ended"),
    "live": (lambda ledger: ledger.live("main"), "ix_intents_not_ended"),
    "awaiting fills": (
        lambda ledger: ledger.awaiting_fills("main"),
        "ix_intents_awaiting_fills",
    ),
    "awaiting fills of a symbol": (
        lambda ledger: ledger.awaiting_fills("main", "BTCUSDT"),
        "ix_intents_awaiting_fills",
    ),
    "answered": (lambda ledger: ledger.answered_between(0, NOW_MS, 200), "ix_intents_answered"),
    "noted": (lambda ledger: ledger.noted([("main", "a"), ("main", "b")]), "autoindex_commands"),
    "parameter hashes": (
        lambda ledger: ledger.parameter_hashes([("main", "a"), ("main", "b")]),
        "AUTOINDEX",
    ),
    "intent": (lambda ledger: ledger.intent("main", "a"), "AUTOINDEX"),
    "find": (lambda ledger: ledger.find("main", "a"), "AUTOINDEX"),
    "symbols": (lambda ledger: ledger.traded_symbols("main", 0), "ix_intents_symbol"),
    "since": (lambda ledger: ledger.intents_since("main", "BTCUSDT", 0), "ix_intents_symbol"),
    "newest": (lambda ledger: ledger.newest(50), "PRIMARY KEY"),
    "newest before": (lambda ledger: ledger.newest(50, before_id=7), "PRIMARY KEY"),
    "story": (lambda ledger: ledger.story(1), "ix_events_order"),
    "open attempt": (lambda ledger: ledger.open_attempt_of(1), "uq_attempts_open"),
    "events after": (lambda ledger: ledger.events_after(7, 100), "PRIMARY KEY"),
    "attempt counter": (lambda ledger: ledger.attempt_counter(), "SEARCH attempts"),
    "open work": (lambda ledger: ledger.open_work(), "ix_intents_not_ended"),
    "dead letters": (lambda ledger: ledger.dead_letters(), "ix_dead_letters_state"),
    "bury": (
        lambda ledger: ledger.bury(LETTER, end_as=None, now_ms=NOW_MS),
        "uq_dead_letters_open",
    ),
}


def whole_way(ledger: LedgerSql, key: str = "key-1") -> None:
    """Let an order go its way: unknown, absent, found after all, cancelled, filled twice."""
    of = draft(key)
    opened = sending(ledger, of)
    ledger.settle(opened.attempt.id, Unclear("reset"), now_ms=T_MS)
    ledger.note_absence(opened.attempt.id, T_MS, now_ms=T_MS)
    ledger.not_placed(opened.attempt.id, now_ms=T_MS)
    ledger.settle(opened.attempt.id, Accepted("X1"), now_ms=T_MS)
    ledger.request_cancel("main", of.client_order_id, reason="no", now_ms=T_MS)
    for surplus in ("X1", "X2"):
        order = shown(of, OrderStatus.FILLED, executed="1", order_id=surplus)
        fills = [fill(of, f"{key}-{surplus}", order_id=surplus)]
        ledger.book(opened.intent.id, order=order, fills=fills, now_ms=T_MS)
