"""What the lines of a task carry, its own, the desk's and Celery's: task, order and trace.

A trace begins with the producer's `trace_id`; without one the task id stands for it, which the
producer knows too, for it is the id of its `AsyncResult`.
"""

from collections.abc import Mapping
from typing import Any

from celery.signals import task_postrun, task_prerun

from orderdesk import wiring

_ORDER = ("idempotency_key", "order", "client_order_id")
"""The fields by which a command names its order, the first that is there."""


@task_prerun.connect
def _begin(task_id: str, task: Any, kwargs: Any = None, **_: Any) -> None:
    fields: Mapping[str, Any] = kwargs if isinstance(kwargs, Mapping) else {}
    order = next((str(fields[name]) for name in _ORDER if fields.get(name)), "")
    trace_id = str(fields.get("trace_id") or task_id)
    wiring.begin_work(task=task.name, task_id=task_id, order=order, trace_id=trace_id)


@task_postrun.connect
def _end(**_: Any) -> None:
    wiring.end_work()
