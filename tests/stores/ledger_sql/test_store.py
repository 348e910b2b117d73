import threading

import pytest
from sqlalchemy import Engine, event, insert
from sqlalchemy.exc import IntegrityError

from orderdesk.core.answers import Accepted
from orderdesk.core.events import Event, EventKind
from orderdesk.core.orders import OrderStatus
from orderdesk.core.risk.verdicts import PASSED, Verdict
from orderdesk.stores.ledger_sql import LedgerSql, schema
from tests.stores.ledger_sql.drafts import NOW_MS, draft
from tests.stores.ledger_sql.steps import T_MS, placed, sending, try_open


def test_listener_when_told_then_the_commit_is_done_and_no_lock_is_held(url: str) -> None:
    """Who hears of an event can read it back, and even write, from within the listener."""
    seen: list[OrderStatus] = []

    def listen(event_: Event) -> None:
        intent = ledger.intent("main", event_.order)
        assert intent is not None
        seen.append(intent.status)
        if event_.kind is EventKind.ORDER_SENDING:
            ledger.tell(Event(EventKind.MISMATCH, NOW_MS, account="main", order=event_.order))

    ledger = LedgerSql(url, listener=listen)
    sending(ledger, draft())
    ledger.close()

    assert seen == [OrderStatus.SENDING] * 2


def test_write_when_the_transaction_fails_then_nothing_is_kept_and_nothing_told(
    memory_ledger: LedgerSql, heard: list[Event]
) -> None:
    """An event without its commit has not happened."""

    def fails() -> None:
        row = {"since_ms": 1, "until_ms": 2, "reason": ""}
        with memory_ledger._store.write() as work:
            work.tell(Event(EventKind.MISMATCH, NOW_MS))
            work.connection.execute(insert(schema.doubts), row)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()

    assert memory_ledger.doubt() is None
    assert heard == []


def test_write_when_inside_a_write_then_it_is_a_mistake_and_not_a_deadlock(
    memory_ledger: LedgerSql,
) -> None:
    """A gate that wrote would wait for its own transaction for ever."""

    def writes(_draft: object, _standing: object) -> Verdict:
        memory_ledger.tell(Event(EventKind.MISMATCH, NOW_MS))
        return PASSED

    with pytest.raises(RuntimeError, match="inside a write"):
        try_open(memory_ledger, draft(), gate=writes)

    assert memory_ledger.intent("main", "key-1") is None


def test_write_when_a_constraint_breaks_then_it_is_not_called_unavailable(
    memory_ledger: LedgerSql,
) -> None:
    """A second open attempt is impossible, and trying is a bug that a retry would hide."""
    opened = sending(memory_ledger, draft())
    row: dict[str, object] = {"intent_id": opened.intent.id, "number": 2, "stamp_ms": 1}
    row |= {"window_ms": 1, "request_hash": "", "notional": "0", "state": "OPEN"}

    with pytest.raises(IntegrityError), memory_ledger._store.write() as work:
        work.connection.exec_driver_sql(
            f"INSERT INTO attempts ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})",
            tuple(row.values()),
        )


def test_placing_when_all_goes_well_then_it_takes_two_commits(file_ledger: LedgerSql) -> None:
    """Two durable commits per order on the happy path, no more."""
    commits: list[object] = []
    with file_ledger._store.read() as connection:
        engine: Engine = connection.engine
    event.listen(engine, "commit", commits.append)

    placed(file_ledger, draft())

    assert len(commits) == 2


def test_commit_when_done_then_it_is_on_the_disk(file_ledger: LedgerSql) -> None:
    """What the ledger acknowledges it keeps: WAL, and every commit synchronised."""
    with file_ledger._store.read() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }

    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_placing_when_many_threads_share_a_ledger_then_all_their_orders_are_kept(url: str) -> None:
    """Threads take turns; every order goes its whole way."""

    def trade(name: str) -> None:
        for number in range(5):
            opened = sending(ledger, draft(f"{name}-{number}"))
            ledger.settle(opened.attempt.id, Accepted(f"X{name}-{number}"), now_ms=T_MS + 50)

    ledger = LedgerSql(url, listener=lambda _event: None)
    threads = [threading.Thread(target=trade, args=(str(number),)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(ledger.resting("main")) == 40
    assert ledger.attempt_counter() == 40
    ledger.close()
