"""Where a ledger lives: PostgreSQL, a file of SQLite, or memory for the tests of flows.

Opening and closing live here; what is read and written does not.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.schema import CreateIndex, CreateTable, DDLElement

from orderdesk.stores.ledger_sql import engine as engines
from orderdesk.stores.ledger_sql import schema
from orderdesk.stores.ledger_sql.birth import be_born
from orderdesk.stores.ledger_sql.database import Database, Gone
from orderdesk.stores.ledger_sql.kept_connections import KeptConnections
from orderdesk.stores.ledger_sql.migrating import bring_up_to_date
from orderdesk.stores.ledger_sql.write_turns import Turns


def open_database(text: str, *, busy_timeout_ms: int, lock_timeout_ms: int) -> Database:
    """Open the database under a URL, and create or migrate it where that is due.

    Args:
        text: the URL.
        busy_timeout_ms: how long a write waits for other writers, in SQLite.
        lock_timeout_ms: how long a statement waits for a lock, in PostgreSQL.

    Raises:
        SettingsError: the URL names no database that a ledger can live in.
        DeskHalted: a newer orderdesk wrote it.
        SQLAlchemyError, sqlite3.Error: it cannot be opened.
    """
    url = engines.ledger_url(text)
    if url.get_backend_name() == "postgresql":
        # Its driver comes with the extra `worker`; who keeps SQLite need not load it.
        from orderdesk.stores.ledger_sql.postgres import PostgresDatabase  # noqa: PLC0415 - above

        return PostgresDatabase(url, lock_timeout_ms=min(busy_timeout_ms, lock_timeout_ms))
    file = engines.file_of(url)
    if file is None:
        return MemoryDatabase(busy_timeout_ms=busy_timeout_ms)
    return FileDatabase(file, busy_timeout_ms=busy_timeout_ms)


class FileDatabase:
    """A ledger in a file; any number of threads and processes of one host."""

    def __init__(self, file: Path, *, busy_timeout_ms: int) -> None:
        self._file = file
        self._turns = Turns(busy_timeout_ms)
        self._closed = False
        engines.use_wal(file, busy_timeout_ms=busy_timeout_ms)
        self._inode = _inode(file)
        engine = engines.file_engine(file, busy_timeout_ms=busy_timeout_ms)
        self._connections = KeptConnections(engine)
        try:
            bring_up_to_date(self.reading, self.writing)
        except BaseException:
            self.close()
            raise

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Lend a connection of its own: WAL lets readers see the last commit undisturbed."""
        self._check()
        with self._connections.lend() as connection:
            engines.begin_to_read(connection)
            yield connection
            engines.end_reading(connection)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Lend the turn to write, and a connection that has begun."""
        self._check()
        with self._turns.mine(), self._connections.lend() as connection, connection.begin():
            engines.begin_to_write(connection, self._turns)
            yield connection

    def close(self) -> None:
        """Close every connection that is not lent now."""
        self._closed = True
        self._connections.close()

    def _check(self) -> None:
        if self._closed:
            raise Gone("it is closed")
        # SQLite would go on writing into a file that has been moved away, and new
        # connections would open another: acknowledged orders would be split over both.
        if _inode(self._file) != self._inode:
            raise Gone("its file was moved, removed or replaced: restart the desk")


class MemoryDatabase:
    """A ledger in memory: one connection, one thread at a time."""

    def __init__(self, *, busy_timeout_ms: int) -> None:
        self._turns = Turns(busy_timeout_ms)
        self._connection = engines.memory_engine().connect()
        with self._connection.begin():
            engines.begin_to_read(self._connection)
            for statement in _definitions():
                self._connection.exec_driver_sql(statement)
            be_born(self._connection)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Lend the connection; it is the same for everybody, so this takes a turn too."""
        with self.writing() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Lend the connection, begun."""
        with self._turns.mine():
            if self._connection.closed:
                raise Gone("it is closed")
            with self._connection.begin():
                engines.begin_to_read(self._connection)
                yield self._connection

    def close(self) -> None:
        """Close the connection, and forget everything."""
        with self._turns.mine():
            self._connection.close()


def _inode(file: Path) -> tuple[int, int] | None:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


@cache
def _definitions() -> tuple[str, ...]:
    """Return what creates today's schema, compiled once: flow tests open a ledger each."""
    dialect = engines.memory_engine().dialect
    tables = schema.metadata.sorted_tables
    definitions: list[DDLElement] = [CreateTable(table) for table in tables]
    by_name = sorted((i for table in tables for i in table.indexes), key=lambda i: str(i.name))
    indexes = [CreateIndex(index) for index in by_name]
    return tuple(str(item.compile(dialect=dialect)) for item in [*definitions, *indexes])
