"""What docs/scaling.md says of backup and restore, run as it stands there."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from orderdesk.stores.ledger_sql import LedgerSql
from tests.postgres import running_postgres
from tests.stores.ledger_sql.drafts import draft
from tests.stores.ledger_sql.steps import placed

pytestmark = pytest.mark.processes

PAGE = (Path(__file__).resolve().parents[2] / "docs/scaling.md").read_text()


def _do(what: str, variables: Mapping[str, str]) -> None:
    """Run one of the page's procedures."""
    found = re.search(rf"^```sh {what}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    assert found is not None, what
    here = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    environ = {**os.environ, "PATH": here, **variables}
    subprocess.run(["sh", "-euc", found[1]], env=environ, check=True)


def _open(url: str) -> LedgerSql:
    return LedgerSql(url, listener=lambda _event: None)


def test_sqlite_when_it_is_restored_then_it_is_as_it_was_and_counts_lower(tmp_path: Path) -> None:
    """Copied while the desk writes, and put back under a desk that stands still."""
    file, backup = tmp_path / "a ledger.db", tmp_path / "a backup"
    variables = {"LEDGER_FILE": str(file), "BACKUP": str(backup)}
    ledger = _open(f"sqlite:///{file}")
    kept, ledger_id = placed(ledger, draft("kept")), ledger.ledger_id()
    _do("backup-sqlite", variables)
    placed(ledger, draft("lost"), "X2")
    remembered = ledger.attempt_counter()
    ledger.close()

    _do("restore-sqlite", variables)

    ledger = _open(f"sqlite:///{file}")
    assert ledger.intent("main", "kept") == kept
    assert ledger.intent("main", "lost") is None
    assert ledger.ledger_id() == ledger_id
    assert ledger.attempt_counter() < remembered
    ledger.close()


def test_postgresql_when_it_is_restored_then_it_is_as_it_was_and_knows_that_it_was_moved(
    tmp_path: Path,
) -> None:
    """Dumped while the desk is connected, and restored into another database."""
    with running_postgres() as server:
        variables = {
            "PATH": os.pathsep.join((str(server.programs), os.environ["PATH"])),
            "DATABASE_URL": server.create("ledger"),
            "NEW_DATABASE_URL": server.create("restored"),
            "BACKUP": str(tmp_path / "a backup"),
        }
        ledger = _open(variables["DATABASE_URL"])
        kept, ledger_id = placed(ledger, draft("kept")), ledger.ledger_id()
        _do("backup-postgresql", variables)
        placed(ledger, draft("lost"), "X2")
        remembered = ledger.attempt_counter()
        ledger.close()

        _do("restore-postgresql", variables)

        ledger = _open(variables["NEW_DATABASE_URL"])
        assert ledger.intent("main", "kept") == kept
        assert ledger.intent("main", "lost") is None
        assert ledger.ledger_id() == ledger_id
        assert ledger.attempt_counter() < remembered
        assert ledger.moved()
        ledger.close()
