"""A statement run by the driver does what SQLAlchemy does with it, on every database."""

from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from orderdesk.stores.ledger_sql import LedgerSql
from orderdesk.stores.ledger_sql.prepared import Change, Question
from orderdesk.stores.ledger_sql.schema import commands, intents, switches
from tests.stores.ledger_sql.drafts import draft
from tests.stores.ledger_sql.steps import sending

NOTED = {"account": "main", "idempotency_key": "k", "task": "cancel_order", "at_ms": 7}


@pytest.fixture
def connection(url: str) -> Iterator[Connection]:
    """Lend a connection of a ledger that has an order, in a write transaction."""
    with closing(LedgerSql(url, listener=lambda _event: None)) as ledger:
        sending(ledger, draft())
        with ledger._store.write() as work:
            yield work.connection


@pytest.mark.parametrize("table", [intents, switches])
def test_question_when_a_row_has_all_kinds_of_values_then_it_reads_what_sqlalchemy_reads(
    connection: Connection, table: Any
) -> None:
    """Amounts, JSON, truth, numbers and nothing, to the type."""
    expected = [dict(row) for row in connection.execute(select(table)).mappings()]
    found = [dict(row) for row in Question(select(table)).all(connection)]
    assert expected
    assert found == expected
    kinds = [[type(value) for value in row.values()] for row in found]
    assert kinds == [[type(value) for value in row.values()] for row in expected]


def test_question_when_nothing_is_found_then_none(connection: Connection) -> None:
    """A missing row is no error here."""
    question = Question(select(commands).where(commands.c.account == bindparam("of")))
    assert question.first(connection, of="nobody") is None
    assert list(question.all(connection, of="nobody")) == []


def test_question_when_its_query_brings_a_value_along_then_it_counts(
    connection: Connection,
) -> None:
    """Beside those that are given."""
    query = select(intents.c.id).where(
        intents.c.account == "main",
        intents.c.idempotency_key.in_(["-", bindparam("key")]),
        # Once more: each place in the statement gets its own.
        intents.c.idempotency_key == bindparam("key"),
    )
    assert Question(query).first(connection, key="key-1") is not None
    assert Question(query).first(connection, key="key-2") is None


def test_question_when_a_value_is_forgotten_then_it_breaks(connection: Connection) -> None:
    """It would otherwise look for nothing, and find that."""
    question = Question(select(commands).where(commands.c.account == bindparam("of")))
    with pytest.raises(Exception, match="of"):
        question.all(connection)


def test_change_when_columns_differ_from_run_to_run_then_only_those_are_written(
    connection: Connection,
) -> None:
    """One statement of an order's row is used for every change of it."""
    row = Question(select(intents)).first(connection)
    assert row is not None
    change = Change(update(intents).where(intents.c.id == bindparam("intent")))
    change.run(connection, {"intent": row["id"], "price": Decimal("7.50"), "reason": None})
    change.run(connection, {"intent": row["id"], "awaiting_fills": True, "command": {"a": ["ü"]}})
    now = Question(select(intents)).first(connection)
    changed = {"price": Decimal("7.5"), "awaiting_fills": True, "command": {"a": ["ü"]}}
    assert now is not None
    assert dict(now) == {**row, **changed}


def test_change_when_it_inserts_then_it_tells_the_new_id(connection: Connection) -> None:
    """An attempt's id is what Redis remembers."""
    question = Question(select(intents).where(intents.c.id == bindparam("number")))
    row = question.first(connection, number=1)
    assert row is not None
    copied = {name: value for name, value in row.items() if name != "id"}
    copied |= {"idempotency_key": "copy", "client_order_id": "copy"}
    number = Change(insert(intents)).numbered(connection, copied)
    found = question.first(connection, number=number)
    assert found is not None
    assert found["idempotency_key"] == "copy"


def test_change_when_it_breaks_a_constraint_then_it_is_sqlalchemys_error(
    connection: Connection,
) -> None:
    """Whoever is ready for another's row being there first, is ready for this too."""
    change = Change(insert(commands))
    change.run_each(connection, [NOTED, {**NOTED, "account": "other"}])
    with pytest.raises(IntegrityError), connection.begin_nested():
        change.run(connection, NOTED)
