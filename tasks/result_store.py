"""Celery's result backend, kept from calling its own trouble a failure of the work.

When an order is placed and its SUCCESS cannot be stored, because the connection to Redis broke
in that moment, Celery stores FAILURE with that error a moment later; and it does so, too, for a
retry that it could not publish. Either way the producer would be told "failed" of an order that
goes on, or is on the exchange. Here nothing is stored then: the result stays missing, and the
sweep over results stores it from the ledger.

Seen in celery 5.7.0 (`app/trace.py`, `worker/request.py`), Nov 2026, by the fault campaign.
"""

import logging
from typing import Any

from celery.backends.redis import RedisBackend
from celery.exceptions import BackendError, Reject
from kombu.exceptions import OperationalError

STORED_AGAIN = frozenset({"place_order"})
"""Tasks whose results the sweep stores again when they are missing."""

log = logging.getLogger(__name__)


class ResultStore(RedisBackend):  # type: ignore[misc]  # celery ships no types
    """Where producers' results are kept."""

    def mark_as_failure(
        self, task_id: str, exc: Exception, *args: Any, request: Any = None, **options: Any
    ) -> Any:
        """Store a failure of the work; leave the result missing if storing was the trouble."""
        ours = getattr(request, "task", None) in STORED_AGAIN
        if ours and isinstance(exc, (*self.connection_errors, *_NO_FAILURE)):
            log.warning("the result of %s waits for the sweep: %r", task_id, exc)
            return None
        return super().mark_as_failure(task_id, exc, *args, request=request, **options)


_NO_FAILURE = (Reject, OperationalError, BackendError, OSError)
