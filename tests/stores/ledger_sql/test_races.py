import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from typing import Any

import pytest

from orderdesk.core.intents import AttemptState
from orderdesk.core.orders import OrderStatus
from orderdesk.stores.ledger_sql import LedgerSql
from tests.stores.ledger_sql.children import ATTEMPTS_TO_WIN, race, tell_id

SPAWN = multiprocessing.get_context("spawn")
KEYS = [f"key-{number}" for number in range(6)]


def _together(target: Callable[..., None], url: str, *arguments: object, processes: int) -> Any:
    """Run a function in several processes that start at the same moment; return their words."""
    start: Barrier = SPAWN.Barrier(processes)
    pipes: list[tuple[Connection, Connection]] = [SPAWN.Pipe() for _ in range(processes)]
    children = [
        SPAWN.Process(target=target, args=(url, start, there, *arguments)) for _, there in pipes
    ]
    for child in children:
        child.start()
    said = [here.recv() for here, _ in pipes if here.poll(60)]
    for child in children:
        child.join(60)
    for pipe in pipes:
        for end in pipe:
            end.close()
    assert [child.exitcode for child in children] == [0] * processes
    return said


@pytest.mark.processes
def test_open_when_many_processes_start_at_once_then_one_ledger_is_born(unborn_url: str) -> None:
    """Migration and birth happen once, and everybody finds the same ledger."""
    ids = _together(tell_id, unborn_url, processes=4)

    assert len(ids) == 4
    assert len(set(ids)) == 1


@pytest.mark.processes
@pytest.mark.parametrize(("processes", "threads"), [(1, 8), (4, 2)])
def test_open_attempt_when_many_race_then_one_attempt_is_open_at_a_time_and_one_wins(
    file_url: str, processes: int, threads: int
) -> None:
    """However many try, an intent's attempts come one after another, and one is accepted."""
    won = _together(race, file_url, KEYS, threads, processes=processes)

    ledger = LedgerSql(file_url, listener=lambda _event: None)
    intents = [ledger.intent("main", key) for key in KEYS]
    stories = [ledger.story(intent.id) for intent in intents if intent is not None]
    counter = ledger.attempt_counter()
    ledger.close()

    assert [story.intent.status for story in stories] == [OrderStatus.NEW] * len(KEYS)
    for story in stories:
        assert [attempt.number for attempt in story.attempts] == [1, 2, 3]
        states = [attempt.state for attempt in story.attempts]
        assert states == [AttemptState.UNSENT, AttemptState.UNSENT, AttemptState.ACCEPTED]
    # Every attempt was given to exactly one of them.
    given = sorted(attempt for one in won for attempt in one)
    assert given == sorted(attempt.id for story in stories for attempt in story.attempts)
    assert counter == len(given) == len(KEYS) * ATTEMPTS_TO_WIN
