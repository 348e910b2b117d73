"""From what happens to what is counted."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from orderdesk.core.calls import VenueCall
from orderdesk.core.clock_offset import ClockOffset
from orderdesk.core.events import Event, EventKind
from orderdesk.telemetry.metrics.counted import Counted, Names
from orderdesk.telemetry.metrics.files import MetricFiles
from orderdesk.telemetry.metrics.labels import Bounds
from tests.telemetry.metrics.reading import told_in, value

ORDER = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT"}
TIMES = {"received_ms": 1_000, "throttled_ms": 1_400, "sent_ms": 1_450}


class Desk:
    """A process that counts, and what it has counted."""

    def __init__(self, folder: Path, *, aliases: bool = False) -> None:
        self.folder = folder
        self.files = MetricFiles(folder)
        self.folded = 0
        self.counted = Counted(
            self.files,
            bounds=Bounds(symbols={"BTCUSDT"}, codes={"30004"}),
            names=Names(exchange="paper", aliases=aliases),
            fold=self._fold,
        )

    def _fold(self) -> None:
        self.folded += 1

    def event(self, kind: EventKind, at_ms: int = 1_700, **data: object) -> None:
        """Tell an event of an order."""
        self.counted.event(Event(kind, at_ms, order="a", data={**ORDER, **TIMES, **data}))

    def told(self, name: str, **labels: str) -> float | None:
        """What is told under a name."""
        return value(told_in(self.folder), name, **labels)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A process without aliases."""
    desk = Desk(tmp_path)
    yield desk
    desk.files.close()


def test_order_when_it_goes_its_way_then_it_counts_once_by_its_end(desk: Desk) -> None:
    """S1's success rate is FILLED over all, so all must be a sum of ends."""
    desk.event(EventKind.ORDER_SENDING, status="SENDING")
    desk.event(EventKind.ORDER_NEW, status="NEW")
    desk.event(EventKind.FILL_BOOKED, status="FILLED")
    desk.event(EventKind.ORDER_FILLED, status="FILLED")
    labels = {"symbol": "BTCUSDT", "side": "BUY"}
    assert desk.told("execution_orders_placed_total", status="FILLED", **labels) == 1
    assert desk.told("execution_orders_placed_total", status="NEW", **labels) is None
    assert desk.told("orderdesk_events_total", kind="ORDER_NEW") == 1


def test_order_when_a_late_no_is_only_recorded_then_it_does_not_end_again(desk: Desk) -> None:
    """The event looks like an end, and says that it is late."""
    desk.event(EventKind.ORDER_ERROR, status="FILLED", late=True)
    assert desk.told("orderdesk_events_total", kind="ORDER_ERROR") == 1
    labels = {"symbol": "BTCUSDT", "side": "BUY", "status": "FILLED"}
    assert desk.told("execution_orders_placed_total", **labels) is None


def test_order_when_its_symbol_is_not_listed_then_it_is_other(desk: Desk) -> None:
    """Series do not grow with what somebody trades."""
    desk.event(EventKind.ORDER_BLOCKED, status="DENIED", symbol="PEPEUSDT")
    labels = {"symbol": "other", "side": "BUY", "status": "DENIED"}
    assert desk.told("execution_orders_placed_total", **labels) == 1


def test_order_when_the_exchange_has_it_then_its_time_is_told(desk: Desk) -> None:
    """From taking it in to the yes, and where the time went."""
    desk.event(EventKind.ORDER_NEW, status="NEW")
    assert desk.told("execution_order_duration_seconds_sum") == pytest.approx(0.7)
    assert desk.told("orderdesk_order_stage_seconds_sum", stage="wait") == pytest.approx(0.4)
    assert desk.told("orderdesk_order_stage_seconds_sum", stage="send") == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("kind", "end"),
    [(EventKind.ORDER_FOUND, "found"), (EventKind.ORDER_NOT_PLACED, "not_placed")],
)
def test_unknown_order_when_evidence_ends_it_then_its_fence_is_told(
    desk: Desk, kind: EventKind, end: str
) -> None:
    """How long nobody knew."""
    desk.event(kind, at_ms=26_450)
    assert desk.told("orderdesk_fence_seconds_sum", end=end) == pytest.approx(25.0)


