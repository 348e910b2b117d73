"""What child processes do to a shared ledger; each is a function that a new process imports."""

import os
import signal
import threading
from decimal import Decimal
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier

from orderdesk.core.answers import Accepted, Refused, Unclear, Unsent, Why
from orderdesk.core.intents import Draft, Opened
from orderdesk.core.orders import OrderStatus
from orderdesk.stores.ledger_sql import LedgerSql
from tests.stores.ledger_sql.drafts import draft, shown
from tests.stores.ledger_sql.limits_gate import LIMIT, under
from tests.stores.ledger_sql.steps import T_MS, sending, try_open

ORDERS_TO_TRADE = 12
"""Each trader opens so many, one after another."""

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


def trade(url: str, start: Barrier, answer: Connection, name: str, threads: int) -> None:
    """Open orders beside everybody else, under one limit; end all of them; say the most seen."""
    ledger = ledger_at(url)
    seen: list[tuple[Decimal, int]] = []
    traders = [
        threading.Thread(target=_trade, args=(ledger, f"{name}-{number}", seen))
        for number in range(threads)
    ]
    start.wait(30)
    for trader in traders:
        trader.start()
    for trader in traders:
        trader.join()
    answer.send((str(max(most for most, _ in seen)), len(seen)))


def _trade(ledger: LedgerSql, name: str, seen: list[tuple[Decimal, int]]) -> None:
    gate = under(LIMIT)
    for number in range(ORDERS_TO_TRADE):
        of = draft(f"{name}-{number}", symbol=("BTCUSDT", "ETHUSDT")[number % 2])
        opened = try_open(ledger, of, gate=gate)
        whole = ledger.exposures("main")[0]
        seen.append((whole.exposure, whole.open_orders))
        if isinstance(opened, Opened):
            _end(ledger, of, opened, number)


def _end(ledger: LedgerSql, of: Draft, opened: Opened, number: int) -> None:
    """Let evidence end an order: refused, cancelled, or unknown and proven absent."""
    intent, attempt = opened.intent.id, opened.attempt.id
    if number % 3 == 0:
        no = Refused(Why.REJECT, "30004", "Insufficient balance")
        ledger.settle(attempt, no, now_ms=T_MS + 50)
    elif number % 3 == 1:
        ledger.settle(attempt, Accepted(f"X{intent}"), now_ms=T_MS + 50)
        order = shown(of, OrderStatus.CANCELED, order_id=f"X{intent}")
        ledger.book(intent, order=order, fills=(), now_ms=T_MS + 60)
    else:
        ledger.settle(attempt, Unclear("read timeout"), now_ms=T_MS + 50)
        ledger.not_placed(attempt, now_ms=T_MS + 60)
        ledger.expire(of, "over", now_ms=T_MS + 70)
