import sqlite3
import threading
from pathlib import Path

import pytest

from orderdesk.stores.ledger_sql.write_turns import NoTurn, Turns


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A database that two connections fight for."""
    return tmp_path / "fought for.db"


def _connect(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(file, isolation_level=None, check_same_thread=False)


def test_begin_when_the_lock_is_free_then_it_is_taken_and_waiting_is_restored(file: Path) -> None:
    """Statements after BEGIN wait for locks as they always did."""
    connection = _connect(file)

    Turns(timeout_ms=70).begin(connection)

    assert connection.in_transaction
    assert connection.execute("PRAGMA busy_timeout").fetchone() == (70,)
    connection.close()


def test_begin_when_another_holds_the_lock_for_ever_then_it_gives_up_as_busy(file: Path) -> None:
    """The wait has an end, and the error says what it was."""
    holder, waiter = _connect(file), _connect(file)
    holder.execute("BEGIN IMMEDIATE")

    with pytest.raises(sqlite3.OperationalError, match="locked"):
        Turns(timeout_ms=20).begin(waiter)

    assert not waiter.in_transaction
    holder.close()
    waiter.close()


def test_begin_when_another_lets_go_then_its_turn_comes(file: Path) -> None:
    """Who waits is served, however long its patience is."""
    holder, waiter = _connect(file), _connect(file)
    holder.execute("BEGIN IMMEDIATE")
    thread = threading.Thread(target=Turns(timeout_ms=60_000).begin, args=(waiter,))
    thread.start()

    holder.execute("COMMIT")
    thread.join(30)

    assert waiter.in_transaction
    holder.close()
    waiter.close()


def test_begin_when_the_trouble_is_no_lock_then_it_is_not_waited_for(file: Path) -> None:
    """Only a busy answer gets better by waiting."""
    connection = _connect(file)
    connection.execute("BEGIN")

    with pytest.raises(sqlite3.OperationalError, match="within a transaction"):
        Turns(timeout_ms=60_000).begin(connection)

    connection.close()


def test_mine_when_another_thread_holds_the_turn_then_there_is_none() -> None:
    """One thread of a process writes at a time; the turn comes back however it ends."""
    turns = Turns(timeout_ms=20)

    def fails() -> None:
        with turns.mine(), turns.mine():
            raise AssertionError("two turns at once")

    with pytest.raises(NoTurn, match="20 ms"):
        fails()

    with turns.mine():
        pass
