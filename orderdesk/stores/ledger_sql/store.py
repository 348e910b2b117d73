"""Transactions: one writer at a time in this process, events told after the commit.

The only place where the database's errors become ours, and where events leave. What a
transaction does is none of its business.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection, insert
from sqlalchemy.exc import DBAPIError, IntegrityError, ResourceClosedError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from orderdesk.core.events import Event
from orderdesk.core.risk.exposure import Counters
from orderdesk.errors import LedgerUnavailable
from orderdesk.stores.ledger_sql import schema
from orderdesk.stores.ledger_sql.database import Gone
from orderdesk.stores.ledger_sql.databases import open_database
from orderdesk.stores.ledger_sql.prepared import Change
from orderdesk.stores.ledger_sql.rows import event_row
from orderdesk.stores.ledger_sql.write_turns import NoTurn

Listener = Callable[[Event], None]

_TROUBLE = (DBAPIError, ResourceClosedError, PoolTimeout, sqlite3.Error, NoTurn, Gone)
"""What the database, its driver, its pool and its queues raise when they cannot."""

_INSERT_EVENT = Change(insert(schema.events))
_INSERT_EVENTS = insert(schema.events).returning(schema.events.c.id, sort_by_parameter_order=True)


@dataclass(slots=True)
class Work:
    """One write transaction: its connection, and the events it appends."""

    connection: Connection
    told: list[Event] = field(default_factory=list)
    counters: dict[tuple[str, str], Counters] = field(default_factory=dict)
    """What is at risk, by account and symbol, as far as this transaction has locked it."""
    changed: set[tuple[str, str]] = field(default_factory=set)
    """Which of the counters are to be written."""
    finishing: list[Callable[[], None]] = field(default_factory=list)
    """What is done once, right before the commit."""

    @property
    def locks_rows(self) -> bool:
        """False on SQLite: there a transaction that writes is alone from its beginning."""
        return self.connection.dialect.name != "sqlite"

    def savepoint(self) -> AbstractContextManager[object]:
        """Let one statement in this block fail for itself alone.

        SQLite takes back a statement that breaks a constraint, and goes on; PostgreSQL would
        refuse everything after it.
        """
        return self.connection.begin_nested() if self.locks_rows else nullcontext()

    def tell(self, event: Event) -> None:
        """Append an event to this transaction; the listener hears it after the commit."""
        self.told.append(event)

    def write_events(self) -> None:
        """Write down what was told, and number it; on PostgreSQL in one statement, one trip."""
        if not self.told:
            return
        rows = [event_row(event) for event in self.told]
        numbers: Iterable[int]
        if self.locks_rows:
            numbers = self.connection.scalars(_INSERT_EVENTS, rows)
        else:
            numbers = [_INSERT_EVENT.numbered(self.connection, row) for row in rows]
        pairs = zip(self.told, numbers, strict=True)
        self.told = [replace(event, id=number) for event, number in pairs]


class Store:
    """The database under a ledger, and who is told of what happens in it.

    Raises:
        SettingsError: the URL names no database that a ledger can live in.
        DeskHalted: a newer orderdesk wrote it.
        LedgerUnavailable: it cannot be opened now.
    """

    def __init__(
        self, url: str, *, listener: Listener, busy_timeout_ms: int, lock_timeout_ms: int
    ) -> None:
        self._listener = listener
        self._mine = threading.local()
        with _translated("nothing was opened"):
            self._database = open_database(
                url, busy_timeout_ms=busy_timeout_ms, lock_timeout_ms=lock_timeout_ms
            )

    @contextmanager
    def write(self) -> Iterator[Work]:
        """Run one write transaction; its events are told after the commit.

        Raises:
            LedgerUnavailable: the ledger is locked, gone, full or closed. Nothing was
                written, unless the message says that it may have been.
        """
        if self._work() is not None:
            raise RuntimeError("a write inside a write transaction of the same thread")
        outcome = _Outcome()
        with _translated(outcome), self._database.writing() as connection:
            work = Work(connection)
            self._mine.work = work
            try:
                yield work
            finally:
                self._mine.work = None
            for finish in work.finishing:
                finish()
            work.write_events()
            outcome.committing = True
        for event in work.told:
            self._listener(event)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Read one consistent state; inside a write of the same thread, what it has written.

        Raises:
            LedgerUnavailable: the ledger is locked, gone or closed.
        """
        work = self._work()
        if work is not None:
            yield work.connection
            return
        with _translated("nothing was read"), self._database.reading() as connection:
            yield connection

    def close(self) -> None:
        """Close the ledger; whoever uses it afterwards gets `LedgerUnavailable`."""
        self._database.close()

    def _work(self) -> Work | None:
        work: Work | None = getattr(self._mine, "work", None)
        return work


@dataclass(slots=True)
class _Outcome:
    """How far a transaction came before it failed."""

    committing: bool = False

    def __str__(self) -> str:
        return "it MAY have been written" if self.committing else "nothing was written"


@contextmanager
def _translated(outcome: object) -> Iterator[None]:
    """Turn the database's trouble into ours; a broken constraint is a bug and stays itself."""
    try:
        yield
    except IntegrityError:
        raise
    except _TROUBLE as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        raise LedgerUnavailable(f"the ledger cannot be used now ({cause}): {outcome}") from error
