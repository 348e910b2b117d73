"""The broker as the desk itself uses it: publish a wake-up, look at a queue's head."""

import base64
import binascii
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from celery import Celery
from celery.states import SUCCESS, UNREADY_STATES
from kombu.exceptions import OperationalError
from redis import Redis

from orderdesk import broker
from orderdesk.core.queues import QUEUE_OF, QUEUES
from orderdesk.errors import StoreUnavailable
from orderdesk.ports import Told
from orderdesk.stores.redis_door import reaching_redis

_RESULT_KEY = "celery-task-meta-"
"""Where Celery's Redis backend keeps results (celery 5.7, backends/base.py)."""

_STATUS = re.compile(r'\{"status": "([A-Z]+)"')
"""How each of them begins (same place, `_get_result_meta`); the rest may be long."""

_HEAD_BYTES = 40


class CeleryQueue:
    """The `Queue` port over a Celery app that knows the broker, and Redis beside it."""

    def __init__(self, app: Celery, client: Redis) -> None:
        self._app = app
        self._client = client

    def publish(
        self,
        task: str,
        fields: Mapping[str, Any],
        *,
        task_id: str | None = None,
        delay_ms: int = 0,
        queue: str | None = None,
    ) -> None:
        """Publish one wake-up."""
        options: dict[str, Any] = {}
        if delay_ms:
            options["countdown"] = broker.countdown_s(self._app.conf.broker_url, delay_ms)
        try:
            self._app.send_task(
                task,
                kwargs=dict(fields),
                task_id=task_id,
                queue=queue or QUEUE_OF[task],
                **options,
            )
        # Outside a worker Celery listens for the result first, and says RuntimeError when Redis is
        # away at that (celery/backends/asynchronous.py, 5.7); no message has left then.
        except (OperationalError, RuntimeError) as error:
            raise StoreUnavailable(f"the broker did not take a wake-up for {task}") from error

    def head_ms(self, task: str) -> int | None:
        """Return the intake time of the message that is next in a task's queue.

        None if the queue is empty; 0, which overtakes nothing, for a message without one, and for
        any message in RabbitMQ, which shows none without giving it away.
        """
        if broker.is_rabbitmq(self._app.conf.broker_url):
            return 0 if self._waiting_in_rabbitmq(QUEUE_OF[task]) else None
        with reaching_redis("looking at the head of a queue"):
            # kombu pushes left and pops right: the oldest message is the last of the list.
            message = cast("str | None", self._client.lindex(QUEUE_OF[task], -1))
        return None if message is None else _intake_ms(message)

    def waiting(self) -> Mapping[str, int]:
        """Return how many messages wait in each queue, in one round trip on Redis."""
        if broker.is_rabbitmq(self._app.conf.broker_url):
            return {queue: self._waiting_in_rabbitmq(queue) for queue in QUEUES}
        with reaching_redis("counting the messages that wait"):
            pipeline = self._client.pipeline(transaction=False)
            for queue in QUEUES:
                pipeline.llen(queue)
            return dict(zip(QUEUES, pipeline.execute(), strict=True))

    def _waiting_in_rabbitmq(self, queue: str) -> int:
        with self._app.pool.acquire(block=True) as connection:
            try:
                declared = connection.default_channel.queue_declare(queue, passive=True)
            except connection.channel_errors:
                return 0  # nobody has declared it yet
            except connection.connection_errors as error:
                raise StoreUnavailable(f"the broker does not tell of queue {queue}") from error
        return int(declared.message_count)

    def missing_results(self, task_ids: Sequence[str]) -> set[str]:
        """Return the task ids that have no stored result, in one round trip.

        A task that is to be retried has a note in that place, for which nobody waits.
        """
        if not task_ids:
            return set()
        with reaching_redis("looking for results"):
            pipeline = self._client.pipeline(transaction=False)
            for task_id in task_ids:
                pipeline.getrange(_RESULT_KEY + task_id, 0, _HEAD_BYTES)
            heads = pipeline.execute()
        pairs = zip(task_ids, heads, strict=True)
        return {task_id for task_id, head in pairs if not _is_result(head)}

    def told(self, task_id: str) -> Told | None:
        """Return what is stored for an order's producer; a retry's note is nothing told."""
        with reaching_redis("reading a result"):
            text = cast("str | None", self._client.get(_RESULT_KEY + task_id))
        if text is None or not _is_result(text):
            return None
        return _told(json.loads(text))

    def forget_told(self, task_id: str) -> None:
        """Take a stored result back; whoever waits for it waits on."""
        with reaching_redis("taking a result back"):
            self._client.delete(_RESULT_KEY + task_id)


def _is_result(head: str) -> bool:
    status = _STATUS.match(head)
    return bool(head) and not (status and status[1] in UNREADY_STATES)


def _told(meta: Mapping[str, Any]) -> Told:
    """Read what Celery stored (celery 5.7, backends/base.py, `_get_result_meta`)."""
    said = meta["result"]
    if meta["status"] == SUCCESS:
        return Told(
            status=str(said["status"]),
            order_id=said.get("order_id"),
            reason=str(said.get("reason") or ""),
            code=said.get("code"),
        )
    words = " ".join(str(word) for word in said["exc_message"])
    return Told(error=str(said["exc_type"]), reason=f"{said['exc_type']}: {words}")


def _intake_ms(message: str) -> int:
    try:
        envelope = json.loads(message)
        body = envelope["body"]
        if envelope["properties"].get("body_encoding") == "base64":
            body = base64.b64decode(body)
        body = json.loads(body)
        return int(str(body[1]["intake_entry"]).split("-")[0])
    except (ValueError, KeyError, TypeError, IndexError, binascii.Error):
        return 0
