"""Keep a command and publish its message in one step, where intake and queue are one Redis.

Celery and kombu make the message, with all that hangs on that (routes, signals, the result that is
waited for). Only its last inch is another: where kombu's channel would push it onto its list, a
script appends the command to the intake and pushes the message, which names the entry. That saves
the caller a synced write, and no producer can die between the two (kombu 5.7, Nov 2026).
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol
from uuid import uuid4

from kombu.connection import Connection
from kombu.messaging import Producer
from kombu.transport import virtual
from kombu.utils.json import dumps

from orderdesk.errors import QueueUnreachable, SettingsError

ENTRY = uuid4().hex
"""Stands in a message for its entry's id, which only Redis can give. Drawn by each process, so that
no text of a caller's is the same."""


class KeepsAndPublishes(Protocol):
    """What we use of `IntakeRedis`."""

    def confirm_reachable(self) -> None:
        """Raise `QueueUnreachable` if Redis is."""

    def append_and_publish(
        self,
        task: str,
        task_id: str,
        fields: Mapping[str, Any],
        *,
        queue: str,
        message: Sequence[str],
    ) -> str:
        """Do both at once, and return the entry's id."""


class OneStep:
    """Both writes of a call at once; threads may share it."""

    def __init__(self, intake: KeepsAndPublishes) -> None:
        self._intake = intake
        self._nowhere = Connection(transport=_Nowhere)  # type: ignore[no-untyped-call]  # kombu's
        self._mine = threading.local()

    def submit(
        self,
        name: str,
        task_id: str,
        fields: Mapping[str, Any],
        publish: Callable[[dict[str, Any], Any], Any],
    ) -> Any:
        """Keep and publish a command; return what `publish` returns.

        Args:
            name: of the task.
            task_id: under which its result will be stored.
            fields: its keyword arguments, without the entry.
            publish: (keyword arguments, producer): sends them by Celery through that producer.

        Raises:
            QueueUnreachable: nothing was kept, and nothing queued.
            OutcomeUnknown: it may have been kept; or it is, and its queue refused the message.
            SettingsError: the message is no plain JSON; nothing was kept, and nothing queued.
        """
        # Celery listens for the result first: with Redis away it tries that for 20 s.
        self._intake.confirm_reachable()
        producer, handed_over = self._producer(), threading.Event()

        def hand_over(queue: str, message: Mapping[str, Any]) -> None:
            handed_over.set()
            if ENTRY not in str(message["body"]):
                raise _hidden(name)
            pieces = dumps(message).split(ENTRY)  # type: ignore[no-untyped-call]  # kombu's
            self._intake.append_and_publish(name, task_id, fields, queue=queue, message=pieces)

        producer.channel.hand_over = hand_over
        try:
            return publish({**fields, "intake_entry": ENTRY}, producer)
        except RuntimeError as error:
            # How Celery says that it could not listen (celery/backends/asynchronous.py, 5.7).
            if handed_over.is_set():
                raise
            raise QueueUnreachable(
                f"Redis went away before {name} was sent, nothing was queued; call again"
            ) from error

    def _producer(self) -> Any:
        """Return this thread's own: it has one message in hand at a time."""
        if not hasattr(self._mine, "producer"):
            self._mine.producer = Producer(self._nowhere.channel(), auto_declare=False)  # type: ignore[no-untyped-call]  # kombu's
        return self._mine.producer


def _hidden(name: str) -> SettingsError:
    rule = "messages must be plain JSON, or the intake's entry has no place in them"
    return SettingsError(
        f"{name} was not sent: {rule}. Leave task_serializer at json and task_compression unset.",
        "task_compression",
        "",
        rule,
    )


class _Handing(virtual.Channel):
    """A channel that hands each message over to whoever is in charge of it now."""

    hand_over: Callable[[str, Mapping[str, Any]], None]
    supports_fanout = False
    do_restore = False
    # As it is: in base64 an entry's id would have no place of its own.
    body_encoding: Any = None

    def _put(self, queue: str, message: Mapping[str, Any], **_: object) -> None:
        self.hand_over(queue, message)


class _Nowhere(virtual.Transport):
    """A transport without a server: connecting to it opens nothing."""

    Channel = _Handing
    driver_type = "redis"
    """What the message is made for."""
