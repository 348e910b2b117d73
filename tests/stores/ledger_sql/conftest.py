"""A ledger under test, on every backend; another database joins the suite in `BACKENDS`."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from orderdesk.core.events import Event
from orderdesk.ports import Ledger
from orderdesk.stores.ledger_sql import LedgerSql

BACKENDS = {
    "memory": "sqlite://",
    # The space is meant: paths may contain them.
    "file": "sqlite:///{folder}/a ledger.db",
}


@pytest.fixture(params=list(BACKENDS))
def url(request: pytest.FixtureRequest, file_url: str) -> str:
    """Where an empty ledger of each backend lives."""
    return file_url if request.param == "file" else BACKENDS[request.param]


@pytest.fixture
def unborn_url(tmp_path: Path) -> str:
    """Where no ledger is yet."""
    return BACKENDS["file"].format(folder=tmp_path)


@pytest.fixture
def file_url(unborn_url: str, newborn: Path) -> str:
    """Where an empty ledger lies that processes and reopenings share."""
    shutil.copy(newborn, unborn_url.removeprefix("sqlite:///"))
    return unborn_url


@pytest.fixture(scope="session")
def newborn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated ledger to copy, because migrating takes longer than a test."""
    folder = tmp_path_factory.mktemp("newborn")
    LedgerSql(BACKENDS["file"].format(folder=folder), listener=lambda _event: None).close()
    return folder / "a ledger.db"


@pytest.fixture
def heard() -> list[Event]:
    """What the listener was told."""
    return []


@pytest.fixture
def ledger(url: str, heard: list[Event]) -> Iterator[Ledger]:
    """An empty ledger."""
    yield from _open(url, heard)


@pytest.fixture
def file_ledger(file_url: str, heard: list[Event]) -> Iterator[LedgerSql]:
    """An empty ledger in a file."""
    yield from _open(file_url, heard)


@pytest.fixture
def memory_ledger(heard: list[Event]) -> Iterator[LedgerSql]:
    """An empty ledger in memory."""
    yield from _open(BACKENDS["memory"], heard)


def _open(url: str, heard: list[Event]) -> Iterator[LedgerSql]:
    ledger = LedgerSql(url, listener=heard.append)
    yield ledger
    ledger.close()
