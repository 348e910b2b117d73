"""Counting what happens, in the process where it happens: from events, calls, waits and runs.

Every method is cheap (some µs) and none raises for what the metrics' own files do: a full disk
must not stop an order.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from orderdesk.core.calls import VenueCall
from orderdesk.core.clock_offset import ClockOffset
from orderdesk.core.events import Event, EventKind
from orderdesk.core.orders import ENDED, OrderStatus
from orderdesk.telemetry.metrics import table
from orderdesk.telemetry.metrics.files import MetricFiles
from orderdesk.telemetry.metrics.labels import Bounds

_ENDS = frozenset(
    {
        EventKind.ORDER_FILLED,
        EventKind.ORDER_CANCELED,
        EventKind.ORDER_ERROR,
        EventKind.ORDER_BLOCKED,
        EventKind.ORDER_EXPIRED,
    }
)
"""The events by which an order ends; others may carry the state of an ended order too."""

_S3_STATUS = {
    OrderStatus.REJECTED: "error",
    OrderStatus.DENIED: "blocked",
    OrderStatus.EXPIRED_UNSENT: "blocked",
}

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Names:
    """What this desk puts into labels that do not change."""

    exchange: str
    aliases: bool
    """Tell S3's and S5's names too."""


class Counted:
    """Every listener of this process' metrics.

    Args:
        files: where this process counts.
        bounds: what may stand in labels.
        names: what stands in labels that do not change.
        fold: tidies up what dead processes left; done at each start of one.
    """

    def __init__(
        self, files: MetricFiles, *, bounds: Bounds, names: Names, fold: Callable[[], None]
    ) -> None:
        self._files = files
        self._fold = fold
        self._bounds = bounds
        self._names = names
        self._broken = False

    def event(self, event: Event) -> None:
        """Be a sink of events.

        Raises OSError when the files cannot be written; the fan-out says so and goes on.
        """
        self._files.add(table.EVENTS, (str(event.kind),))
        data = event.data
        if event.kind in _ENDS and not data.get("late"):
            self._ended(data)
        if event.kind in (EventKind.ORDER_NEW, EventKind.ORDER_FOUND):
            self._on_the_exchange(event)
        if event.kind in (EventKind.ORDER_FOUND, EventKind.ORDER_NOT_PLACED):
            end = table.FENCE_ENDS[event.kind is EventKind.ORDER_NOT_PLACED]
            self._between(table.FENCE, data.get("sent_ms"), event.at_ms, (end,))

    def call(self, call: VenueCall) -> None:
        """Be told of a request to the exchange."""
        self._tell(table.REQUESTS, call.took_ms / 1_000, (call.endpoint,))
        if call.error:
            self._quietly(lambda: self._files.add(table.API_ERRORS, (self._code(call),)))

    def waited(self, lane: str, wait_ms: int, *, booked: bool) -> None:
        """Be told of an answer of the throttle."""
        if booked:
            self._tell(table.THROTTLE_WAIT, wait_ms / 1_000, (lane,))
        else:
            self._quietly(lambda: self._files.add(table.THROTTLE_DEFERRED, (lane,)))

    def looked_up(self, cache: str, *, hit: bool) -> None:
        """Be told of a question to a cache."""
        result = "hit" if hit else "miss"
        self._quietly(lambda: self._files.add(table.CACHE_LOOKUPS, (cache, result)))

    def measured(self, offset: ClockOffset, *, monotonic_ms: int, unix_ms: int) -> None:
        """Be told of a measurement of exchange time, and what this host's clocks say now."""
        ahead_ms = offset.exchange_ms(monotonic_ms) - unix_ms
        self._tell(table.CLOCK_OFFSET, ahead_ms / 1_000)
        self._tell(table.CLOCK_DOUBT, offset.doubt_ms / 1_000)
        self._tell(table.CLOCK_MEASURED, unix_ms / 1_000)

    def ran(self, task: str, outcome: str, *, took_s: float, at_s: float) -> None:
        """Be told of a task's run: `done`, `retry` or `failed`."""
        for other in table.OUTCOMES:
            # At 0 from the task's first run on: a series that begins at 1 has no rate yet, so the
            # first failure would be in no panel and no alert.
            self._quietly(partial(self._files.show, table.TASKS, (task, other)))
        self._tell(table.TASKS, took_s, (task, outcome))
        if outcome == "done":
            self._tell(table.TASK_DONE, at_s, (task,))

    def published(self, task: str) -> None:
        """Be told of a message that was put on a queue."""
        self._quietly(lambda: self._files.add(table.PUBLISHED, (task,)))

    def started(self, kind: str) -> None:
        """Be told that this process has started: a worker, a child of one, or beat."""
        self._quietly(self._fold)
        self._quietly(lambda: self._files.add(table.STARTS, (kind,)))
        self._tell(table.PROCESSES, 1.0, (kind,))

    def missed(self, sink: str) -> None:
        """Be told that a sink did not get an event."""
        self._quietly(lambda: self._files.add(table.SINK_MISSED, (sink,)))

    def _ended(self, data: Mapping[str, Any]) -> None:
        status, kind = str(data.get("status", "")), str(data.get("type", ""))
        if status not in ENDED:
            return
        symbol, side = self._bounds.symbol(data.get("symbol")), str(data.get("side", ""))
        self._files.add(table.ORDERS_PLACED, (symbol, side, status))
        if self._names.aliases:
            s3 = _S3_STATUS.get(OrderStatus(status), "ok")
            self._files.add(table.ALIAS_ORDERS_S3, (self._names.exchange, s3, kind))
            self._files.add(table.ALIAS_ORDERS_S5, (status, symbol, side))

    def _on_the_exchange(self, event: Event) -> None:
        data = event.data
        received_ms, slot_ms = data.get("received_ms"), data.get("throttled_ms")
        self._between(table.ORDER_DURATION, received_ms, event.at_ms)
        if event.kind is EventKind.ORDER_NEW:
            self._between(table.STAGES, received_ms, slot_ms, ("wait",))
            self._between(table.STAGES, slot_ms, event.at_ms, ("send",))

    def _between(
        self, metric: table.Metric, from_ms: object, to_ms: object, labels: tuple[str, ...] = ()
    ) -> None:
        if isinstance(from_ms, int) and isinstance(to_ms, int):
            self._files.observe(metric, (to_ms - from_ms) / 1_000, labels)

    def _code(self, call: VenueCall) -> str:
        return self._bounds.code(call.error)

    def _tell(self, metric: table.Metric, value: float, labels: tuple[str, ...] = ()) -> None:
        tell = self._files.set if metric.kind is table.Kind.GAUGE else self._files.observe
        self._quietly(lambda: tell(metric, value, labels))

    def _quietly(self, tell: Callable[[], None]) -> None:
        try:
            tell()
        except OSError as error:
            if not self._broken:
                self._broken = True
                _log.error("metrics cannot be written (%s); said once until they can", error)
        else:
            self._broken = False
