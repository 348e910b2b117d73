"""What a producer's two writes leave behind when they are one."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from celery import Celery, signals
from redis import Redis

from orderdesk.errors import OutcomeUnknown, QueueUnreachable, SettingsError
from orderdesk.stores.intake_celery import OneStep
from orderdesk.stores.intake_redis import IntakeRedis
from orderdesk.stores.redis_door import connect

pytestmark = pytest.mark.processes

FIELDS = {"account": "main", "idempotency_key": "k-1", "quote": 'a "quoted" ü'}


@pytest.fixture
def app(client: Redis) -> Celery:
    """Give an app whose queues lie where the intake does."""
    url = "redis://{host}:{port}/{db}".format(**client.connection_pool.connection_kwargs)
    return Celery(broker=url, backend="disabled://", set_as_current=False)


@pytest.fixture
def publish(app: Celery, desk_id: str) -> Callable[[dict[str, Any], Any], Any]:
    """Give what has Celery send a message to a queue of this test's own."""

    def send(fields: dict[str, Any], producer: Any) -> Any:
        return app.send_task(
            "place_order", kwargs=fields, task_id="task-1", queue=desk_id, producer=producer
        )

    return send


def test_submit_when_done_then_a_consumer_reads_the_message_with_its_entry(
    app: Celery, client: Redis, desk_id: str, publish: Callable[[dict[str, Any], Any], Any]
) -> None:
    """By kombu's own reading, as a worker does."""
    intake = IntakeRedis(client, desk_id=desk_id)

    result = OneStep(intake).submit("place_order", "task-1", FIELDS, publish)

    (entry,) = intake.entries("", 10)
    with app.connection_for_read() as connection, connection.SimpleQueue(desk_id) as queue:
        message = queue.get(timeout=5)
        message.ack()
    args, kwargs, _ = message.payload
    assert (args, kwargs) == ([], {**FIELDS, "intake_entry": entry.entry_id})
    assert (message.headers["task"], message.headers["id"]) == ("place_order", "task-1")
    assert (entry.task, entry.task_id, entry.fields) == ("place_order", "task-1", FIELDS)
    assert result.id == "task-1"


def test_submit_when_redis_does_not_say_then_whoever_listens_hears_of_no_message(
    client: Redis, desk_id: str, publish: Callable[[dict[str, Any], Any], Any]
) -> None:
    """What is counted as published was published; and the caller gets our error, unchanged."""
    heard: list[Any] = []

    def published(**_: Any) -> None:
        heard.append(1)

    class Silent:
        def confirm_reachable(self) -> None:
            return

        def append_and_publish(self, *_: Any, **__: Any) -> str:
            raise OutcomeUnknown("nobody knows", "k-1", "task-1")

    signals.after_task_publish.connect(published)
    with pytest.raises(OutcomeUnknown, match="nobody knows"):
        OneStep(Silent()).submit("place_order", "task-1", FIELDS, publish)
    assert heard == []
    assert client.llen(desk_id) == 0
    OneStep(IntakeRedis(client, desk_id=desk_id)).submit("place_order", "task-1", FIELDS, publish)
    assert heard == [1]
    assert json.loads(str(client.rpop(desk_id)))["properties"]["body_encoding"] is None


def test_submit_when_redis_is_away_then_celery_is_not_even_asked(desk_id: str) -> None:
    """It would try for 20 s to listen for the result of a call that was never made."""

    def publish(_fields: dict[str, Any], _producer: Any) -> Any:
        raise AssertionError("asked")

    nobody = IntakeRedis(connect("redis://127.0.0.1:1/0"), desk_id=desk_id)
    with pytest.raises(QueueUnreachable, match="nothing was queued"):
        OneStep(nobody).submit("place_order", "task-1", FIELDS, publish)


def test_submit_when_celery_cannot_listen_for_the_result_then_nothing_was_queued(
    client: Redis, desk_id: str
) -> None:
    """Celery gives up on that before it makes a message."""
    intake = IntakeRedis(client, desk_id=desk_id)

    def publish(_fields: dict[str, Any], _producer: Any) -> Any:
        raise RuntimeError("Retry limit exceeded")

    with pytest.raises(QueueUnreachable, match="nothing was queued"):
        OneStep(intake).submit("place_order", "task-1", FIELDS, publish)
    assert list(intake.entries("", 10)) == []


def test_submit_when_messages_are_compressed_then_that_is_said_and_nothing_is_sent(
    app: Celery, client: Redis, desk_id: str, publish: Callable[[dict[str, Any], Any], Any]
) -> None:
    """A message whose entry nobody can write into it would end as a dead letter."""
    app.conf.task_compression = "gzip"
    intake = IntakeRedis(client, desk_id=desk_id)
    with pytest.raises(SettingsError, match="task_compression"):
        OneStep(intake).submit("place_order", "task-1", FIELDS, publish)
    assert list(intake.entries("", 10)) == []
    assert client.llen(desk_id) == 0
