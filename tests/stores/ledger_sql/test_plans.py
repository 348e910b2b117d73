"""Query plans: nothing that the desk asks or does reads a whole table.

SQLite is asked how it would run every statement that a method really ran, because a plan
depends on which values are bound and which are written out.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event

from orderdesk.core.answers import Accepted, Unclear
from orderdesk.core.intents import DeadLetter
from orderdesk.core.orders import OrderStatus
from orderdesk.stores.ledger_sql import LedgerSql
from tests.stores.ledger_sql.drafts import NOW_MS, draft, fill, shown
from tests.stores.ledger_sql.steps import T_MS, in_state, sending

GROWING = ("intents", "attempts", "absences", "fills", "events", "dead_letters", "commands")
LETTER = DeadLetter(0, NOW_MS, "place_order", "task", {}, "Broken", "it broke", 4, "")

Statement = tuple[str, Sequence[Any]]


@contextmanager
def _noted(ledger: LedgerSql) -> Iterator[list[Statement]]:
    """Note every statement that is run on the ledger's engine."""
    statements: list[Statement] = []

    def note(*arguments: Any) -> None:
        _connection, _cursor, statement, parameters, _context, many = arguments
        statements.append((statement, parameters[0] if many else parameters))

    with ledger._store.read() as connection:
        engine: Engine = connection.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def _plan(ledger: LedgerSql, statements: Sequence[Statement]) -> list[str]:
    """Return what SQLite would do for each of the statements."""
    asked = [s for s in statements if s[0].startswith(("SELECT", "WITH", "UPDATE"))]
    with ledger._store.read() as connection:
        return [
            row[3]
            for statement, parameters in asked
            for row in connection.exec_driver_sql(
                f"EXPLAIN QUERY PLAN {statement}", tuple(parameters)
            )
        ]


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
    "dead letters": (lambda ledger: ledger.dead_letters(), "ix_dead_letters_state"),
    "bury": (
        lambda ledger: ledger.bury(LETTER, end_as=None, now_ms=NOW_MS),
        "uq_dead_letters_open",
    ),
}
AUTOINDEX = "sqlite_autoindex_intents"
"""What SQLite calls the index behind a UNIQUE constraint, whatever the constraint's name."""


@pytest.mark.parametrize("question", ASKED)
def test_question_when_asked_then_its_index_answers_it(
    file_ledger: LedgerSql, question: str
) -> None:
    """Every question has an index of its own, so that none grows with the ledger."""
    in_state(file_ledger, OrderStatus.NEW)
    ask, index = ASKED[question]

    with _noted(file_ledger) as statements:
        ask(file_ledger)

    plan = "\n".join(_plan(file_ledger, statements))
    assert index.replace("uq_intents_key", AUTOINDEX).replace("AUTOINDEX", AUTOINDEX) in plan
    _assert_flat(plan)


@pytest.mark.parametrize("question", ["due", "answered", "newest"])
def test_limited_question_when_asked_then_nothing_is_sorted_first(
    file_ledger: LedgerSql, question: str
) -> None:
    """With a limit the index must give the order, or all would be read to sort them."""
    with _noted(file_ledger) as statements:
        ASKED[question][0](file_ledger)

    assert "TEMP B-TREE" not in "\n".join(_plan(file_ledger, statements))


def test_placing_when_an_order_goes_its_way_then_nothing_reads_a_whole_table(
    file_ledger: LedgerSql,
) -> None:
    """Opening, settling, resolving, booking and cancelling are flat, too."""
    of = draft()

    with _noted(file_ledger) as statements:
        opened = sending(file_ledger, of)
        file_ledger.settle(opened.attempt.id, Unclear("reset"), now_ms=T_MS)
        file_ledger.note_absence(opened.attempt.id, T_MS, now_ms=T_MS)
        file_ledger.not_placed(opened.attempt.id, now_ms=T_MS)
        file_ledger.settle(opened.attempt.id, Accepted("X1"), now_ms=T_MS)
        file_ledger.request_cancel("main", of.client_order_id, reason="no", now_ms=T_MS)
        for surplus in ("X1", "X2"):
            order = shown(of, OrderStatus.FILLED, executed="1", order_id=surplus)
            fills = [fill(of, surplus, order_id=surplus)]
            file_ledger.book(opened.intent.id, order=order, fills=fills, now_ms=T_MS)

    assert len(statements) > 30
    _assert_flat("\n".join(_plan(file_ledger, statements)))


def _assert_flat(plan: str) -> None:
    for table in GROWING:
        assert f"SCAN {table}" not in plan, plan
