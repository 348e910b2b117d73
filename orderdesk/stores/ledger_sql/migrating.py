"""Bringing a ledger's schema up to date at open: forward only, one process at a time."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, Table, Text, inspect, select

from orderdesk.errors import DeskHalted
from orderdesk.stores.ledger_sql.birth import be_born
from orderdesk.stores.ledger_sql.schema import REVISION

MIGRATIONS = Path(__file__).parent / "migrations"

_version = Table("alembic_version", MetaData(), Column("version_num", Text))

_alembic_is_global = threading.Lock()
"""Alembic keeps the migration that runs in module globals, one in a process."""

Transaction = Callable[[], AbstractContextManager[Connection]]


def bring_up_to_date(reading: Transaction, writing: Transaction) -> None:
    """Migrate a ledger to `REVISION`, and let a new one be born, in one transaction.

    Any number of processes may do this together: the first to get the write lock
    migrates, the others find it done.

    Raises:
        DeskHalted: the ledger was written by a newer orderdesk; it is not touched.
    """
    with reading() as connection:
        if _revision(connection) == REVISION:
            return
    with _alembic_is_global, writing() as connection:
        if _revision(connection) != REVISION:
            _upgrade(connection)
            be_born(connection)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table(_version.name):
        return None
    return connection.scalar(select(_version.c.version_num))


def _upgrade(connection: Connection) -> None:
    # Alembic takes a fifth of a second to import, and is needed once in a ledger's version.
    from alembic import command  # noqa: PLC0415 - see above
    from alembic.config import Config  # noqa: PLC0415 - see above
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - see above

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    found = _revision(connection)
    if found is not None and found not in known:
        raise DeskHalted(
            f"the ledger's schema is {found}, and this orderdesk knows none newer than {REVISION}: "
            "a newer orderdesk wrote it; install that version again, the ledger is not downgraded"
        )
    command.upgrade(config, "head")
