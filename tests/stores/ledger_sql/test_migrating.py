import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from orderdesk.core.orders import OrderStatus
from orderdesk.core.risk.exposure import Counters
from orderdesk.errors import DeskHalted
from orderdesk.stores.ledger_sql import LedgerSql, schema
from orderdesk.stores.ledger_sql.migrating import MIGRATIONS
from orderdesk.stores.ledger_sql.schema import REVISION
from tests.stores.ledger_sql.drafts import draft, fill, shown
from tests.stores.ledger_sql.steps import T_MS, placed


def _open(url: str) -> LedgerSql:
    return LedgerSql(url, listener=lambda _event: None)


def _at_risk(counters: Counters) -> tuple[object, ...]:
    position = counters.position
    reserved = (counters.reserved_buy, counters.reserved_sell, counters.open_orders)
    held = (position.quantity, position.cost, position.realised, position.uncovered)
    return counters.symbol, reserved, held, counters.engaged


def _shape(ledger: LedgerSql) -> dict[str, object]:
    """Say what the tables are, in the words that every database has for them."""
    with ledger._store.read() as connection:
        told = inspect(connection)
        return {
            table: [
                {name: (str(column["type"]), column["nullable"]) for name, column in columns},
                told.get_pk_constraint(table)["constrained_columns"],
                sorted(map(str, told.get_unique_constraints(table))),
                sorted((str(i["name"]), i["column_names"]) for i in told.get_indexes(table)),
                sorted(map(str, told.get_foreign_keys(table))),
            ]
            for table in told.get_table_names()
            for columns in [[(one["name"], one) for one in told.get_columns(table)]]
        }


def _definitions(connection: sqlite3.Connection) -> dict[str, str]:
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {name: " ".join(sql.split()) for name, sql in rows if name != "alembic_version"}


def _file_definitions(url: str) -> dict[str, str]:
    connection = sqlite3.connect(url.removeprefix("sqlite:///"))
    try:
        return _definitions(connection)
    finally:
        connection.close()


def test_migrations_when_run_from_nothing_then_they_give_the_tables_of_today(
    unborn_url: str, memory_ledger: LedgerSql
) -> None:
    """Letter for letter, partial indexes too: what flow tests run on is what is deployed."""
    _open(unborn_url).close()

    with memory_ledger._store.read() as connection:
        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        today = _definitions(raw)
    assert _file_definitions(unborn_url) == today
    assert len(today) > 20


@pytest.mark.processes
def test_migrations_when_run_in_postgresql_then_they_give_the_tables_of_today(
    postgres_ledger: LedgerSql,
) -> None:
    """Alembic finds no difference to the tables of the code, and partial indexes are partial."""
    with postgres_ledger._store.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []
        rows = connection.execute(text("SELECT indexname, indexdef FROM pg_indexes"))
        conditions = {row.indexname: row.indexdef.partition(" WHERE ")[2] for row in rows}
        byte_by_byte = text(
            "SELECT count(*) FROM information_schema.columns WHERE table_schema = 'public'"
            " AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C'"
        )
        assert connection.scalar(byte_by_byte) == 0
    for table in schema.metadata.tables.values():
        for index in table.indexes:
            partial = index.dialect_options["postgresql"]["where"] is not None
            assert bool(conditions[str(index.name)]) == partial, index.name


def test_revision_when_a_migration_is_added_then_the_code_knows_it() -> None:
    """There is one newest step, and `REVISION` names it."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))

    assert ScriptDirectory.from_config(config).get_heads() == [REVISION]


NEWER_TABLES = (
    "account_uids",
    "exposures",
    "limit_history",
    "heartbeats",
    "asset_cursors",
    "asset_books",
)
"""What the first release did not have."""


def test_open_when_an_older_desk_wrote_it_then_it_keeps_its_id_and_its_orders(
    shared_url: str, unborn_shared_url: str
) -> None:
    """Every released step can be the first: what was written stays, and its shape is today's."""
    # Given a ledger of the first release, with an order in it
    ledger = _open(shared_url)
    ledger_id, intent = ledger.ledger_id(), placed(ledger, draft())
    of = draft("key-2")
    bought = placed(ledger, of, "X2")
    order = shown(of, OrderStatus.PARTIALLY_FILLED, executed="0.4", order_id="X2")
    fills = [fill(of, quantity="0.4", order_id="X2")]
    ledger.book(bought.id, order=order, fills=fills, now_ms=T_MS)
    risk = [_at_risk(one) for one in ledger.exposures("main")]
    with ledger._store.write() as work:
        for table in NEWER_TABLES:
            work.connection.execute(text(f"DROP TABLE {table}"))
        work.connection.execute(text("ALTER TABLE switches DROP COLUMN verified_ms"))
        work.connection.execute(text("ALTER TABLE ledger DROP COLUMN lineage"))
        work.connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    ledger.close()
    # When
    ledger = _open(shared_url)
    # Then
    assert (ledger.ledger_id(), ledger.intent("main", "key-1")) == (ledger_id, intent)
    ledger.bind_uid("main", "10000001", now_ms=0)
    # What is at risk is counted from what was there.
    assert [_at_risk(one) for one in ledger.exposures("main")] == risk
    new = _open(unborn_shared_url)
    assert _shape(ledger) == _shape(new)
    new.close()
    ledger.close()


def test_open_when_opened_again_then_nothing_is_lost_and_nothing_changes(unborn_url: str) -> None:
    """Everything works twice in a row."""
    ledger = _open(unborn_url)
    intent = placed(ledger, draft())
    ledger.close()
    before = _file_definitions(unborn_url)

    ledger = _open(unborn_url)

    assert ledger.intent("main", "key-1") == intent
    assert ledger.attempt_counter() == 1
    ledger.close()
    assert _file_definitions(unborn_url) == before


def test_open_when_a_newer_desk_wrote_it_then_the_desk_halts_and_leaves_it_alone(
    file_url: str,
) -> None:
    """A ledger is never downgraded, and never read by those who do not know its shape."""
    # Given a ledger of the future
    file = Path(file_url.removeprefix("sqlite:///"))
    connection = sqlite3.connect(file)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    before = file.read_bytes()

    # When this desk opens it, twice
    for _ in range(2):
        with pytest.raises(DeskHalted, match=r"9999.*newer orderdesk"):
            _open(file_url)

    # Then it is as it was
    assert file.read_bytes() == before
