"""Which PostgreSQL this is: a ledger that was restored, or whose standby took over, has forgotten.

Its sequences jump when a standby takes over, so a lower attempt counter does not show what was
lost there. What does is the timeline, which every recovery leaves for a new one. The ledger keeps
the lineage it was last known under; until a doubt is written about a new one, no attempt opens.
"""

from sqlalchemy import Connection, select, update

from orderdesk.stores.ledger_sql.database import Gone
from orderdesk.stores.ledger_sql.schema import ledger

LINEAGE = "lineage"
"""Under this name a connection of PostgreSQL has it; one of SQLite has none."""

_KNOWN_HERE = "lineage is known"

ASK = """
    SELECT system_identifier || '/' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)
           || '/' || (SELECT oid FROM pg_database WHERE datname = current_database())
      FROM pg_control_system()
"""
"""The cluster, its timeline, and the database in it. Fails on a standby, where none may write.

Source: PostgreSQL 18 docs, "System Information Functions" and "WAL Functions", Nov 2026."""


def moved(connection: Connection) -> bool:
    """Tell whether the ledger was last known under another lineage than this connection's."""
    ours = connection.info.get(LINEAGE)
    return ours is not None and ours != connection.scalar(select(ledger.c.lineage))


def take_over(connection: Connection) -> None:
    """Write down the lineage that the ledger has now."""
    ours = connection.info.get(LINEAGE)
    if ours is not None:
        connection.execute(update(ledger).values(lineage=ours))


def confirm(connection: Connection) -> None:
    """Let nothing go on where a doubt is still to be written; asked once in a connection.

    Raises:
        Gone: the lineage is another.
    """
    if _KNOWN_HERE in connection.info:
        return
    if moved(connection):
        raise Gone("PostgreSQL was restored or its standby took over: a doubt comes first")
    connection.info[_KNOWN_HERE] = True
