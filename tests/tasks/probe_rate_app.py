"""Two Celery apps with the same limited task: one with the step, one as Celery ships."""

from time import time
from typing import Any

from celery import Celery

from tests.tasks import probe_modules

RATE_PER_S = 12


def _app(name: str) -> Any:
    app = Celery(name, set_as_current=False)
    app.conf.update(
        task_acks_late=True, worker_prefetch_multiplier=1, broker_connection_retry_on_startup=True
    )

    def stamp(key: str) -> None:
        app.backend.client.rpush(key, time())

    def greet(key: str) -> None:
        app.backend.client.rpush(key, "ready")

    # Not shared: every other app of the process would know the tasks too.
    app.task(name="stamp", rate_limit=f"{RATE_PER_S}/s", ignore_result=True, shared=False)(stamp)
    app.task(name="greet", ignore_result=True, shared=False)(greet)
    return app


mended = _app("mended")
probe_modules.rate_limit_step().register(mended)
as_shipped = _app("as_shipped")
