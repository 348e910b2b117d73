"""What differs between the brokers: Redis, or RabbitMQ with quorum queues.

Light: producers import this; kombu only where it is needed. Sources: Celery 5.7 docs, "Using
RabbitMQ" (quorum queues, native delayed delivery), and what was tried with RabbitMQ 3.10.8 in
Nov 2026 (docs/going-live.md).
"""

from collections.abc import Mapping
from typing import Any

from orderdesk.core.queues import QUEUES

EXCHANGE = "orderdesk"
"""On RabbitMQ our queues hang on a topic exchange: Celery delays messages over no other kind."""

REDIS_TRANSPORT: Mapping[str, object] = {
    "visibility_timeout": 300,
    "socket_timeout": 3,
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
    "health_check_interval": 5,
    "max_connections": 200,
}
"""Without a socket timeout a half-open connection is never noticed (kombu 5.7, Nov 2026).

All apps on one Redis must agree on the visibility timeout: the shortest wins.
"""

RABBITMQ_TRANSPORT: Mapping[str, object] = {
    # A publish is done when the queue's majority has it; without this it is only sent.
    "confirm_publish": True,
    "connect_timeout": 2,
    "read_timeout": 5,
    "write_timeout": 5,
}


def is_rabbitmq(url: str) -> bool:
    """Tell whether a broker's URL names RabbitMQ."""
    return url.startswith(("amqp:", "amqps:"))


def transport(url: str) -> dict[str, object]:
    """Return kombu's options for a broker, the same for producers and workers."""
    return dict(RABBITMQ_TRANSPORT if is_rabbitmq(url) else REDIS_TRANSPORT)


def queues(url: str) -> list[Any]:
    """Return kombu's `Queue` of every queue of ours.

    On RabbitMQ they are replicated and on disk (quorum). There is no delivery limit: a message
    that was given up would be an order that nobody places before the sweep wakes it.

    On Redis they are never declared: a list needs no declaring, and a publisher whose connection
    breaks while it declares goes on with the channel that it has just closed, and ends with an
    AttributeError instead of a second try (kombu 5.7, `Producer._publish`, Nov 2026).
    """
    from kombu import entity  # noqa: PLC0415 - heavy, see client.py

    queue: Any = entity.Queue  # kombu's own types end here
    if not is_rabbitmq(url):
        return [queue(name, routing_key=name, no_declare=True) for name in QUEUES]
    hung_on: Any = entity.Exchange
    exchange = hung_on(EXCHANGE, type="topic")
    kind = {"x-queue-type": "quorum"}
    return [queue(name, exchange, routing_key=name, queue_arguments=kind) for name in QUEUES]


def countdown_s(url: str, wait_ms: int) -> float:
    """Return a wait as Celery's countdown, in seconds.

    On RabbitMQ it is delayed by whole seconds and breaks on less than one (kombu 5.7,
    native_delayed_delivery.py).
    """
    return float(max(1, -(-wait_ms // 1_000))) if is_rabbitmq(url) else wait_ms / 1_000
