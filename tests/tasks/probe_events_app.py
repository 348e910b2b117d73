"""A Celery app that sends its task events in batches, as the desk does."""

from typing import Any

from celery import Celery

from tests.tasks import probe_modules


def greet(key: str) -> None:
    app.backend.client.rpush(key, "ready")


app: Any = Celery("events", set_as_current=False)
app.conf.update(worker_send_task_events=True, broker_connection_retry_on_startup=True)
# Not shared: every other app of the process would know the task too.
app.task(name="greet", ignore_result=True, shared=False)(greet)
probe_modules.event_batches().register(app)
