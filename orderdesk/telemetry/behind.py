"""Tell a sink that waits for the network behind the order's back, in a thread of its own.

An event is told between the commit that booked it and the next step of its order; a round trip to
Redis there, with its append-only file synced, is time that the order has to wait for. Nothing is
lost by telling it a moment later: the ledger is the outbox, and what a process that died could not
tell is told by the sweep (`flows/sweep_events.py`).
"""

import atexit
import queue
import threading
from contextlib import suppress

from orderdesk.core.events import Event
from orderdesk.telemetry.fan_out import FanOut

MOST = 10_000
"""So many events may wait (about 10 MB); what comes beyond counts as missed, and is swept."""

PARTING_S = 3.0
"""A process that ends waits so long for what it has not told yet."""


class Behind:
    """Takes events at once, and tells them in their order; safe to call from several threads.

    The thread starts with the first event, in the process that tells it. It ends with its process,
    which waits for it when it ends as processes do; after `kill -9` the sweep tells the rest.
    What breaks in a sink is the `FanOut`'s to catch and to say.
    """

    def __init__(self, sinks: FanOut, *, most: int = MOST) -> None:
        self._sinks = sinks
        self._waiting: queue.Queue[Event | None] = queue.Queue(most)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def __call__(self, event: Event) -> None:
        """Take one event.

        Raises:
            queue.Full: too many wait; the caller counts it as missed.
        """
        if self._thread is None:
            self._start()
        self._waiting.put_nowait(event)

    def close(self) -> None:
        """Tell what waits, for at most `PARTING_S`, and take nothing more."""
        atexit.unregister(self.close)
        thread = self._thread
        if thread is not None and thread.is_alive():
            with suppress(queue.Full):
                self._waiting.put(None, timeout=PARTING_S)
            thread.join(PARTING_S)

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._tell, name="events", daemon=True)
                self._thread.start()
                atexit.register(self.close)

    def _tell(self) -> None:
        while (event := self._waiting.get()) is not None:
            self._sinks(event)
