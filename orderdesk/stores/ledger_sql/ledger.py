"""The ledger: all its chapters over one store."""

from collections.abc import Sequence

from sqlalchemy import delete, insert, or_

from orderdesk.core.answers import Balance
from orderdesk.core.events import Event
from orderdesk.stores.ledger_sql import named_locks
from orderdesk.stores.ledger_sql.asset_books import AssetBooks
from orderdesk.stores.ledger_sql.booking import Booking
from orderdesk.stores.ledger_sql.cancelling import Cancelling
from orderdesk.stores.ledger_sql.commands import Commands
from orderdesk.stores.ledger_sql.dead_letters import DeadLetters
from orderdesk.stores.ledger_sql.due import Due
from orderdesk.stores.ledger_sql.durability import Asking
from orderdesk.stores.ledger_sql.ending import Ending
from orderdesk.stores.ledger_sql.figures import Counting
from orderdesk.stores.ledger_sql.identity import Identity
from orderdesk.stores.ledger_sql.opening import Opening
from orderdesk.stores.ledger_sql.reading import Reading
from orderdesk.stores.ledger_sql.resolving import Resolving
from orderdesk.stores.ledger_sql.risk import Risk
from orderdesk.stores.ledger_sql.schema import balance_snapshots
from orderdesk.stores.ledger_sql.settling import Settling
from orderdesk.stores.ledger_sql.standing_down import StandingDown
from orderdesk.stores.ledger_sql.store import Listener, Store
from orderdesk.stores.ledger_sql.switches import Switches

BUSY_TIMEOUT_MS = 5_000
"""SQLite's habit in Python (sqlite3.connect's `timeout`); a commit takes a few ms."""

LOCK_TIMEOUT_MS = 900
"""In PostgreSQL; below half of the shortest window that MEXC's orders are given as a rule, 2 s."""

SNAPSHOTS_KEPT_MS = 30 * 86_400_000
"""Balances are read every minute, order or no order: they must not grow for ever."""


class LedgerSql(
    Identity,
    Asking,
    Ending,
    Opening,
    Settling,
    Booking,
    Resolving,
    Cancelling,
    Commands,
    Reading,
    Due,
    Switches,
    Risk,
    StandingDown,
    DeadLetters,
    AssetBooks,
    Counting,
):
    """The `Ledger` port over SQL: PostgreSQL, SQLite in a file, or in memory for tests of flows.

    Each method is one transaction. Threads and processes may share a ledger; one process
    opens it once and forks before, not after. Any method raises `LedgerUnavailable`
    when the database is locked, gone, full or closed.

    Args:
        url: where it lives, like `sqlite:////var/lib/orderdesk/ledger.db`; `sqlite://` is
            in memory, `postgresql://user:password@host/name` is an empty database or a ledger.
            It is created, migrated or refused when it is opened.
        listener: hears every event after the commit that booked it, in the thread that
            wrote; what it raises reaches the caller, and the commit stands.
        busy_timeout_ms: how long a write waits for other writers.
        lock_timeout_ms: the same for each lock in PostgreSQL; the shorter of both holds there.

    Raises:
        SettingsError: the URL names no database that a ledger can live in.
        DeskHalted: a newer orderdesk wrote this ledger.
        LedgerUnavailable: it cannot be opened now.
    """

    def __init__(
        self,
        url: str,
        *,
        listener: Listener,
        busy_timeout_ms: int = BUSY_TIMEOUT_MS,
        lock_timeout_ms: int = LOCK_TIMEOUT_MS,
    ) -> None:
        self._store = Store(
            url,
            listener=listener,
            busy_timeout_ms=busy_timeout_ms,
            lock_timeout_ms=lock_timeout_ms,
        )

    def close(self) -> None:
        """Close every connection; a ledger in memory is forgotten."""
        self._store.close()

    def tell(self, event: Event) -> None:
        """Append an event that belongs to no other transaction."""
        with self._store.write() as work:
            work.tell(event)

    def save_balances(self, account: str, balances: Sequence[Balance], *, now_ms: int) -> None:
        """Keep a snapshot of the account's balances; of two in one ms the later stays."""
        table = balance_snapshots
        rows = [
            {
                "account": account,
                "at_ms": now_ms,
                "asset": balance.asset,
                "free": balance.free,
                "locked": balance.locked,
            }
            for balance in balances
        ]
        with self._store.write() as work:
            named_locks.hold(work.connection, "balances", account)
            work.connection.execute(
                delete(table).where(
                    table.c.account == account,
                    or_(table.c.at_ms == now_ms, table.c.at_ms < now_ms - SNAPSHOTS_KEPT_MS),
                )
            )
            if rows:
                work.connection.execute(insert(table), rows)
