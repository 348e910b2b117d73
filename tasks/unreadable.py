"""Messages that Celery would throw away, or die of, become dead letters instead.

Beside `rate_limit_step.py`, `event_batches.py` and `orderdesk/broker_channel.py` this alone reaches
into Celery and kombu; what becomes of a dead letter is decided by the task `bury`. Caught are:

- an item of a queue that is no message (not JSON, no envelope): the worker would die of it;
- an unknown task, a content type that is not accepted, an undecodable body: thrown away;
- a body or headers of the wrong shape: thrown away, or the worker dies of them, and every
  worker after it, because the message goes back to its queue.

Each goes as a message for the task `bury` to the queue `dead_letter`, and is acknowledged only
then: a crash in between buries it twice, under the same task id. While that fails nothing is
read: a message goes back to its queue, and an item that is no message is held in memory, because
Redis has given it away; it is lost with the process. A letter about `bury` itself would come
back for ever: it goes, whole, to a plain Redis list (`SHELF`); RabbitMQ has no such shelf.
Only protocol 2 (Celery 4 and later) is read. Seen in celery and kombu 5.7.0, Nov 2026.
"""

import logging
from base64 import b64encode
from collections.abc import Callable
from datetime import datetime
from functools import partial
from time import monotonic
from typing import Annotated, Any
from uuid import NAMESPACE_OID, uuid4, uuid5

from celery.exceptions import ImproperlyConfigured, InvalidTaskError
from celery.worker import consumer
from kombu.exceptions import ContentDisallowed, DecodeError, OperationalError
from kombu.transport import redis
from kombu.utils.json import loads
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from orderdesk.broker_channel import KeepsItsClient
from orderdesk.core.queues import DEAD_LETTER

SHELF = "orderdesk:unreadable"
"""The Redis list that keeps what cannot be read of `bury` itself; nothing consumes it."""

KEPT_BYTES = 64 * 1024
"""How much of an item a letter carries."""

TEXT_CHARACTERS = 300
"""How much it carries of a text: errors may quote the whole item."""

PAUSE_S = 1.0
"""How long nothing is read after a letter could not be handed over, in seconds."""

