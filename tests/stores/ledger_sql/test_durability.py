"""A ledger tells truly whether a commit is on disk before it is acknowledged."""

from orderdesk.stores.ledger_sql import LedgerSql
from orderdesk.stores.ledger_sql.durability import sqlite
from orderdesk.stores.ledger_sql.engine import file_engine, file_of, ledger_url


def test_durability_when_the_ledger_is_in_a_file_then_it_keeps(file_url: str) -> None:
    """FULL in WAL mode, as every connection of ours is opened."""
    ledger = LedgerSql(file_url, listener=lambda _event: None)
    found = ledger.durability()
    ledger.close()
    assert found.kept is True
    assert found.says == "SQLite, synchronous FULL, journal wal"


def test_durability_when_the_ledger_is_in_memory_then_it_does_not() -> None:
    """What only memory holds is gone with the process."""
    ledger = LedgerSql("sqlite://", listener=lambda _event: None)
    assert ledger.durability().kept is False
    ledger.close()


def test_durability_when_a_connection_is_weaker_then_it_is_said(file_url: str) -> None:
    """NORMAL may lose the last commits when the power goes: the question can be answered no."""
    file = file_of(ledger_url(file_url))
    assert file is not None
    engine = file_engine(file, busy_timeout_ms=100)
    with engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        connection.rollback()
        raw.execute("PRAGMA synchronous=NORMAL")
        found = sqlite(connection)
    engine.dispose()
    assert (found.kept, found.says) == (False, "SQLite, synchronous NORMAL, journal wal")
