"""Query plans: nothing that the desk asks or does reads a whole table.

SQLite is asked how it would run every statement that a method really ran, because a plan
depends on which values are bound and which are written out.
"""

from collections.abc import Sequence

import pytest

from orderdesk.core.orders import OrderStatus
from orderdesk.stores.ledger_sql import LedgerSql
from tests.stores.ledger_sql.questions import ASKED, GROWING, Statement, noted, whole_way
from tests.stores.ledger_sql.steps import in_state


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


AUTOINDEX = "sqlite_autoindex_intents"
"""What SQLite calls the index behind a UNIQUE constraint, whatever the constraint's name."""


@pytest.mark.parametrize("question", ASKED)
def test_question_when_asked_then_its_index_answers_it(
    file_ledger: LedgerSql, question: str
) -> None:
    """Every question has an index of its own, so that none grows with the ledger."""
    in_state(file_ledger, OrderStatus.NEW)
    ask, index = ASKED[question]

    with noted(file_ledger) as statements:
        ask(file_ledger)

    plan = "\n".join(_plan(file_ledger, statements))
    assert index.replace("AUTOINDEX", AUTOINDEX) in plan
    _assert_flat(plan)


@pytest.mark.parametrize("question", ["due", "answered", "newest"])
def test_limited_question_when_asked_then_nothing_is_sorted_first(
    file_ledger: LedgerSql, question: str
) -> None:
    """With a limit the index must give the order, or all would be read to sort them."""
    with noted(file_ledger) as statements:
        ASKED[question][0](file_ledger)

    assert "TEMP B-TREE" not in "\n".join(_plan(file_ledger, statements))


def test_placing_when_an_order_goes_its_way_then_nothing_reads_a_whole_table(
    file_ledger: LedgerSql,
) -> None:
    """Opening, settling, resolving, booking and cancelling are flat, too."""
    with noted(file_ledger) as statements:
        whole_way(file_ledger)

    assert len(statements) > 30
    _assert_flat("\n".join(_plan(file_ledger, statements)))


def _assert_flat(plan: str) -> None:
    for table in GROWING:
        assert f"SCAN {table}" not in plan, plan