MALFORMED = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What Python raises when data has not the shape that code expects."""

log = logging.getLogger(__name__)


def letter(raw: bytes, *, reason: str, queue: str, headers: Any, name: str) -> dict[str, Any]:
    """Return the keyword arguments of `bury`.

    `raw` is the item as it lay in the queue, in base64, cut after 64 kB: then the reason says
    so, and `size` what it had. `task` may be None; without an id it goes by the letter's name.
    """
    cut = f" (the first {KEPT_BYTES} of {len(raw)} bytes are kept)"
    task, task_id = headers.get("task"), headers.get("id")
    return {
        "raw": b64encode(raw[:KEPT_BYTES]).decode(),
        "size": len(raw),
        "reason": _plain(reason) + (cut if len(raw) > KEPT_BYTES else ""),
        "queue": queue,
        "task": _plain(task) if isinstance(task, str) else None,
        "task_id": _plain(task_id) if isinstance(task_id, str) else name,
    }


def _plain(text: str) -> str:
    return text[:TEXT_CHARACTERS].encode(errors="replace").decode()  # no lone surrogates


class Undertaker:
    """Hand letters over; what cannot be handed over stops the reading."""

    def __init__(self, app: Any, *, task: str, queue: str, errors: tuple[Any, ...]) -> None:
        self._app = app
        self._task, self._queue = task, queue
        self._errors = (*errors, OperationalError)
        self._in_hand: list[dict[str, Any]] = []
        self._closed_until_s = 0.0

    def take(self, item: bytes, *, reason: str, queue: str) -> None:
        """Bury an item that is no message: now or, held in hand, as soon as it goes."""
        name = str(uuid4())
        self._in_hand.append(letter(item, reason=reason, queue=queue, headers={}, name=name))
        self.ready()

    def bury(self, message: Any, *, reason: str) -> None:
        """Bury a message that is still unacknowledged.

        Raises:
            ConnectionError: it cannot be; connecting afresh puts it back into its queue.
        """
        queue, raw = _lying(message)
        name = str(uuid5(NAMESPACE_OID, f"{message.delivery_tag}"))
        fields = letter(raw, reason=reason, queue=queue, headers=message.headers, name=name)
        give: Callable[[], object] = partial(self._publish, fields, name)
        if fields["task"] == self._task:
            give = partial(getattr(message.channel, "shelve", len), raw)  # no shelf: only logged
        try:
            self._hand_over(fields, give)
        except self._errors as error:
            raise ConnectionError(f"an unreadable message cannot be buried: {error}") from error

    def ready(self) -> bool:
        """Tell whether more may be read; what is in hand goes first."""
        if monotonic() < self._closed_until_s:
            return False
        while self._in_hand:
            fields = self._in_hand[0]
            try:
                self._hand_over(fields, partial(self._publish, fields, fields["task_id"]))
            except self._errors:
                return False
            del self._in_hand[0]
        return True

    def _hand_over(self, fields: dict[str, Any], give: Callable[[], object]) -> None:
        told = fields["queue"], fields["size"], fields["reason"]
        try:
            give()
        except self._errors as error:
            self._closed_until_s = monotonic() + PAUSE_S
            log.warning("an item of queue %s (%d bytes) waits to be buried: %s: %r", *told, error)
            raise
        log.error("buried an unreadable item of queue %s (%d bytes): %s", *told)

    def _publish(self, fields: dict[str, Any], name: str) -> None:
        self._app.send_task(
            self._task,
            kwargs=fields,
            kwargsrepr=repr({key: fields[key] for key in ("queue", "reason")}),
            task_id=name,
            queue=self._queue,
            ignore_result=True,
            retry=False,  # Celery's own retry may publish twice
        )


class Channel(KeepsItsClient):
    """kombu's Redis channel, which looks at an item before kombu stumbles over it."""

    popped: tuple[str, bytes] | None = None
    """Queue and bytes of the item that is being delivered."""

    def shelve(self, raw: bytes) -> None:
        """Put an item where nothing consumes it."""
        with self.conn_or_acquire() as client:
            client.rpush(SHELF, raw)

    def _create_client(self, asynchronous: bool = False) -> Any:
        client = super()._create_client(asynchronous)
        if asynchronous:  # the one that pops; kombu strips its key prefix in the same place
            client.parse_response = partial(self._sifted, client.parse_response)
        return client

    def _sifted(self, parse: Any, connection: Any, command_name: str, **options: Any) -> Any:
        """Return Redis' reply; if it is no message, bury it and reply that nothing came."""
        reply = parse(connection, command_name, **options)
        if command_name != "BRPOP" or not reply:
            return reply
        key, item = reply
        queue = key.decode().rsplit(self.sep, 1)[0]
        self.popped = queue, item
        try:
            _check_envelope(self.Message(loads(item), channel=self))  # type: ignore[no-untyped-call]  # kombu's
        except MALFORMED as error:
            reason = f"not a message: {type(error).__name__}: {error}"
            self.connection.client.undertaker.take(item, reason=reason, queue=queue)
            return None
        return reply

    def _brpop_start(self, timeout: float | None = None) -> None:
        if self.connection.client.undertaker.ready():
            super()._brpop_start(timeout)  # type: ignore[no-untyped-call]  # kombu's


class Transport(redis.Transport):
    """kombu's Redis transport, with our channel."""

    Channel = Channel


