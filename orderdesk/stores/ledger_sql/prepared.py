"""Statements of the hot path: made ready once, and run by SQLite's driver itself.

What a statement says, and how a column's value is written and read, is SQLAlchemy's; but running
one through it costs more computing than all that SQLite does for it, and an order has twenty. On
PostgreSQL SQLAlchemy runs them, and also where somebody listens to its events.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Connection, Dialect, RowMapping, Select, UpdateBase
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

from orderdesk.stores.ledger_sql.column_types import Amount, JsonText

Row = Mapping[str, Any] | RowMapping
"""What is read, by the column's name."""

_Convert = Callable[[Any], Any]


class Question:
    """A select whose values are `bindparam`s; its rows come as mappings, read to their end."""

    def __init__(self, query: Select[Any]) -> None:
        self._query = query
        self._ready: _Ready | None = None
        self._names: tuple[str, ...] = ()
        self._reads: list[tuple[str, _Convert]] = []

    def all(self, connection: Connection, **values: object) -> Sequence[Row]:
        """Return every row."""
        if not _by_driver(connection):
            return connection.execute(self._query, values).mappings().all()
        ready = self._ready or self._make_ready(connection.dialect)
        found = _driver(connection).execute(ready.text, ready.written(values))
        return [self._read(row) for row in found.fetchall()]

    def first(self, connection: Connection, **values: object) -> Row | None:
        """Return the first row, or None if there is none."""
        return next(iter(self.all(connection, **values)), None)

    def _make_ready(self, dialect: Dialect) -> "_Ready":
        columns = self._query.selected_columns
        self._names = tuple(column.name for column in columns)
        reads = ((column.name, _reader(column.type, dialect)) for column in columns)
        self._reads = [(name, read) for name, read in reads if read is not None]
        # Last: whoever sees it, in another thread, sees the above.
        self._ready = _made_ready(self._query, dialect, ())
        return self._ready

    def _read(self, values: Sequence[Any]) -> Row:
        row = dict(zip(self._names, values, strict=True))
        for name, read in self._reads:
            row[name] = read(row[name])
        return row


class Change:
    """An insert or update; which columns it writes is told by what it is given."""

    def __init__(self, change: UpdateBase) -> None:
        self._change = change
        self._ready: dict[tuple[str, ...], _Ready] = {}

    def run(self, connection: Connection, values: Mapping[str, Any]) -> None:
        """Run it once.

        Raises:
            IntegrityError: it breaks a constraint.
        """
        if _by_driver(connection):
            self._run(connection, values)
        else:
            connection.execute(self._change, dict(values))

    def numbered(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """Run an insert once, and return the number that its row was given; else as `run`."""
        if _by_driver(connection):
            return self._run(connection, values).lastrowid or 0
        key = connection.execute(self._change, dict(values)).inserted_primary_key
        return int(key[0]) if key else 0

    def run_each(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run it once for each row; all of them name the same columns."""
        if not _by_driver(connection):
            connection.execute(self._change, [dict(row) for row in rows])
            return
        for row in rows:
            self.run(connection, row)

    def _run(self, connection: Connection, values: Mapping[str, Any]) -> sqlite3.Cursor:
        names = tuple(values)
        ready = self._ready.get(names)
        if ready is None:
            ready = self._ready[names] = _made_ready(self._change, connection.dialect, names)
        try:
            return _driver(connection).execute(ready.text, ready.written(values))
        except sqlite3.IntegrityError as error:
            raise IntegrityError(ready.text, None, error) from error


@dataclass(frozen=True, slots=True)
class _Ready:
    """A statement's text, and what stands in it: each value's name, and how it is written."""

    text: str
    binds: tuple[tuple[str, _Convert | None], ...]
    constants: Mapping[str, object]
    """Values that the statement brings along."""

    def written(self, values: Mapping[str, Any]) -> list[object]:
        """Return the values in the statement's order, as the driver takes them."""
        if self.constants:
            values = {**self.constants, **values}
        return [values[n] if write is None else write(values[n]) for n, write in self.binds]


def _made_ready(
    statement: Select[Any] | UpdateBase, dialect: Dialect, names: Sequence[str]
) -> _Ready:
    compiled = statement.compile(dialect=dialect, column_keys=list(names) or None)
    if not isinstance(compiled, SQLCompiler):
        raise TypeError(f"not SQL: {statement}")
    binds = [(name, compiled.binds[name]) for name in compiled.positiontup or ()]
    writes = tuple((name, _writer(bind.type, dialect)) for name, bind in binds)
    constants = {name: bind.value for name, bind in binds if not bind.required}
    return _Ready(compiled.string, writes, constants)


def _writer(of: TypeEngine[Any], dialect: Dialect) -> _Convert | None:
    """Return how a value is written; our own types stand on text, which is written as it is."""
    if isinstance(of, Amount | JsonText):
        return partial(of.process_bind_param, _dialect=dialect)
    return of.dialect_impl(dialect).bind_processor(dialect)


def _reader(of: TypeEngine[Any], dialect: Dialect) -> _Convert | None:
    if isinstance(of, Amount | JsonText):
        return partial(of.process_result_value, _dialect=dialect)
    return of.dialect_impl(dialect).result_processor(dialect, None)


def _by_driver(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite" and not connection.dispatch.before_cursor_execute


def _driver(connection: Connection) -> sqlite3.Connection:
    raw = connection.connection.driver_connection
    if not isinstance(raw, sqlite3.Connection):
        raise TypeError(f"not SQLite's: {type(raw)}")
    return raw
