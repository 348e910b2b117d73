import multiprocessing
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess

import pytest

from orderdesk.core.answers import Accepted
from orderdesk.core.intents import AttemptState
from orderdesk.core.orders import OrderStatus
from orderdesk.stores.ledger_sql import LedgerSql
from tests.stores.ledger_sql.children import die_opening, die_sending, place_until_killed
from tests.stores.ledger_sql.drafts import WINDOW_MS, draft
from tests.stores.ledger_sql.steps import T_MS, sending

SPAWN = multiprocessing.get_context("spawn")


def _killed(child: SpawnProcess) -> None:
    child.join(60)
    assert child.exitcode == -signal.SIGKILL


def _run_until_killed(target: Callable[[str], None], url: str) -> LedgerSql:
    """Let a child die of `target`; return the ledger it leaves behind."""
    child = SPAWN.Process(target=target, args=(url,))
    child.start()
    _killed(child)
    return LedgerSql(url, listener=lambda _event: None)


@pytest.mark.processes
def test_open_attempt_when_worker_dies_before_the_answer_then_the_attempt_stays_open(
    shared_url: str,
) -> None:
    """Whether its bytes left is unknown: it is found by the sweep, and resolved, never resent."""
    ledger = _run_until_killed(die_sending, shared_url)

    intent = ledger.intent("main", "key-1")
    assert intent is not None
    assert intent.status is OrderStatus.SENDING
    attempt = ledger.open_attempt_of(intent.id)
    assert attempt is not None
    assert attempt.state is AttemptState.OPEN
    assert ledger.due(T_MS + WINDOW_MS + 499, 9) == []
    assert ledger.due(T_MS + WINDOW_MS + 500, 9) == [intent]
    found = ledger.settle(attempt.id, Accepted("X1"), now_ms=T_MS + 9_000)
    assert found.status is OrderStatus.NEW
    ledger.close()


@pytest.mark.processes
def test_open_attempt_when_worker_dies_inside_the_transaction_then_nothing_was_written(
    shared_url: str,
) -> None:
    """No commit, no attempt: the order is simply tried again, and nobody waits for a lock."""
    ledger = _run_until_killed(die_opening, shared_url)

    assert ledger.intent("main", "key-1") is None
    assert sending(ledger, draft()).attempt.number == 1
    ledger.close()


@pytest.mark.processes
def test_ledger_when_workers_are_killed_again_and_again_then_it_keeps_what_it_acknowledged(
    shared_url: str,
) -> None:
    """Every attempt id that was ever given out is there, with its order."""
    acknowledged: list[int] = []
    for number in range(3):
        here, there = SPAWN.Pipe(duplex=False)
        child = SPAWN.Process(target=place_until_killed, args=(shared_url, there, str(number)))
        child.start()
        there.close()
        acknowledged += [here.recv() for _ in range(20 + number)]
        child.kill()
        _killed(child)
        acknowledged += _rest(here)
        here.close()

    ledger = LedgerSql(shared_url, listener=lambda _event: None)
    alive = ledger.live("main")
    kept = {attempt.id for intent in alive for attempt in ledger.story(intent.id).attempts}
    assert set(acknowledged) <= kept
    assert len(set(acknowledged)) == len(acknowledged)
    assert ledger.attempt_counter() >= max(acknowledged)
    ledger.close()


def _rest(pipe: Connection) -> list[int]:
    """Read what a dead child had still said."""
    rest: list[int] = []
    while True:
        try:
            rest.append(pipe.recv())
        except EOFError:
            return rest
