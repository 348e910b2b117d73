"""Who waits for whom in PostgreSQL, where SQLite has one writer at a time."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from decimal import Decimal

import pytest
from sqlalchemy import text

from orderdesk.core.answers import Balance
from orderdesk.core.intents import DeadLetter, Intent, Opened, Switch
from orderdesk.core.orders import OrderStatus
from orderdesk.ports.ledger import Books
from orderdesk.stores.ledger_sql import LedgerSql
from tests.stores.ledger_sql.drafts import NOW_MS, draft
from tests.stores.ledger_sql.steps import T_MS, now, placed, sending, try_open

pytestmark = pytest.mark.processes

PATIENCE_S = 30
KILL = Switch("kill", engaged=True, reason="daily loss", by="anna", at_ms=NOW_MS)


@dataclass
class Crowd:
    """Threads on one ledger, of which one may stand still inside its opening transaction."""

    ledger: LedgerSql
    pool: ThreadPoolExecutor
    inside: threading.Event = field(default_factory=threading.Event)
    leave: threading.Event = field(default_factory=threading.Event)

    def stands(self) -> int:
        """The stamp of who stands still: its locks are taken, its commit has to wait."""
        self.inside.set()
        assert self.leave.wait(PATIENCE_S)
        return T_MS

    def opening(self, key: str = "key-1") -> "Future[Opened | Intent]":
        """Open an attempt in a thread that stands still before its commit."""
        opened = self.pool.submit(try_open, self.ledger, draft(key), stamp=self.stands)
        assert self.inside.wait(PATIENCE_S)
        return opened

    def waiting(self, how_many: int) -> None:
        """Wait until so many sessions wait for a lock."""
        query = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        deadline_s = time.monotonic() + PATIENCE_S
        while True:
            with self.ledger._store.read() as connection:
                if connection.scalar(query) == how_many:
                    return
            assert time.monotonic() < deadline_s, f"there were never {how_many} who waited"
            time.sleep(0.005)


@pytest.fixture
def crowd(postgres_url: str) -> Iterator[Crowd]:
    """A crowd with all the patience a test may need."""
    ledger = LedgerSql(
        postgres_url, listener=lambda _event: None, busy_timeout_ms=60_000, lock_timeout_ms=60_000
    )
    with ThreadPoolExecutor(8) as pool:
        made = Crowd(ledger, pool)
        yield made
        made.leave.set()
    ledger.close()


def test_set_switch_when_attempts_open_all_the_time_then_it_is_the_next(crowd: Crowd) -> None:
    """Readers of the switch who come later do not overtake whoever engages it."""
    # Given an attempt that opens, and a kill that waits for it
    first = crowd.opening("first")
    kill = crowd.pool.submit(crowd.ledger.set_switch, KILL)
    crowd.waiting(1)
    # When an attempt of another account comes, which nothing else holds up
    second = crowd.pool.submit(try_open, crowd.ledger, draft("second", account="other"))
    # Then it waits behind the kill, and finds it engaged
    crowd.waiting(2)
    crowd.leave.set()
    kill.result(PATIENCE_S)
    assert isinstance(first.result(PATIENCE_S), Opened)
    denied = second.result(PATIENCE_S)
    assert isinstance(denied, Intent)
    assert (denied.status, denied.code) == (OrderStatus.DENIED, "KILL_SWITCH")


def test_request_cancel_when_the_row_is_just_being_written_then_the_row_keeps_it(
    crowd: Crowd,
) -> None:
    """Neither sees the other's insert; the later one waits, so that no cancel is overlooked."""
    of = draft()
    opened = crowd.opening()
    cancel = crowd.pool.submit(
        crowd.ledger.request_cancel, "main", of.client_order_id, reason="no", now_ms=T_MS
    )
    crowd.waiting(1)
    crowd.leave.set()
    sent = opened.result(PATIENCE_S)
    assert isinstance(sent, Opened)
    asked = cancel.result(PATIENCE_S)
    assert asked is not None
    assert now(crowd.ledger, sent.intent).cancel_requested_ms == T_MS


def test_open_attempt_when_the_same_order_is_just_being_opened_then_it_is_open_once(
    crowd: Crowd,
) -> None:
    """The second waits for the counters, and finds the first's attempt."""
    first = crowd.opening()
    second = crowd.pool.submit(try_open, crowd.ledger, draft())
    crowd.waiting(1)
    crowd.leave.set()
    assert isinstance(first.result(PATIENCE_S), Opened)
    late = second.result(PATIENCE_S)
    assert isinstance(late, Intent)
    assert late.status is OrderStatus.SENDING


def test_questions_when_an_attempt_is_open_then_they_wait_for_nobody(crowd: Crowd) -> None:
    """Readers see the last commit, as in SQLite."""
    before = placed(crowd.ledger, draft("before"))
    crowd.opening()
    assert crowd.ledger.intent("main", "before") == before
    assert crowd.ledger.intent("main", "key-1") is None
    assert crowd.ledger.switch("kill") is None


def test_read_when_another_commits_in_between_then_it_sees_one_state(crowd: Crowd) -> None:
    """A story is told from one moment: its attempts, fills and events belong together."""
    count = text("SELECT count(*) FROM intents")
    with crowd.ledger._store.read() as connection:
        assert connection.scalar(count) == 0
        crowd.pool.submit(sending, crowd.ledger, draft()).result(PATIENCE_S)
        assert connection.scalar(count) == 0


@pytest.mark.parametrize("what", ["bury", "balances", "books", "switch", "beat", "account"])
def test_first_row_when_many_write_it_at_once_then_it_is_there_once(
    crowd: Crowd, what: str
) -> None:
    """Whatever has no row yet is written by everybody, and nobody breaks on it."""
    letter = DeadLetter(0, NOW_MS, "place_order", "task", {}, "Broken", "it broke", 1, "")
    held = Balance("USDT", Decimal(1), Decimal(0))
    ledger = crowd.ledger
    doings: dict[str, Callable[[], object]] = {
        "bury": lambda: ledger.bury(letter, end_as=None, now_ms=NOW_MS),
        "balances": lambda: ledger.save_balances("main", [held], now_ms=NOW_MS),
        "books": lambda: ledger.save_asset_books("main", Books({}, 0, NOW_MS), was=None),
        "switch": lambda: ledger.set_switch(replace(KILL, name="other")),
        "beat": lambda: ledger.beat("sweep", NOW_MS),
        "account": lambda: ledger.bind_account("main", desk_id="d", venue="paper"),
    }
    for one in [crowd.pool.submit(doings[what]) for _ in range(8)]:
        one.result(PATIENCE_S)
    assert [one.attempts for one in ledger.dead_letters()] == ([8] if what == "bury" else [])
