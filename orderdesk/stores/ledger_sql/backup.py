"""Copy a ledger while it is written to, and look whether a copy is whole. SQLite's alone.

PostgreSQL has tools of its own for this, and they must be used: docs/scaling.md.
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from orderdesk.errors import DeskError, SettingsError
from orderdesk.stores.ledger_sql import engine as engines

_OWNER_ONLY = 0o600


def sqlite_file(url: str) -> Path:
    """Return the file of a ledger.

    Raises:
        SettingsError: it is not in a file.
    """
    parsed = engines.ledger_url(url)
    file = engines.file_of(parsed) if parsed.get_backend_name() == "sqlite" else None
    if file is None or not file.exists():
        rule = "a SQLite file that is there; PostgreSQL is backed up by pg_basebackup"
        message = (
            f"DATABASE_URL names no ledger that can be copied: must be {rule} (docs/runbook.md)."
        )
        raise SettingsError(message, "DATABASE_URL", "", rule)
    return file


def back_up(file: Path, target: Path) -> None:
    """Copy the ledger as it is at one moment; writers go on meanwhile.

    The copy appears under its name only when it is whole and on disk.

    Raises:
        DeskError: there is something under that name, or it cannot be written, or is not whole.
    """
    if target.exists():
        raise DeskError(f"{target} is there already; a backup never overwrites: name another file")
    unfinished = target.with_name(f"{target.name}.unfinished")
    try:
        unfinished.unlink(missing_ok=True)
        os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL, _OWNER_ONLY))
        with (
            closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(unfinished)) as copy,
        ):
            # All pages in one step: SQLite's WAL lets writers go on beside the reader that this is.
            source.backup(copy)
        whole(unfinished)
        with unfinished.open("rb") as written:
            os.fsync(written.fileno())
        unfinished.rename(target)
    except (OSError, sqlite3.Error) as error:
        raise DeskError(f"{target} cannot be written: {error}") from error


def whole(file: Path) -> None:
    """Have SQLite look through every page of a ledger.

    Raises:
        DeskError: it is damaged, or no ledger.
    """
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as ledger:
            found = [str(row[0]) for row in ledger.execute("PRAGMA integrity_check(5)")]
            ledger.execute("SELECT count(*) FROM intents")
    except sqlite3.Error as error:
        raise DeskError(f"{file} is no ledger that can be read: {error}") from error
    if found != ["ok"]:
        raise DeskError(f"{file} is damaged: {'; '.join(found)}. Restore the newest backup.")
