"""Whether a commit is on disk before it is acknowledged (assumption A5)."""

from sqlalchemy import Connection, text

from orderdesk.core.durability import Durability
from orderdesk.stores.ledger_sql.chapter import Chapter

_SYNCHRONOUS = {0: "OFF", 1: "NORMAL", 2: "FULL", 3: "EXTRA"}
"""Source: SQLite docs, "PRAGMA synchronous", read in Nov 2026."""

_SETTINGS = ("fsync", "synchronous_commit", "full_page_writes")
"""Source: PostgreSQL 18 docs, "Write Ahead Log", read in Nov 2026."""


class Asking(Chapter):
    """What is asked of the database itself, and not of what it holds."""

    def durability(self) -> Durability:
        """Ask the database, on a connection like those that write."""
        with self._store.read() as connection:
            ask = sqlite if connection.dialect.name == "sqlite" else postgresql
            return ask(connection)


def sqlite(connection: Connection) -> Durability:
    """Ask SQLite: in WAL mode only FULL and EXTRA survive the loss of power."""
    synchronous = int(connection.exec_driver_sql("PRAGMA synchronous").scalar_one())
    mode = str(connection.exec_driver_sql("PRAGMA journal_mode").scalar_one())
    says = f"SQLite, synchronous {_SYNCHRONOUS.get(synchronous, synchronous)}, journal {mode}"
    return Durability(synchronous >= 2 and mode == "wal", says)  # noqa: PLR2004 - FULL, see above


def postgresql(connection: Connection) -> Durability:
    """Ask PostgreSQL: a commit must be in its log on disk, and on its standby if it has one."""
    shown = ", ".join(f"current_setting('{name}')" for name in ("server_version", *_SETTINGS))
    version, *values = connection.execute(text(f"SELECT {shown}")).one()
    says = ", ".join(f"{name} {value}" for name, value in zip(_SETTINGS, values, strict=True))
    kept = all(value in ("on", "remote_apply") for value in values)
    return Durability(kept, f"PostgreSQL {version}, {says}")
