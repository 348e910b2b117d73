"""Whether a commit is on disk before it is acknowledged (assumption A5)."""

from sqlalchemy import Connection

from orderdesk.core.durability import Durability
from orderdesk.stores.ledger_sql.chapter import Chapter

_SYNCHRONOUS = {0: "OFF", 1: "NORMAL", 2: "FULL", 3: "EXTRA"}
"""Source: SQLite docs, "PRAGMA synchronous", read in Nov 2026."""


class Asking(Chapter):
    """What is asked of the database itself, and not of what it holds."""

    def durability(self) -> Durability:
        """Ask the database, on a connection like those that write."""
        with self._store.read() as connection:
            return sqlite(connection)


def sqlite(connection: Connection) -> Durability:
    """Ask SQLite: in WAL mode only FULL and EXTRA survive the loss of power."""
    synchronous = int(connection.exec_driver_sql("PRAGMA synchronous").scalar_one())
    mode = str(connection.exec_driver_sql("PRAGMA journal_mode").scalar_one())
    says = f"SQLite, synchronous {_SYNCHRONOUS.get(synchronous, synchronous)}, journal {mode}"
    return Durability(synchronous >= 2 and mode == "wal", says)  # noqa: PLR2004 - FULL, see above
