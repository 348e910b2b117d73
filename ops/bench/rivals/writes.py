"""Only what the promise writes down on an order's way, by the shortest code there is for it.

It checks nothing, decides nothing, tells nobody and could not tell what became of an order: nobody
should use it. It shows what is left of a bare task's speed once four writes are on the disk before
the next step (not even the intake is among them): the fastest that such a desk could be.
"""

import os
import sqlite3
import threading
from typing import Any

from redis import Redis

from ops.bench.rivals import account

_mine = threading.local()
_turn = threading.Lock()


def place(name: str) -> dict[str, Any]:
    """Take a slot, write the attempt down, have Redis remember it, send, write the answer down."""
    redis = _redis()
    redis.incr("slots")
    number = _committed("INSERT INTO attempts (name) VALUES (?)", name)
    redis.zadd("attempts", {"highest": number}, gt=True)
    answer = account.post_signed(name)
    _committed("UPDATE attempts SET order_id = ? WHERE name = ?", answer["orderId"], name)
    return answer


def _committed(statement: str, *values: str) -> int:
    """Run one statement in a transaction that is on the disk when this returns; return its row."""
    with _turn:
        ledger = _ledger()
        ledger.execute("BEGIN IMMEDIATE")
        row = ledger.execute(statement, values).lastrowid
        ledger.execute("COMMIT")
    return row or 0


def _redis() -> Redis:
    if not hasattr(_mine, "redis"):
        _mine.redis = Redis.from_url(account.REDIS_URL)
    found: Redis = _mine.redis
    return found


def _ledger() -> sqlite3.Connection:
    if not hasattr(_mine, "ledger"):
        ledger = sqlite3.connect(os.environ["RIVAL_LEDGER"], isolation_level=None, timeout=10)
        ledger.execute("PRAGMA journal_mode=WAL")
        ledger.execute("PRAGMA synchronous=FULL")
        ledger.execute(
            "CREATE TABLE IF NOT EXISTS attempts "
            "(id INTEGER PRIMARY KEY, name TEXT UNIQUE, order_id TEXT)"
        )
        _mine.ledger = ledger
    found: sqlite3.Connection = _mine.ledger
    return found
