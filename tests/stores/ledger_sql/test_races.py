import multiprocessing
from collections.abc import Callable
from decimal import Decimal
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from typing import Any

import pytest

from orderdesk.core.intents import AttemptState
from orderdesk.core.orders import OrderStatus
from orderdesk.stores.ledger_sql import LedgerSql
from tests.stores.ledger_sql.children import (
    ATTEMPTS_TO_WIN,
    ORDERS_TO_TRADE,
    race,
    tell_id,
    trade,
)
from tests.stores.ledger_sql.limits_gate import LIMIT

SPAWN = multiprocessing.get_context("spawn")
KEYS = [f"key-{number}" for number in range(6)]


def _together(
    target: Callable[..., None],
    url: str,
    *arguments: object,
    processes: int,
    named: bool = False,
) -> Any:
    """Run a function in several processes that start at the same moment; return their words."""
    start: Barrier = SPAWN.Barrier(processes)
    pipes: list[tuple[Connection, Connection]] = [SPAWN.Pipe() for _ in range(processes)]
    children = [
        SPAWN.Process(target=target, args=(url, start, there, *_own(arguments, n, named=named)))
        for n, (_, there) in enumerate(pipes)
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


def _own(arguments: tuple[object, ...], n: int, *, named: bool) -> tuple[object, ...]:
    """Give each process a name of its own, where the first argument is one."""
    return (f"{arguments[0]}-{n}", *arguments[1:]) if named else arguments


@pytest.mark.processes
def test_open_when_many_processes_start_at_once_then_one_ledger_is_born(
    unborn_shared_url: str,
) -> None:
    """Migration and birth happen once, and everybody finds the same ledger."""
    ids = _together(tell_id, unborn_shared_url, processes=4)

    assert len(ids) == 4
    assert len(set(ids)) == 1


@pytest.mark.processes
@pytest.mark.parametrize(("processes", "threads"), [(1, 8), (4, 2)])
def test_open_attempt_when_many_race_then_one_attempt_is_open_at_a_time_and_one_wins(
    shared_url: str, processes: int, threads: int
) -> None:
    """However many try, an intent's attempts come one after another, and one is accepted."""
    won = _together(race, shared_url, KEYS, threads, processes=processes)

    ledger = LedgerSql(shared_url, listener=lambda _event: None)
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


@pytest.mark.processes
@pytest.mark.parametrize(("processes", "threads"), [(1, 8), (8, 1)])
def test_exposure_when_many_trade_at_once_then_it_is_never_above_its_limit_and_ends_at_zero(
    shared_url: str, processes: int, threads: int
) -> None:
    """Eight workers together pass no limit, and when everything has ended nothing is reserved."""
    said = _together(trade, shared_url, "t", threads, processes=processes, named=True)

    ledger = LedgerSql(shared_url, listener=lambda _event: None)
    account, *symbols = ledger.exposures("main")
    of = [i for one in symbols for i in ledger.intents_since("main", one.symbol, 0)]
    opened = sum(intent.attempts > 0 for intent in of)
    denied = sum(intent.code in ("RISK_MAX_EXPOSURE", "RISK_MAX_OPEN_ORDERS") for intent in of)
    ledger.close()

    assert len(of) == processes * threads * ORDERS_TO_TRADE == opened + denied
    assert LIMIT.max_exposure is not None
    assert max(Decimal(most) for most, _ in said) <= LIMIT.max_exposure
    # They got in each other's way: else this would prove nothing.
    assert max(Decimal(most) for most, _ in said) > LIMIT.max_exposure / 2
    for counters in (account, *symbols):
        assert [counters.reserved_buy, counters.reserved_sell, counters.open_orders] == [0, 0, 0]
