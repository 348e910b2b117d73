"""A ledger that is locked, full, gone, closed or no ledger at all."""

import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from orderdesk.core.answers import Accepted
from orderdesk.core.events import Event, EventKind
from orderdesk.core.orders import OrderStatus
from orderdesk.errors import LedgerUnavailable
from orderdesk.stores.ledger_sql import LedgerSql
from tests.stores.ledger_sql.drafts import draft
from tests.stores.ledger_sql.limits import file_size_limit
from tests.stores.ledger_sql.steps import T_MS, kinds, placed, sending, try_open


def _file(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


@contextmanager
def _opened(url: str, *, busy_timeout_ms: int = 50) -> Iterator[LedgerSql]:
    ledger = LedgerSql(url, listener=lambda _event: None, busy_timeout_ms=busy_timeout_ms)
    try:
        yield ledger
    finally:
        ledger.close()


@contextmanager
def _another_writer(url: str) -> Iterator[sqlite3.Connection]:
    """Hold the file's write lock, as another process would."""
    connection = sqlite3.connect(_file(url), isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
    finally:
        connection.close()


def test_write_when_another_process_holds_the_lock_then_it_is_unavailable_and_reads_go_on(
    file_url: str,
) -> None:
    """Locked is trouble that may pass: nothing is written, nothing is lost."""
    with _opened(file_url) as ledger:
        before = placed(ledger, draft())

        with _another_writer(file_url):
            with pytest.raises(LedgerUnavailable, match="nothing was written"):
                try_open(ledger, draft("key-2"))
            assert ledger.intent("main", "key-1") == before

        assert ledger.intent("main", "key-2") is None
        sending(ledger, draft("key-2"))


def test_write_when_another_thread_never_ends_then_it_is_unavailable(url: str) -> None:
    """A stuck thread is reported, not waited for without end."""
    inside, leave = threading.Event(), threading.Event()

    def stuck() -> int:
        inside.set()
        assert leave.wait(10)
        return T_MS

    with _opened(url) as ledger:
        thread = threading.Thread(target=try_open, args=(ledger, draft()), kwargs={"stamp": stuck})
        thread.start()
        assert inside.wait(10)
        with pytest.raises(LedgerUnavailable, match="nothing was written"):
            try_open(ledger, draft("key-2"))
        leave.set()
        thread.join()

        intent = ledger.intent("main", "key-1")
    assert intent is not None
    assert intent.status is OrderStatus.SENDING


def test_open_attempt_when_the_disk_is_full_at_commit_then_it_is_not_sent_and_nothing_is_lost(
    file_url: str,
) -> None:
    """A commit that failed may still be found after a crash: the message says so."""
    with _opened(file_url) as ledger:
        # Given an acknowledged attempt, and a disk with no room for another page
        kept = sending(ledger, draft())
        wal = _file(file_url + "-wal")

        # When the next is opened
        with file_size_limit(wal.stat().st_size), pytest.raises(LedgerUnavailable, match="MAY"):
            try_open(ledger, draft("key-2"))

        # Then the first is there, the second is not, and with room the desk goes on
        assert ledger.open_attempt_of(kept.intent.id) == kept.attempt
        assert ledger.intent("main", "key-2") is None
        intent = ledger.settle(kept.attempt.id, Accepted("X1"), now_ms=T_MS + 50)

    with _opened(file_url) as ledger:
        assert ledger.intent("main", "key-1") == intent
        assert ledger.intent("main", "key-2") is None


def test_write_when_the_disk_is_full_before_the_commit_then_nothing_was_written(
    memory_ledger: LedgerSql, heard: list[Event]
) -> None:
    """The statement that found no room takes its whole transaction with it."""
    kept = sending(memory_ledger, draft())
    heard.clear()
    with memory_ledger._store.read() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=1")

    def fill_it() -> None:
        for number in range(1_000):
            memory_ledger.tell(Event(EventKind.MISMATCH, number, data={"filler": "x" * 4_000}))

    with pytest.raises(LedgerUnavailable, match=r"full.*nothing was written"):
        fill_it()

    assert memory_ledger.open_attempt_of(kept.intent.id) == kept.attempt
    with memory_ledger._store.read() as connection:
        rows = connection.exec_driver_sql("SELECT count(*) FROM events").scalar_one()
    assert rows == 1 + len(heard)
    assert set(kinds(heard)) <= {EventKind.MISMATCH}


def test_ledger_when_its_file_is_gone_then_it_is_unavailable(file_url: str) -> None:
    """Writing on into a file that was moved away would be writing for nobody."""
    with _opened(file_url) as ledger:
        placed(ledger, draft())
        moved = _file(file_url).rename(_file(file_url).with_name("moved"))

        for use in (ledger.attempt_counter, lambda: sending(ledger, draft("key-2"))):
            with pytest.raises(LedgerUnavailable, match="moved"):
                use()

        moved.rename(_file(file_url))
        assert ledger.attempt_counter() == 1


def test_ledger_when_its_file_is_replaced_then_it_is_unavailable(file_url: str) -> None:
    """A ledger restored under a running desk is another ledger."""
    with _opened(file_url) as ledger:
        file = _file(file_url)
        copy = file.with_name("copy")
        shutil.copy(file, copy)
        copy.replace(file)

        with pytest.raises(LedgerUnavailable, match="replaced"):
            sending(ledger, draft())


def test_ledger_when_closed_then_it_is_unavailable(url: str) -> None:
    """A closed ledger is not quietly opened again."""
    ledger = LedgerSql(url, listener=lambda _event: None)
    ledger.close()

    with pytest.raises(LedgerUnavailable, match="closed"):
        ledger.attempt_counter()
    with pytest.raises(LedgerUnavailable, match="closed"):
        sending(ledger, draft())


def test_ledger_when_its_file_is_no_database_then_it_is_unavailable(tmp_path: Path) -> None:
    """Whatever lies there is not overwritten."""
    file = tmp_path / "letter.txt"
    file.write_text("Dear Anna, this is no database. " * 100)

    with pytest.raises(LedgerUnavailable, match="nothing was opened"):
        LedgerSql(f"sqlite:///{file}", listener=lambda _event: None)

    assert file.read_text().startswith("Dear Anna")


def test_ledger_when_its_folder_is_missing_then_it_is_unavailable(tmp_path: Path) -> None:
    """A mistyped path is not created."""
    with pytest.raises(LedgerUnavailable, match="unable to open"):
        LedgerSql(f"sqlite:///{tmp_path}/missing/ledger.db", listener=lambda _event: None)
