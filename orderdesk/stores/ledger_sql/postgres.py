"""A ledger in PostgreSQL: how it is reached, and how its transactions begin.

Nothing of orders lives here. Transactions are READ COMMITTED and take row locks in one order
(see `intent_rows`); a statement that waited for a lock sees what was committed meanwhile, which
is what every "lock, then look" in this room stands on. Questions are asked in one snapshot.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.pool import ConnectionPoolEntry

from orderdesk.stores.ledger_sql.database import Gone
from orderdesk.stores.ledger_sql.lineage import ASK, LINEAGE
from orderdesk.stores.ledger_sql.migrating import bring_up_to_date
from orderdesk.stores.ledger_sql.named_locks import MIGRATION, hold

_REACHING: dict[str, str | int] = {
    "application_name": "orderdesk",
    "connect_timeout": 5,
    # A host that vanished is noticed after about ten seconds: a request waiting for its answer by
    # the last, an idle connection by the others. Source: PostgreSQL 18 docs, "Parameter Key Words".
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""What is given to libpq unless the URL says otherwise."""

IDLE_IN_TRANSACTION_MS = 10_000
"""A worker that stands still inside a transaction (SIGSTOP, a frozen VM) holds the account's
locks; so long after its last word PostgreSQL ends its session, and nothing of it was written."""

_TUNE = """
    SELECT set_config('lock_timeout', %(lock_timeout)s, false),
           set_config('idle_in_transaction_session_timeout', %(idle)s, false),
           set_config('synchronous_commit', CASE current_setting('synchronous_commit')
               WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, false)
"""
"""No `statement_timeout`: one that ends a COMMIT waiting for its standby has it acknowledged all
the same, with a warning that nobody reads (PostgreSQL 18 docs, "synchronous_commit")."""


class PostgresDatabase:
    """A ledger in PostgreSQL; any number of threads, processes and hosts.

    Args:
        url: of the database, with psycopg as its driver.
        lock_timeout_ms: how long a statement waits for a lock, then nothing is written.
    """

    def __init__(self, url: URL, *, lock_timeout_ms: int) -> None:
        self._closed = False
        self._engine = _engine(url, lock_timeout_ms=lock_timeout_ms)
        self._snapshots = self._engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        try:
            bring_up_to_date(self.reading, self._migrating)
        except BaseException:
            self.close()
            raise

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Lend a connection that sees one state and can change nothing."""
        self._check()
        with self._snapshots.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Lend a connection that has begun; who waits for whom is for row locks to say."""
        self._check()
        with self._engine.begin() as connection:
            yield connection

    def close(self) -> None:
        """Close every connection that is not lent now."""
        self._closed = True
        self._engine.dispose()

    @contextmanager
    def _migrating(self) -> Iterator[Connection]:
        """Lend a connection to one process at a time, however long the others have to wait."""
        with self.writing() as connection:
            connection.execute(text("SET LOCAL lock_timeout = 0"))
            hold(connection, MIGRATION)
            yield connection

    def _check(self) -> None:
        if self._closed:
            raise Gone("it is closed")


def _engine(url: URL, *, lock_timeout_ms: int) -> Engine:
    engine = create_engine(
        url,
        isolation_level="READ COMMITTED",
        # As for SQLite: threads are bounded by the worker's concurrency.
        pool_size=8,
        max_overflow=-1,
        connect_args={name: value for name, value in _REACHING.items() if name not in url.query},
        hide_parameters=True,
    )
    values = {"lock_timeout": f"{lock_timeout_ms}ms", "idle": f"{IDLE_IN_TRANSACTION_MS}ms"}

    @event.listens_for(engine, "connect")
    def _tune(connection: psycopg.Connection[Any], record: ConnectionPoolEntry) -> None:
        # For the session: outside of any transaction, which would take it back.
        connection.autocommit = True
        connection.execute(_TUNE, values)
        found = connection.execute(ASK).fetchone()
        record.info[LINEAGE] = found[0] if found else ""
        connection.autocommit = False

    return engine
