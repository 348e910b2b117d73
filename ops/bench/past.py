"""A desk's past, made up: a million orders that have ended, and a queue of a hundred thousand.

The past is one order that was really placed and cancelled, copied within the ledger with names and
times of its own; the queue is filled the way `docs/messages.md` tells other languages to.
"""

import base64
import json
import sqlite3
import uuid
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from redis import Redis
from sqlalchemy import Table

from ops.bench.desk import ORDER
from orderdesk.stores.ledger_sql.schema import attempts, events, intents

_AGO_MS = 60 * 86_400_000
_STEP_MS = 1_000
_NAMES = ("idempotency_key", "client_order_id", "parameter_hash", "task_id", "order_id")
_APART = 100_000
"""Rows of the past are numbered below 1: so nobody takes them for news."""
_AT_ONCE = 1_000


def lived_through(ledger: Path, count: int) -> None:
    """Give a ledger, in which an order has ended, a past of so many more."""
    with closing(sqlite3.connect(ledger, timeout=60)) as connection, connection:
        lived, key = connection.execute(
            "SELECT id, idempotency_key FROM intents WHERE status = 'CANCELED' ORDER BY id LIMIT 1"
        ).fetchone()
        own = {"id": "-n.i", **{name: f"t.{name} || '-' || n.i" for name in _NAMES}}
        _copied(connection, intents, own, f"t.id = {lived}", count)
        of_intent = {"id": f"t.id - n.i * {_APART}", "intent_id": "-n.i"}
        _copied(connection, attempts, of_intent, f"t.intent_id = {lived}", count)
        of_order = {"id": f"t.id - n.i * {_APART}", "order_key": "t.order_key || '-' || n.i"}
        _copied(connection, events, of_order, f"t.order_key = '{key}'", count)


def _copied(
    connection: sqlite3.Connection,
    table: Table,
    own: Mapping[str, str],
    which: str,
    count: int,
) -> None:
    """Copy rows so many times, each time a second further in the past."""
    told = {}
    for column in table.columns:
        shifted = f"t.{column.name} - {_AGO_MS} - n.i * {_STEP_MS}"
        plain = shifted if column.name.endswith("_ms") else f"t.{column.name}"
        told[column.name] = plain if column.name != "window_ms" else "t.window_ms"
    kept = {f'"{name}"': own.get(name, text) for name, text in told.items()}
    connection.execute(
        f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})"  # noqa: S608 - names of our own schema
        f" INSERT INTO {table.name} ({', '.join(kept)})"
        f" SELECT {', '.join(kept.values())} FROM n, {table.name} t WHERE {which}"
    )


def queued(redis: Redis, count: int, *, desk_id: str = "desk") -> None:
    """Keep so many orders and queue them behind what waits, as a producer without Python does."""
    for begin in range(0, count, _AT_ONCE):
        orders = [_order() for _ in range(min(_AT_ONCE, count - begin))]
        keeping = redis.pipeline(transaction=False)
        for fields, task_id in orders:
            entry = {"task": "place_order", "task_id": task_id, "fields": json.dumps(fields)}
            keeping.xadd(f"orderdesk:{desk_id}:intake", entry)  # type: ignore[arg-type]  # redis-py's dict is invariant
        entries = keeping.execute()
        waking = redis.pipeline(transaction=False)
        for (fields, task_id), kept in zip(orders, entries, strict=True):
            waking.lpush("placing", _message({**fields, "intake_entry": kept}, task_id))
        waking.execute()


def _order() -> tuple[dict[str, object], str]:
    key = str(uuid.uuid4())
    return {**ORDER, "account": "main", "idempotency_key": key}, str(uuid.uuid4())


def _message(fields: dict[str, object], task_id: str) -> str:
    body = base64.b64encode(json.dumps([[], fields, {}]).encode()).decode()
    head = {"lang": "any", "task": "place_order", "id": task_id, "root_id": task_id}
    properties = {
        "correlation_id": task_id, "delivery_mode": 2, "delivery_tag": str(uuid.uuid4()),
        "delivery_info": {"exchange": "", "routing_key": "placing"}, "body_encoding": "base64",
    }  # fmt: skip
    return json.dumps(
        {
            "body": body, "content-encoding": "utf-8", "content-type": "application/json",
            "headers": head, "properties": properties,
        }
    )  # fmt: skip
