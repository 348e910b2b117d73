"""URLs, and connections: how SQLite is opened, tuned and made to begin transactions as we say.

Nothing of orders lives here. The driver's own transactions are switched off
(`isolation_level = None`), because it begins them late and lazily: a transaction here
begins with BEGIN IMMEDIATE to write, so that it is never refused half-way, or with BEGIN
to read one consistent state. It is begun by a call and not by SQLAlchemy's event of that name:
whoever listens to one event pays for all of them, at every statement.
"""

import sqlite3
import time
from functools import cache
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from orderdesk.errors import SettingsError
from orderdesk.stores.ledger_sql.write_turns import Turns, is_busy

_PAGE_CACHE_KIB = 16_384
"""Enough for the upper levels of every index at a million orders; SQLite's default is 2 MiB."""


def ledger_url(text: str) -> URL:
    """Read a ledger's URL; messages never show it, because it may hold a password.

    Raises:
        SettingsError: if it is no URL of a database that the ledger can live in.
    """
    rule = "write it like sqlite:////var/lib/orderdesk/ledger.db or postgresql://user@host/name"
    try:
        url = make_url(text)
    except ArgumentError:
        message = f"DATABASE_URL is not a URL: {rule}"
        raise SettingsError(message, "DATABASE_URL", "", rule) from None
    name = url.drivername
    if name in ("postgresql", "postgresql+psycopg"):
        return url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() != "sqlite":
        message = f"DATABASE_URL: the ledger cannot live in {name}: {rule}"
        raise SettingsError(message, "DATABASE_URL", name, rule)
    return url


def file_of(url: URL) -> Path | None:
    """Return the file a ledger lives in, or None if it lives in memory."""
    if url.database in (None, "", ":memory:"):
        return None
    return Path(str(url.database)).absolute()


@cache
def memory_engine() -> Engine:
    """Return the engine under all ledgers in memory: each of its connections is one ledger.

    They share it, because it keeps the compiled statements: a new one would compile all
    of them again, in every test.
    """
    engine = create_engine(
        "sqlite://",
        poolclass=NullPool,
        connect_args={"check_same_thread": False},
        hide_parameters=True,
    )
    event.listen(engine, "connect", _take_over)
    return engine


def file_engine(file: Path, *, busy_timeout_ms: int) -> Engine:
    """Return the engine of a ledger in a file."""
    engine = create_engine(
        URL.create("sqlite", database=str(file)),
        # Threads are bounded by the worker's concurrency, so waiting for a connection
        # would only be a second, hidden queue.
        pool_size=8,
        max_overflow=-1,
        connect_args={"check_same_thread": False, "timeout": busy_timeout_ms / 1000},
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def _tune(connection: sqlite3.Connection, _record: object) -> None:
        # FULL: a commit is on the disk before it is acknowledged (assumption A5).
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute(f"PRAGMA cache_size=-{_PAGE_CACHE_KIB}")

    event.listen(engine, "connect", _take_over)
    return engine


def begin_to_read(connection: Connection) -> None:
    """Begin to read one consistent state."""
    _raw(connection).execute("BEGIN")


def end_reading(connection: Connection) -> None:
    """Let go of the state that was read."""
    if connection.in_transaction():
        # SQLAlchemy ran a statement, and would take the next one for one of the same transaction.
        connection.rollback()
    else:
        _raw(connection).rollback()


def begin_to_write(connection: Connection, turns: Turns) -> None:
    """Begin to write, behind other processes.

    Raises:
        sqlite3.OperationalError: busy, if they have held the lock for the whole timeout.
    """
    turns.begin(_raw(connection))


def use_wal(file: Path, *, busy_timeout_ms: int) -> None:
    """Put the file into WAL mode, for good: readers and the writer never wait for each other.

    Raises:
        sqlite3.Error: as SQLite says.
    """
    deadline_s = time.monotonic() + busy_timeout_ms / 1000
    connection = sqlite3.connect(file, isolation_level=None)
    try:
        while not _in_wal(connection, deadline_s):
            time.sleep(0.01)
    finally:
        connection.close()


def _in_wal(connection: sqlite3.Connection, deadline_s: float) -> bool:
    try:
        connection.execute("PRAGMA journal_mode=WAL")
    except sqlite3.OperationalError as error:
        # The change of mode does not wait for its lock by itself.
        if not is_busy(error) or time.monotonic() > deadline_s:
            raise
        return False
    return True


def _take_over(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys=ON")


def _raw(connection: Connection) -> sqlite3.Connection:
    raw = connection.connection.driver_connection
    if not isinstance(raw, sqlite3.Connection):
        raise TypeError(f"not SQLite's: {type(raw)}")
    return raw
