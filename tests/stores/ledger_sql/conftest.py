"""A ledger under test, on every backend: memory, a file, PostgreSQL."""

import itertools
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from orderdesk.core.events import Event
from orderdesk.ports import Ledger
from orderdesk.stores.ledger_sql import LedgerSql
from orderdesk.stores.ledger_sql.lineage import ASK
from tests.postgres import RunningPostgres, running_postgres

MEMORY = "sqlite://"
# The space is meant: paths may contain them.
FILE = "sqlite:///{folder}/a ledger.db"

SHARED = ("file", pytest.param("postgres", marks=pytest.mark.processes))
"""Backends that processes share."""

_numbers = itertools.count()


@pytest.fixture(params=["memory", *SHARED])
def url(request: pytest.FixtureRequest) -> str:
    """Where an empty ledger of each backend lives."""
    if request.param == "memory":
        return MEMORY
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture(params=SHARED)
def backend(request: pytest.FixtureRequest) -> str:
    """The name of a backend that processes share."""
    return str(request.param)


@pytest.fixture
def shared_url(request: pytest.FixtureRequest, backend: str) -> str:
    """Where an empty ledger lies that processes and reopenings share."""
    return str(request.getfixturevalue(f"{backend}_url"))


@pytest.fixture
def unborn_shared_url(request: pytest.FixtureRequest, backend: str) -> str:
    """Where no ledger is yet, and several processes may make one."""
    fixture = {"file": "unborn_url", "postgres": "unborn_postgres_url"}[backend]
    return str(request.getfixturevalue(fixture))


@pytest.fixture(scope="session")
def postgres() -> Iterator[RunningPostgres]:
    """Run one server that no test may harm; what power loss would do to it is no matter."""
    with running_postgres("-c", "fsync=off", "-c", "full_page_writes=off") as server:
        LedgerSql(server.create("newborn"), listener=lambda _event: None).close()
        yield server


@pytest.fixture
def postgres_url(postgres: RunningPostgres) -> Iterator[str]:
    """Where an empty ledger in PostgreSQL lies."""
    name = f"test_{next(_numbers)}"
    url = postgres.create(name, like="newborn")
    with closing(postgres.admin(name)) as admin:
        # A copy notices that it is one; this one is to be taken for the first.
        admin.execute(f"UPDATE ledger SET lineage = ({ASK})".encode())
    yield url
    postgres.drop(name)


@pytest.fixture
def unborn_postgres_url(postgres: RunningPostgres) -> Iterator[str]:
    """Where an empty database is."""
    name = f"test_{next(_numbers)}"
    yield postgres.create(name)
    postgres.drop(name)


@pytest.fixture
def unborn_url(tmp_path: Path) -> str:
    """Where no file is yet."""
    return FILE.format(folder=tmp_path)


@pytest.fixture
def file_url(unborn_url: str, newborn: Path) -> str:
    """Where an empty ledger in a file lies."""
    shutil.copy(newborn, unborn_url.removeprefix("sqlite:///"))
    return unborn_url


@pytest.fixture(scope="session")
def newborn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated ledger to copy, because migrating takes longer than a test."""
    folder = tmp_path_factory.mktemp("newborn")
    LedgerSql(FILE.format(folder=folder), listener=lambda _event: None).close()
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
    yield from _open(MEMORY, heard)


@pytest.fixture
def postgres_ledger(postgres_url: str, heard: list[Event]) -> Iterator[LedgerSql]:
    """An empty ledger in PostgreSQL."""
    yield from _open(postgres_url, heard)


def _open(url: str, heard: list[Event]) -> Iterator[LedgerSql]:
    ledger = LedgerSql(url, listener=heard.append)
    yield ledger
    ledger.close()
