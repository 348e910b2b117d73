"""One event to many sinks: a sink that breaks never stops an order, and says that it is broken.

Nothing is told twice and nothing is kept back: the ledger holds every event, so what a broken
sink missed can be read there.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from orderdesk.core.events import Event

Sink = Callable[[Event], None]

SLOW_MS = 250
"""A sink that needs longer than this to fail holds up orders: it is given a rest."""

REST_MS = 5_000
"""How long a sink that failed slowly is not called; its events count as missed."""

_log = logging.getLogger("orderdesk.telemetry")


@dataclass(slots=True)
class _Health:
    name: str
    missed: int = 0
    """How many events it missed since it started."""
    missed_now: int = 0
    """How many since it broke; 0 while it works."""
    rests_until_ms: int = 0


class FanOut:
    """Give every event to every sink.

    Safe to call from several threads. A sink that hangs without failing does hold up the
    caller: sinks that can wait (sockets) need short timeouts of their own. `on_miss` hears the
    sink's name for every event that it was not told.
    """

    def __init__(
        self,
        sinks: Iterable[Sink],
        *,
        monotonic_ms: Callable[[], int] | None = None,
        on_miss: Callable[[str], None] | None = None,
    ) -> None:
        self._sinks = [(sink, _Health(_name(sink))) for sink in sinks]
        self._on_miss = on_miss
        self._now_ms = monotonic_ms or _monotonic_ms
        self._lock = threading.Lock()

    def __call__(self, event: Event) -> None:
        """Tell every sink; never raises for what a sink does."""
        for sink, health in self._sinks:
            began_ms = self._now_ms()
            if began_ms < health.rests_until_ms:
                self._miss(health, event, None, took_ms=0)
                continue
            try:
                sink(event)
            except Exception as error:  # noqa: BLE001 - a broken sink never stops an order
                self._miss(health, event, error, took_ms=self._now_ms() - began_ms)
            else:
                self._recover(health)

    @property
    def missed(self) -> Mapping[str, int]:
        """How many events each sink has missed since it started, by the sink's name."""
        return {health.name: health.missed for _, health in self._sinks}

    def _miss(
        self, health: _Health, event: Event, error: Exception | None, *, took_ms: int
    ) -> None:
        with self._lock:
            health.missed += 1
            health.missed_now += 1
            first = health.missed_now == 1
            if took_ms > SLOW_MS:
                health.rests_until_ms = self._now_ms() + REST_MS
        if self._on_miss is not None:
            self._on_miss(health.name)
        if first:
            text = (
                "%s is broken (%s: %s) and missed %s; the ledger has it. Said once until it works."
            )
            _log.error(text, health.name, type(error).__name__, error, event.kind, exc_info=error)

    def _recover(self, health: _Health) -> None:
        if not health.missed_now:
            return
        with self._lock:
            missed, health.missed_now, health.rests_until_ms = health.missed_now, 0, 0
        if missed:
            _log.warning("%s works again; it missed %d events.", health.name, missed)


def _name(sink: Sink) -> str:
    return getattr(sink, "__qualname__", type(sink).__qualname__)


def _monotonic_ms() -> int:
    return time.monotonic_ns() // 1_000_000
