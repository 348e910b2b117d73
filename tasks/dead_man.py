"""The dead-man's switch in every worker: if beat itself is what died, somebody has to notice.

Off unless `DEADMAN_S` is set. Each worker process looks by itself, with no queue and no beat in
between, and goes on with the kill until it is verified. What a look does is in `flows/watch.py`.
"""

import logging
import threading
from contextlib import suppress
from typing import Any

from celery.signals import worker_ready, worker_shutting_down

from orderdesk import wiring
from orderdesk.errors import DeskError
from orderdesk.flows import kill, watch

_LOOKS_EVERY_S = 1.0

log = logging.getLogger(__name__)
_stopping = threading.Event()


@worker_ready.connect
def begin(**_: Any) -> None:
    """Begin to look, if the switch is set."""
    if wiring.desk().rules.triggers.deadman_ms is not None:
        _stopping.clear()
        threading.Thread(target=_look_on, name="dead-man", daemon=True).start()


@worker_shutting_down.connect
def end(**_: Any) -> None:
    """Stop looking: this worker is asked to end, and others go on."""
    _stopping.set()


def _look_on() -> None:
    desk = wiring.desk()
    since_ms = desk.time.now_ms()
    while not _stopping.wait(_LOOKS_EVERY_S):
        # What cannot be done now is tried again in a second; the switch itself needs the ledger.
        with suppress(DeskError):
            if watch.check_signs_of_life(desk, since_ms=since_ms) is not None:
                kill.tend(desk)