def test_call_when_it_got_no_yes_then_it_is_an_error_by_its_code(desk: Desk) -> None:
    """A yes is timed only; an unknown code is one of many."""
    desk.counted.call(VenueCall("GET /api/v3/order", 40))
    desk.counted.call(VenueCall("GET /api/v3/order", 40, "30004"))
    desk.counted.call(VenueCall("GET /api/v3/order", 40, "what?"))
    asked = {"endpoint": "GET /api/v3/order"}
    assert desk.told("orderdesk_exchange_request_seconds_count", **asked) == 3
    assert desk.told("execution_api_errors_total", error_code="30004") == 1
    assert desk.told("execution_api_errors_total", error_code="other") == 1


def test_aliases_when_they_are_asked_for_then_the_seeds_names_are_told(tmp_path: Path) -> None:
    """S3's ok, error, blocked; S5's the same as S1's."""
    desk = Desk(tmp_path, aliases=True)
    for kind, status in (
        (EventKind.ORDER_FILLED, "FILLED"),
        (EventKind.ORDER_ERROR, "REJECTED"),
        (EventKind.ORDER_BLOCKED, "DENIED"),
    ):
        desk.event(kind, status=status)
    for status in ("ok", "error", "blocked"):
        labels = {"exchange": "paper", "type": "LIMIT", "status": status}
        assert desk.told("levibot_exec_orders_total", **labels) == 1
    assert desk.told("levi_orders_total", status="FILLED", symbol="BTCUSDT", side="BUY") == 1
    desk.files.close()


def test_aliases_when_nobody_asked_then_they_are_not_told(desk: Desk) -> None:
    """One name a thing, unless somebody's dashboards need the other."""
    desk.event(EventKind.ORDER_FILLED, status="FILLED")
    names = {name for name, _ in told_in(desk.folder)}
    assert not [name for name in names if name.startswith("levi")]


def test_others_when_told_then_each_has_its_metric(desk: Desk) -> None:
    """Throttle, caches, clock, tasks, messages, starts, sinks."""
    desk.counted.waited("PLACE", 250, booked=True)
    desk.counted.waited("PLACE", 900, booked=False)
    desk.counted.looked_up("last_prices", hit=True)
    offset = ClockOffset(offset_ms=5_000, doubt_ms=3, measured_ms=1)
    desk.counted.measured(offset, monotonic_ms=100, unix_ms=5_080)
    desk.counted.ran("place_order", "done", took_s=0.1, at_s=77.0)
    desk.counted.published("place_order")
    desk.counted.started("worker")
    desk.counted.missed("RedisStream")
    assert desk.told("orderdesk_throttle_wait_seconds_sum", lane="PLACE") == 0.25
    assert desk.told("orderdesk_throttle_deferred_total", lane="PLACE") == 1
    assert desk.told("orderdesk_cache_lookups_total", cache="last_prices", result="hit") == 1
    assert desk.told("orderdesk_clock_offset_seconds") == pytest.approx(0.020)
    assert desk.told("orderdesk_task_done_timestamp_seconds", task="place_order") == 77.0
    assert desk.told("orderdesk_messages_published_total", task="place_order") == 1
    assert desk.told("orderdesk_processes", kind="worker") == 1
    assert desk.told("orderdesk_sink_missed_total", sink="RedisStream") == 1
    assert desk.folded == 1


def test_runs_when_a_task_has_only_been_done_then_its_other_ends_are_told_as_none(
    desk: Desk,
) -> None:
    """A series that begins at 1 has no rate: the first failure would never be seen."""
    desk.counted.ran("place_order", "done", took_s=0.1, at_s=77.0)
    ends = {"done": 1, "retry": 0, "failed": 0}
    counted = "orderdesk_task_seconds_count"
    assert {end: desk.told(counted, task="place_order", outcome=end) for end in ends} == ends
    desk.counted.ran("place_order", "failed", took_s=0.1, at_s=78.0)
    assert desk.told(counted, task="place_order", outcome="failed") == 1
    assert desk.told(counted, task="place_order", outcome="done") == 1


def test_disk_when_it_cannot_be_written_then_nothing_is_raised_and_it_is_said_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A full disk must not stop an order."""
    (tmp_path / "a file").write_text("")
    desk = Desk(tmp_path / "a file")
    desk.counted.waited("PLACE", 1, booked=True)
    desk.counted.call(VenueCall("GET /api/v3/time", 1))
    assert caplog.text.count("metrics cannot be written") == 1
