"""The Celery app and the worker's signals: how a worker starts, and when it must not."""

import logging
import sys
from pathlib import Path
from typing import Any

from celery import Celery
from celery.exceptions import WorkerShutdown
from celery.signals import celeryd_init, setup_logging, worker_process_init

from orderdesk import wiring
from orderdesk.errors import DeskError
from orderdesk.flows import start
from tasks import event_batches, measured, rate_limit_step, unreadable, worker_count

app = Celery("orderdesk")
app.config_from_object("celeryconfig")
rate_limit_step.register(app)
event_batches.register(app)
unreadable.install(app)
measured.connect()

log = logging.getLogger(__name__)


@setup_logging.connect
def _begin_a_process(**_: Any) -> None:
    """Set up what workers and beat need first; producers never come here.

    Celery keeps its hands off logging: our own keeps secrets out of every record. Beat
    keeps its schedule under the desk's home, which may be new.
    """
    wiring.configure_logging()
    Path(app.conf.beat_schedule_filename).parent.mkdir(parents=True, exist_ok=True)


@celeryd_init.connect
def _start_only_when_fit(instance: Any = None, **_: Any) -> None:
    """Refuse to start on wrong settings, or with a Redis that belongs to another ledger."""
    # Celery sets logging up only later, and what is told here must be readable and redacted.
    wiring.configure_logging()
    if instance is not None and not sys.stdout.isatty():
        instance.quiet = True  # its banner is a picture for a person, and no line of a log
    try:
        chosen = wiring.settings()
        worker_count.install(chosen.workers)
        start.confirm(wiring.desk(), desk_id=chosen.desk_id, venue=wiring.venue_name(chosen))
    except DeskError as error:
        log.critical("this worker does not start: %s", error)
        raise WorkerShutdown(1) from error


@worker_process_init.connect
def _wire_again_in_the_child(**_: Any) -> None:
    """Connections do not survive a fork."""
    wiring.forget()
