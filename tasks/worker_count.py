"""A worker beyond `ORDERDESK_WORKERS` says so, and lowers the limits of all by remote control.

Celery's `rate_limit` counts per worker, so the limits on the page hold for the declared number of
workers only. One more than that would let all of them together send more than the cap's share.
Limits are lowered, never raised: when a worker leaves, the others keep theirs until they start
anew, or until somebody sets them (`celery -A tasks control rate_limit`). What all may send together
is decided by the shared throttle in any case.
"""

import logging
import threading
from collections.abc import Mapping
from typing import Any

from celery.signals import worker_ready

from orderdesk.core.queues import PLACING

ANSWERS_WITHIN_S = 2.0
"""How long answers are waited for; a worker too busy to answer counts when the next one comes."""

log = logging.getLogger(__name__)


def install(declared: int) -> None:
    """Have every worker of this process count the others once it is ready."""

    def count(sender: Any, **_: Any) -> None:
        # In a thread of its own: the worker must be able to answer its own question.
        threading.Thread(target=share_out, args=(sender.app, declared), daemon=True).start()

    worker_ready.connect(count, weak=False, dispatch_uid="orderdesk.worker_count")


def share_out(app: Any, declared: int) -> None:
    """Count the workers that place orders; if they are too many, lower the limits of all."""
    serving = app.control.inspect(timeout=ANSWERS_WITHIN_S).active_queues() or {}
    placing = sum(any(queue["name"] == PLACING for queue in queues) for queues in serving.values())
    if placing <= declared:
        return
    log.warning(
        "%d workers place orders, but ORDERDESK_WORKERS=%d: every worker's limits are lowered "
        "to their share. Set ORDERDESK_WORKERS to the number of workers.",
        placing,
        declared,
    )
    for task, limit in lowered(app.conf.task_annotations, declared, placing).items():
        app.control.rate_limit(task, limit)


def lowered(
    annotations: Mapping[str, Mapping[str, Any]], declared: int, present: int
) -> dict[str, str]:
    """Return each task's limit for so many workers, from the page's limits for the declared ones.

    Args:
        annotations: `task_annotations` of the page; limits there are per second, like `9.6/s`.
        declared: how many workers the page counts on.
        present: how many there are.
    """
    return {
        task: f"{float(options['rate_limit'].removesuffix('/s')) * declared / present:g}/s"
        for task, options in annotations.items()
    }
