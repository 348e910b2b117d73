"""Query plans of PostgreSQL, on a ledger that has lived: whatever the desk asks has its index.

On empty tables reading all of them is the best plan, and the planner's guess of what an index
would save is of no use; so there are thousands of orders that have ended, and one that has not.
"""

from collections.abc import Sequence

import pytest
from sqlalchemy import text

from orderdesk.stores.ledger_sql import LedgerSql, schema
from tests.stores.ledger_sql.drafts import NOW_MS
from tests.stores.ledger_sql.questions import ASKED, GROWING, LETTER, Statement, noted, whole_way

pytestmark = pytest.mark.processes

ORDERS = 5_000
NAMES = {
    "AUTOINDEX": "uq_intents_",
    "autoindex_commands": "commands_pkey",
    "PRIMARY KEY": "_pkey",
    "SEARCH attempts": "attempts_pkey",
}
"""What PostgreSQL calls the indexes that SQLite has no name for."""

_OTHERWISE = {
    "intents": {
        "id": "1000 + n",
        "idempotency_key": "'k-' || n",
        "client_order_id": "'c-' || n",
        "status": "'FILLED'",
        "awaiting_fills": "false",
        "next_wake_ms": "NULL",
        # Older than whatever is asked for.
        "received_ms": "n - 1000000",
        "answered_ms": "n - 1000000",
    },
    "attempts": {"id": "1000 + n", "intent_id": "1000 + n", "state": "'ACCEPTED'"},
    "absences": {"attempt_id": "1000 + n"},
    "fills": {"id": "1000 + n", "intent_id": "1000 + n", "trade_id": "'t-' || n"},
    "events": {"id": "1000 + n", "order_key": "'k-' || n"},
    "dead_letters": {"id": "1000 + n", "task_id": "'t-' || n", "state": "'DISCARDED'"},
    "commands": {"idempotency_key": "'o-' || n"},
}
"""In what the many rows of a table differ from the one that is there."""


@pytest.fixture
def old_ledger(postgres_ledger: LedgerSql) -> LedgerSql:
    """A ledger of thousands of orders."""
    whole_way(postgres_ledger)
    postgres_ledger.bury(LETTER, end_as=None, now_ms=NOW_MS)
    postgres_ledger.note_command("main", "cancel-1", "cancel_order", now_ms=NOW_MS)
    with postgres_ledger._store.write() as work:
        for name, other in _OTHERWISE.items():
            columns = [column.name for column in schema.metadata.tables[name].columns]
            values = ", ".join(other.get(column, f'"{column}"') for column in columns)
            names = ", ".join(f'"{column}"' for column in columns)
            one = f"(SELECT * FROM {name} LIMIT 1) one"
            many = f"generate_series(1, {ORDERS}) n"
            work.connection.execute(
                text(f"INSERT INTO {name} ({names}) SELECT {values} FROM {one}, {many}")
            )
        work.connection.execute(text("ANALYZE"))
    return postgres_ledger


def _plan(ledger: LedgerSql, statements: Sequence[Statement]) -> str:
    asked = [s for s in statements if s[0].lstrip().startswith(("SELECT", "WITH", "UPDATE"))]
    with ledger._store.write() as work:
        return "\n".join(
            row[0]
            for statement, values in asked
            for row in work.connection.exec_driver_sql(f"EXPLAIN {statement}", values or None)
        )


def _assert_flat(plan: str) -> None:
    for table in GROWING:
        assert f"Seq Scan on {table}" not in plan, plan


def test_question_when_asked_then_its_index_answers_it(old_ledger: LedgerSql) -> None:
    """The same questions as in SQLite have the same indexes, so that none grows with the ledger."""
    for question, (ask, index) in ASKED.items():
        with noted(old_ledger) as statements:
            ask(old_ledger)
        plan = _plan(old_ledger, statements)
        assert NAMES.get(index, index) in plan, (question, plan)
        _assert_flat(plan)


def test_placing_when_an_order_goes_its_way_then_nothing_reads_a_whole_table(
    old_ledger: LedgerSql,
) -> None:
    """Opening, settling, resolving, booking and cancelling are flat, too."""
    with noted(old_ledger) as statements:
        whole_way(old_ledger, "another")

    assert len(statements) > 30
    _assert_flat(_plan(old_ledger, statements))
