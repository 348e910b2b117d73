"""A producer in any language: what docs/messages.md says, done with Redis commands alone."""

import base64
import json
import uuid
from typing import Any

import pytest
from redis import Redis

from orderdesk.stores.redis_door import connect
from tests.processes.running_desk import RunningDesk

pytestmark = pytest.mark.processes

FIELDS = {
    "account": "main",
    "symbol": "BTCUSDT",
    "side": "BUY",
    "type": "LIMIT",
    "quantity": "0.001",
    "price": "50000",
}


def keep(redis: Redis, task_id: str, fields: dict[str, Any]) -> str:
    """Step 1: the intake."""
    entry: dict[Any, Any] = {
        "task": "place_order",
        "task_id": task_id,
        "fields": json.dumps(fields),
    }
    return str(redis.xadd("orderdesk:desk:intake", entry))


def message(task_id: str, fields: dict[str, Any]) -> str:
    """Step 2: the wake-up."""
    body = base64.b64encode(json.dumps([[], fields, {}]).encode()).decode()
    return json.dumps(
        {
            "body": body,
            "content-encoding": "utf-8",
            "content-type": "application/json",
            "headers": {"lang": "any", "task": "place_order", "id": task_id, "root_id": task_id},
            "properties": {
                "correlation_id": task_id,
                "delivery_mode": 2,
                "delivery_info": {"exchange": "", "routing_key": "placing"},
                "body_encoding": "base64",
                "delivery_tag": str(uuid.uuid4()),
            },
        }
    )


def result(desk: RunningDesk, redis: Redis, task_id: str) -> dict[str, Any]:
    """Step 3: the result."""
    text = desk.until(lambda: redis.get(f"celery-task-meta-{task_id}"))
    stored: dict[str, Any] = json.loads(str(text))
    return stored


def test_order_when_written_by_hand_then_it_is_placed_and_answered(desk: RunningDesk) -> None:
    """Both writes: placed at once, the report under the producer's own task id."""
    redis, task_id = connect(desk.redis.url), str(uuid.uuid4())
    fields = {**FIELDS, "idempotency_key": "by-hand-1"}
    entry = keep(redis, task_id, fields)
    redis.lpush("placing", message(task_id, {**fields, "intake_entry": entry}))
    stored = result(desk, redis, task_id)
    assert stored["status"] == "SUCCESS"
    assert stored["result"]["status"] == "NEW"
    assert stored["result"]["times"]["received"] == int(entry.split("-")[0])


def test_order_when_only_kept_then_the_sweep_wakes_it(desk: RunningDesk) -> None:
    """The first write alone is enough: accepted means kept."""
    redis, task_id = connect(desk.redis.url), str(uuid.uuid4())
    keep(redis, task_id, {**FIELDS, "idempotency_key": "by-hand-2"})
    assert result(desk, redis, task_id)["result"]["status"] == "NEW"


@pytest.mark.parametrize("version", [1, 2])
def test_order_when_it_names_its_version_then_only_a_known_one_is_taken(
    desk: RunningDesk, version: int
) -> None:
    """A message of a version to come is refused in words, and never half understood."""
    redis, task_id = connect(desk.redis.url), str(uuid.uuid4())
    fields = {**FIELDS, "idempotency_key": f"by-hand-v{version}", "version": version}
    entry = keep(redis, task_id, fields)
    redis.lpush("placing", message(task_id, {**fields, "intake_entry": entry}))
    stored = result(desk, redis, task_id)
    if version == 1:
        assert stored["result"]["status"] == "NEW"
    else:
        assert stored["status"] == "FAILURE"
        assert "version" in str(stored["result"]["exc_message"])
