"""What child processes do to a shared ledger; each is a function that a new process imports."""

import os
import signal
import threading
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier

from orderdesk.core.answers import Accepted, Unsent
from orderdesk.core.intents import Opened
from orderdesk.stores.ledger_sql import LedgerSql
from tests.stores.ledger_sql.drafts import draft
from tests.stores.ledger_sql.steps import T_MS, sending, try_open

ATTEMPTS_TO_WIN = 3
"""Racers let this many attempts go wrong or right before an order is placed."""


def ledger_at(url: str) -> LedgerSql:
    """Open a ledger that nobody listens to."""
    return LedgerSql(url, listener=lambda _event: None)


def tell_id(url: str, start: Barrier, answer: Connection) -> None:
    """Open the ledger at the same moment as the others, and say which one it is."""
    start.wait(30)
    answer.send(ledger_at(url).ledger_id())


def race(url: str, start: Barrier, answer: Connection, keys: list[str], threads: int) -> None:
    """Try to place the same orders as everybody else; say which attempts were ours."""
    ledger = ledger_at(url)
    won: list[int] = []
    racers = [threading.Thread(target=_race, args=(ledger, keys, won)) for _ in range(threads)]
    start.wait(30)
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    answer.send(won)


def _race(ledger: LedgerSql, keys: list[str], won: list[int]) -> None:
    for _ in range(ATTEMPTS_TO_WIN):
        for key in keys:
            opened = try_open(ledger, draft(key))
            if isinstance(opened, Opened):
                won.append(opened.attempt.id)
                last = opened.attempt.number == ATTEMPTS_TO_WIN
                answer = Accepted(f"X-{key}") if last else Unsent("refused connect")
                ledger.settle(opened.attempt.id, answer, now_ms=T_MS + 50)


def die_sending(url: str) -> None:
    """Die after the attempt is written down, before its answer."""
    sending(ledger_at(url), draft())
    _die()


def die_opening(url: str) -> None:
    """Die inside the opening transaction."""
    try_open(ledger_at(url), draft(), stamp=_die)


def place_until_killed(url: str, answer: Connection, name: str) -> None:
    """Place orders, and say each attempt id as soon as the ledger has acknowledged it."""
    ledger = ledger_at(url)
    for number in range(100_000):
        opened = sending(ledger, draft(f"{name}-{number}"))
        answer.send(opened.attempt.id)
        ledger.settle(opened.attempt.id, Accepted(f"X{name}-{number}"), now_ms=T_MS + 50)


def _die() -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return 0
