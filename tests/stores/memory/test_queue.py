"""The broker that only writes down."""

import pytest

from orderdesk.errors import StoreUnavailable
from orderdesk.stores.memory import FakeQueue, Published


def test_publish_when_called_then_it_is_written_down_in_order() -> None:
    """A test sees exactly what a worker would get."""
    queue = FakeQueue()
    queue.publish("place_order", {"symbol": "BTCUSDT"}, task_id="t-1")
    queue.publish("resolve_order", {"order": "k"}, delay_ms=300)
    assert queue.published == [
        Published("place_order", {"symbol": "BTCUSDT"}, "t-1", 0),
        Published("resolve_order", {"order": "k"}, None, 300),
    ]


def test_take_when_a_worker_takes_then_the_rest_stays() -> None:
    """Messages of one task are taken, those of the others wait."""
    queue = FakeQueue()
    for task in ("place_order", "resolve_order", "place_order"):
        queue.publish(task, {})
    assert [message.task for message in queue.take("place_order")] == ["place_order"] * 2
    assert [message.task for message in queue.published] == ["resolve_order"]


def test_head_and_results_when_the_test_sets_them_then_they_are_told() -> None:
    """What real queues and results would say is in the test's hand."""
    queue = FakeQueue(heads={"place_order": 5_000}, results={"t-1"})
    assert queue.head_ms("place_order") == 5_000
    assert queue.head_ms("cancel_order") is None
    assert queue.missing_results(["t-1", "t-2"]) == {"t-2"}


def test_publish_when_the_broker_is_away_then_nothing_is_published() -> None:
    """A failure comes before anything is done."""
    queue = FakeQueue(failure=StoreUnavailable("the broker is away"))
    with pytest.raises(StoreUnavailable):
        queue.publish("place_order", {})
    assert queue.published == []
