"""What both sides know at rest, read without the desk's own code: the venue's book, the ledger.

The ledger is read with plain SQL and the book at the simulator's admin door, so that a slip in
the desk's reading cannot hide itself from the judge.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Book:
    """What the venue really holds."""

    orders: tuple[Row, ...]
    trades: tuple[Row, ...]
    balances: Mapping[str, tuple[Decimal, Decimal]]
    """Asset → free, locked."""
    requests: Mapping[str, int] = field(default_factory=dict)
    overshoots: int = 0
    """Arrivals beyond one of MEXC's caps, as this profile has them."""
    passed_caps: tuple[str, ...] = ()
    """Of each cap that was passed: by how much, and what arrived in its fullest window."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the desk wrote down."""

    intents: tuple[Row, ...]
    attempts: tuple[Row, ...]
    """Each with its intent's client order id."""
    absences: tuple[Row, ...]
    fills: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that the judge is given."""

    book: Book
    ledger: Ledger
    forgotten_attempts: tuple[Row, ...]
    """Attempts of ledgers that an older copy replaced."""
    ended_before_a_restore: frozenset[str]
    """Keys that a replaced ledger had ended unplaced: for the report; no law spares them."""
    sent: tuple[tuple[str, int], ...]
    """(client order id, stamp) of every order whose bytes were let go, in order."""
    keys: frozenset[str]
    """Every key that a producer called with."""
    task_ids: Mapping[str, str]
    conflicts: Mapping[str, str]
    """Task ids of calls that wanted the key of another order, by key."""
    results: Mapping[str, Row]
    """What is stored for producers, by task id."""
    deposits: Mapping[str, Decimal]
    """What the account began with."""


Arrivals = Sequence[tuple[int, str, str, int]]
"""What came to the door, oldest first: microseconds, endpoint, uid, status (0: let in)."""


def book_of(
    state: Mapping[str, Any], caps: Mapping[str, Any], arrivals: Arrivals, account: str
) -> Book:
    """Read what the admin door shows of one account."""
    balances = {
        asset: (Decimal(held["free"]), Decimal(held["locked"]))
        for asset, held in state["balances"][account].items()
    }
    return Book(
        orders=tuple(row for row in state["orders"] if row["account"] == account),
        trades=tuple(row for row in state["trades"] if row["account"] == account),
        balances=balances,
        requests=state["requests"],
        overshoots=int(caps["overshoots"]),
        passed_caps=tuple(_fullest(row, arrivals) for row in caps["caps"] if row["overshoots"]),
    )


def _fullest(cap: Row, arrivals: Arrivals) -> str:
    """Tell the fullest window of a cap that was passed."""
    until_us, span_us = int(cap["peak_at_us"]), int(cap["span_ms"]) * 1_000
    within = [row for row in arrivals if until_us - span_us < row[0] <= until_us]
    told = ", ".join(f"{endpoint} {(at - until_us) // 1_000}" for at, endpoint, _, _ in within)
    return f"{cap['name']}: {cap['peak']} of {cap['limit']} in {cap['span_ms']} ms: {told}"


def ledger_at(path: Path) -> Ledger:
    """Read a ledger's tables."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        return Ledger(
            intents=_rows(connection, "SELECT * FROM intents ORDER BY id"),
            attempts=attempts_in(connection),
            absences=_rows(connection, "SELECT * FROM absences ORDER BY attempt_id, asked_ms"),
            fills=_rows(
                connection,
                "SELECT f.*, i.idempotency_key FROM fills f JOIN intents i ON i.id = f.intent_id",
            ),
        )


def attempts_in(connection: sqlite3.Connection) -> tuple[Row, ...]:
    """Read every attempt with its intent's names."""
    return _rows(
        connection,
        "SELECT a.*, i.client_order_id, i.idempotency_key FROM attempts a "
        "JOIN intents i ON i.id = a.intent_id ORDER BY a.id",
    )


def forgotten_at(paths: Iterable[Path]) -> tuple[Row, ...]:
    """Read the attempts of ledgers that were replaced."""
    return tuple(row for path in paths for row in ledger_at(path).attempts)


def unplaced_at(paths: Iterable[Path]) -> frozenset[str]:
    """Read what replaced ledgers had ended without an order."""
    rows = (row for path in paths for row in ledger_at(path).intents)
    ended = (row for row in rows if row["ended_ms"] is not None and row["order_id"] is None)
    return frozenset(row["idempotency_key"] for row in ended)


def sent_at(path: Path) -> tuple[tuple[str, int], ...]:
    """Read which orders' bytes were let go."""
    if not path.exists():
        return ()
    lines = (line.split() for line in path.read_text().splitlines())
    return tuple((name, int(stamp)) for name, stamp in lines)


def _rows(connection: sqlite3.Connection, query: str) -> tuple[Row, ...]:
    return tuple(dict(row) for row in connection.execute(query))
