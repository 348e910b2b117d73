"""What Celery itself knows of a process' work, told to the desk's metrics by its signals.

Celery calls what is connected here in workers, their children and beat alike; producers import
the tasks too, but never get far enough to tell anything.
"""

import time
from typing import Any

from celery.signals import (
    after_task_publish,
    beat_init,
    task_postrun,
    task_prerun,
    worker_process_init,
    worker_ready,
)

from orderdesk import wiring

_OUTCOMES = {"SUCCESS": "done", "RETRY": "retry", "IGNORED": "done", "FAILURE": "failed"}
_BEGUN = "orderdesk_begun_s"
_telling = False
"""True once this process is known to be a worker, a child of one, or beat."""


def connect() -> None:
    """Listen from now on; the handlers are named here so that none is collected as garbage."""
    worker_ready.connect(_worker_is_ready)
    worker_process_init.connect(_child_begins)
    beat_init.connect(_beat_begins)
    task_prerun.connect(_run_begins)
    task_postrun.connect(_run_ended)
    after_task_publish.connect(_message_published)


def _worker_is_ready(**_: Any) -> None:
    _begin("worker")


def _child_begins(**_: Any) -> None:
    _begin("child")


def _beat_begins(**_: Any) -> None:
    _begin("beat")


def _begin(kind: str) -> None:
    global _telling
    _telling = True
    wiring.counted().started(kind)


def _run_begins(task: Any, **_: Any) -> None:
    # On the request, which is this run's alone, also among threads.
    setattr(task.request, _BEGUN, time.monotonic())


def _run_ended(task: Any, state: str | None = None, **_: Any) -> None:
    begun_s = getattr(task.request, _BEGUN, None)
    if begun_s is None or not _telling:
        return
    outcome = _OUTCOMES.get(state or "IGNORED", "failed")
    took_s = time.monotonic() - begun_s
    wiring.counted().ran(task.name, outcome, took_s=took_s, at_s=time.time())


def _message_published(sender: str | None = None, **_: Any) -> None:
    if _telling and sender:
        wiring.counted().published(sender)