class Consumer(consumer.Consumer):  # type: ignore[misc]  # celery ships no types
    """Celery's consumer, which buries what it cannot run before it lets go of it."""

    def __init__(self, *args: Any, app: Any, bury_task: str, bury_in: str, **options: Any) -> None:
        if bury_in not in app.amqp.queues and not app.conf.task_create_missing_queues:
            raise ImproperlyConfigured(f"task_queues lacks {bury_in!r}: add it")
        super().__init__(*args, app=app, **options)
        errors = self.connection_errors + self.channel_errors
        self._undertaker = Undertaker(app, task=bury_task, queue=bury_in, errors=errors)

    def connection_for_read(self, heartbeat: float | None = None) -> Any:
        """Connect for consuming; to Redis, over our channel."""
        connection = self.app.connection_for_read(heartbeat=heartbeat)
        if connection.get_transport_cls() is redis.Transport:
            connection.undertaker = self._undertaker
            connection.get_transport_cls = lambda: Transport
        return self.ensure_connected(connection)

    def create_task_handler(self, *args: Any, **options: Any) -> Callable[[Any], None]:
        """Return what is called with each message."""
        run = super().create_task_handler(*args, **options)

        def on_message(message: Any) -> None:
            try:
                _check_task(message)
                run(message)
            except DecodeError as error:
                self.on_decode_error(message, error)
            except (ContentDisallowed, InvalidTaskError, *MALFORMED) as error:
                if message.acknowledged:
                    log.exception("Celery broke over a message it had let go")
                else:
                    self.on_invalid_task(None, message, error)

        return on_message

    def on_unknown_task(self, body: Any, message: Any, exc: Exception) -> None:
        """Bury a task nobody here knows; its producer gets `NotRegistered`."""
        self._undertaker.bury(message, reason=f"unknown task {message.headers['task']}")
        super().on_unknown_task(body, message, exc)

    def on_invalid_task(self, body: Any, message: Any, exc: Exception) -> None:
        """Bury what cannot be run as it is."""
        self._undertaker.bury(message, reason=f"invalid task message: {exc}")
        super().on_invalid_task(body, message, exc)

    def on_decode_error(self, message: Any, exc: Exception) -> None:
        """Bury what cannot be decoded."""
        self._undertaker.bury(message, reason=f"undecodable body: {exc}")
        super().on_decode_error(message, exc)


def _lying(message: Any) -> tuple[str, bytes]:
    """Return a message's queue and bytes: on Redis as they lay there, elsewhere its body."""
    popped: tuple[str, bytes] | None = getattr(message.channel, "popped", None)
    body = message.body.encode() if isinstance(message.body, str) else bytes(message.body or b"")
    return popped or (str(message.delivery_info.get("routing_key")), body)


def _check_envelope(message: Any) -> None:
    """Raise one of `MALFORMED` unless kombu and Celery can carry and log the message."""
    route = message.delivery_info
    texts = (message.delivery_tag, route["exchange"], route["routing_key"])
    kinds = (message.content_type, message.content_encoding)
    if not all(isinstance(text, str) for text in texts):
        raise TypeError("delivery_tag, exchange and routing_key must be text")
    "".join(texts).encode()  # fails on lone surrogates
    known = all(isinstance(kind, str | None) for kind in kinds)
    if not (known and isinstance(message.body, bytes)):
        raise TypeError("content-type, content-encoding and body must be text")


class _Runnable(BaseModel):
    """Headers and body that Celery 5.7 can run; of anything else it falls over, now or later."""

    model_config = ConfigDict(strict=True)

    task: str
    id: str
    shadow: str | None = None
    eta: str | None = None
    expires: str | None = None
    root_id: str | None = None
    parent_id: str | None = None
    group: str | None = None
    timelimit: Annotated[list[float | None], Field(min_length=2, max_length=2)] | None = None
    stamped_headers: list[str] | None = None
    stamps: dict[str, Any] | None = None
    body: Annotated[tuple[list[Any], dict[str, Any], dict[str, Any] | None], Field(strict=False)]


def _check_task(message: Any) -> None:
    """Raise `InvalidTaskError` or one of `MALFORMED` unless Celery can run the message."""
    try:
        task = _Runnable.model_validate({**message.headers, "body": message.payload})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InvalidTaskError(f"{where}: {first['msg']}") from None
    (task.task + task.id).encode()  # fails on lone surrogates
    if task.eta:
        datetime.fromisoformat(task.eta).astimezone()  # as Celery will, or give up


def install(app: Any, *, bury_task: str = "bury", dead_letter_queue: str = DEAD_LETTER) -> None:
    """Make every worker of a Celery app bury what it cannot read.

    `bury_task` gets what `letter` returns as keyword arguments; some worker must consume
    `dead_letter_queue`. A worker whose `task_queues` lacks that queue does not start.
    """
    app.conf.worker_consumer = partial(Consumer, bury_task=bury_task, bury_in=dead_letter_queue)
