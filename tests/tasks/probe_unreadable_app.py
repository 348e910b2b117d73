"""Two Celery apps that bury what they cannot read: one that knows `bury`, one that does not."""

import json
from typing import Any

from celery import Celery

from tests.tasks import probe_modules

QUEUES = ("work", "dead_letter")
BURIED = "probe:buried"
"""The list on which `bury` puts what it was given."""
RAN = "probe:ran"
"""The list on which a good task puts its token."""


def _app(name: str) -> Any:
    app = Celery(name, set_as_current=False)
    app.conf.update(
        accept_content=["json"],
        broker_connection_retry_on_startup=True,
        task_acks_late=True,
        task_create_missing_queues=False,
        task_default_queue="work",
        task_queues={queue: {"routing_key": queue} for queue in QUEUES},
        worker_prefetch_multiplier=1,
    )
    probe_modules.unreadable().install(app)

    def good(token: str) -> None:
        app.backend.client.rpush(RAN, token)

    # Not shared: every other app of the process would know the task too.
    app.task(name="good", ignore_result=True, shared=False)(good)
    return app


def _bury(self: Any, **letter: Any) -> None:
    """Show the test what arrived, and under which task id."""
    desk.backend.client.rpush(BURIED, json.dumps({**letter, "letter_id": self.request.id}))


desk = _app("desk")
desk.task(name="bury", ignore_result=True, bind=True, shared=False)(_bury)
stranger = _app("stranger")
