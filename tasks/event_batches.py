"""A bootstep that sends a worker's task events in batches.

As shipped, a worker with `-E` tells of its tasks (received, started, succeeded: what Flower and
our page show) with every pass of its event loop: a busy one publishes two or three messages a
task, each over a client object of its own, which took 15 % of a placing worker's time (py-spy,
queue full, celery 5.7.0, kombu 5.7.0 and redis 8, Nov 2026). What is told in a tenth of a second
goes as one message here; Celery's own limit of 24 events a message stays.

Nothing is lost by it: what waits goes before the worker leaves, and what a killed worker had not
told yet is in the ledger's events, which are the truth. Nothing else belongs here.
"""

from typing import Any

from celery import bootsteps
from celery.worker.consumer.events import Events

BATCH_S = 0.1
"""How long an event waits for others, in seconds."""


class EventsInBatches(bootsteps.StartStopStep):  # type: ignore[misc]  # celery ships no types
    """Replace what the consumer does about a buffered event, before anything is buffered."""

    requires = (Events,)  # so that it stops before the dispatcher goes

    def __init__(self, consumer: Any, **options: Any) -> None:
        super().__init__(consumer, **options)
        self._batch = _Batch(consumer)
        if consumer.hub:  # without an event loop Celery buffers nothing
            consumer.on_send_event_buffered = self._batch.begin

    def start(self, _consumer: Any) -> None:
        """Begin anew: a connection that was lost may have taken the timer with it."""
        self._batch.forget()

    def stop(self, consumer: Any) -> None:
        """Tell what waits to be told."""
        if consumer.event_dispatcher:
            consumer.event_dispatcher.flush()


class _Batch:
    """One timer while events wait, none else."""

    def __init__(self, consumer: Any) -> None:
        self._consumer = consumer
        self._is_begun = False

    def forget(self) -> None:
        self._is_begun = False

    def begin(self) -> None:
        # Called by whichever thread tells something; only the loop's own may touch its timer.
        if not self._is_begun:
            self._is_begun = True
            self._consumer.hub.call_soon(self._arm)

    def _arm(self) -> None:
        self._consumer.timer.call_after(BATCH_S, self._send)

    def _send(self) -> None:
        self._is_begun = False  # first: what is told from now on begins the next batch
        if self._consumer.event_dispatcher:
            self._consumer.event_dispatcher.flush()


def register(app: Any) -> None:
    """Make every worker of a Celery app send its events so; calling it twice does no harm."""
    app.steps["consumer"].add(EventsInBatches)
