"""The producers' handles: `from orderdesk.client import place_order` anywhere.

Needs celery, redis and pydantic only, and `REDIS_URL` (and `DESK_ID`, if the desk has one)
in the environment. Inside the checkout, `from tasks import place_order` is the same call.

Importing this must cost next to nothing, because a producer is somebody's web server or
script: so what is heavy (celery's app, redis, pydantic) is imported at the first call, which
takes that much longer. `make bench-import` measures it.
"""

import functools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from orderdesk import broker, errors
from orderdesk.core.queues import QUEUE_OF
from orderdesk.errors import DeskError

if TYPE_CHECKING:
    from celery.result import AsyncResult

    from orderdesk.settings import Settings

__all__ = [
    "DeskError",
    "Handle",
    "Producer",
    "cancel_all_orders",
    "cancel_order",
    "errors",
    "kill_switch",
    "place_order",
    "poll_order_status",
    "producer",
    "reconcile",
    "resolve_order",
    "sync_portfolio",
]


PUBLISH_RETRIES: Mapping[str, float] = {
    "max_retries": 2,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.3,
}
"""Three tries in under a second; then the caller is told. Celery's own default waits longer."""


class Producer:
    """One process' way to the desk: a Celery app without tasks, and the door to the intake."""

    def __init__(self, settings: "Settings") -> None:
        from celery import Celery  # noqa: PLC0415 - heavy, see above

        from orderdesk.stores.intake_celery import OneStep  # noqa: PLC0415 - heavy
        from orderdesk.stores.intake_redis import IntakeRedis  # noqa: PLC0415 - heavy
        from orderdesk.stores.redis_door import connect  # noqa: PLC0415 - heavy

        self.intake = IntakeRedis(connect(settings.redis_url), desk_id=settings.desk_id)
        lie_together = settings.broker_url == settings.redis_url
        self.one_step = OneStep(self.intake) if lie_together else None
        """Keeps and publishes at once; None where that takes two steps."""
        self.app = Celery("orderdesk", broker=settings.broker_url, backend=settings.redis_url)
        self.app.conf.update(
            task_serializer="json",
            accept_content=["json"],
            task_queues=broker.queues(settings.broker_url),
            task_routes={name: {"queue": queue} for name, queue in QUEUE_OF.items()},
            # A publish may be sent again when its answer is lost: the task id stays the same
            # and the ledger takes every intent once, so a second message does no harm.
            task_publish_retry_policy=dict(PUBLISH_RETRIES),
            broker_transport_options=broker.transport(settings.broker_url),
            broker_pool_acquire_timeout=5,
            redis_socket_timeout=5,
            result_backend_thread_safe=True,
        )

    def handle(self, name: str) -> "Handle":
        """Return the handle of one call, bound to this producer."""
        return Handle(name, lambda: self)


@functools.cache
def producer() -> Producer:
    """Return this process' producer, made from the environment at the first call."""
    from orderdesk.settings import Settings  # noqa: PLC0415 - heavy, see above

    return Producer(Settings.from_environment(needs_keys=False))


class Handle:
    """One call that the desk offers, by its task name."""

    def __init__(self, name: str, producer: Callable[[], Producer] = producer) -> None:
        self.name = name
        self._producer = producer

    def __repr__(self) -> str:
        return f"<orderdesk {self.name}>"

    def delay(self, *args: Any, **fields: Any) -> "AsyncResult":
        """Check, keep and publish a call; return its `AsyncResult`. Raises as `submit` does."""
        return self.apply_async(args, fields)

    def apply_async(
        self, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None, **options: Any
    ) -> "AsyncResult":
        """Do what `delay` does, with Celery's own options for the message."""
        from orderdesk.producing import keyword_fields, submit  # noqa: PLC0415 - heavy, see above

        fields = keyword_fields(self.name, tuple(args), kwargs)
        desk = self._producer()
        return submit(
            self.name,
            fields,
            intake=lambda: desk.intake,
            publish=lambda fields, task_id, producer=None: desk.app.send_task(
                self.name, kwargs=fields, task_id=task_id, producer=producer, **options
            ),
            # Who sends a message in a way of its own gets that way.
            one_step=lambda: None if options else desk.one_step,
        )


place_order = Handle("place_order")
cancel_order = Handle("cancel_order")
cancel_all_orders = Handle("cancel_all_orders")
poll_order_status = Handle("poll_order_status")
resolve_order = Handle("resolve_order")
sync_portfolio = Handle("sync_portfolio")
reconcile = Handle("reconcile")
kill_switch = Handle("kill_switch")
