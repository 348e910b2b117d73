"""Locks on what has no row yet: PostgreSQL locks rows, and two inserts do not see each other.

SQLite has one writer at a time and needs none of this.
"""

from sqlalchemy import Connection, bindparam, func, select

MIGRATION = "migration"

_HOLD = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("name"), 0)))
"""Two names with one hash wait for each other without need, and no more than that."""


def hold(connection: Connection, *name: str) -> None:
    """Wait for the lock of a name, and hold it until the transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(_HOLD, {"name": "orderdesk " + " ".join(name)})
