"""The smoke scenarios: plain functions over a producer and the Celery app of its desk.

`make test` runs them on workers of this host (tests/processes/test_smoke_scenarios.py), `make
smoke` on containers of our image (tests/smoke/test_containers.py). They need the light install
only, and nothing that is not true of every desk on paper.
"""

import time
from collections.abc import Callable
from typing import Any

from celery import Celery

from orderdesk.client import Producer
from orderdesk.core.queues import QUEUES

Scenario = Callable[[Producer, Celery], None]

WAIT_S = 60.0
ORDER = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "quantity": "0.001", "price": "40000"}
"""A tenth below any price of the simulator, and more: it rests."""


def every_queue_has_a_worker(_producer: Producer, app: Celery) -> None:
    """Work on any queue is taken up by somebody."""
    deadline = time.monotonic() + WAIT_S
    served: set[str] = set()
    while served != set(QUEUES) and time.monotonic() < deadline:
        found = app.control.inspect(timeout=1).active_queues() or {}
        served = {queue["name"] for queues in found.values() for queue in queues}
    assert served == set(QUEUES)


def a_resting_order_is_placed_polled_and_cancelled(producer: Producer, _app: Celery) -> None:
    """The whole way there and back, and one order id all along."""
    key = "smoke-resting"
    placed = _ask(producer, "place_order", **ORDER, idempotency_key=key)
    polled = _ask(producer, "poll_order_status", order=key)
    cancelled = _ask(producer, "cancel_order", order=key)
    assert [r["status"] for r in (placed, polled, cancelled)] == ["NEW", "NEW", "CANCELED"]
    assert len({r["order_id"] for r in (placed, polled, cancelled)}) == 1


def a_market_order_is_filled_and_reported_whole(producer: Producer, _app: Celery) -> None:
    """Its report waits for the fills, and carries average price and commission."""
    fields = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.001"}
    report = _ask(producer, "place_order", **fields)
    assert report["status"] == "FILLED"
    assert float(report["average_price"]) > 0
    assert report["commissions"]


def a_repeat_is_the_same_order(producer: Producer, _app: Celery) -> None:
    """One key, one order, one result."""
    key = "smoke-repeated"
    first = producer.handle("place_order").delay(**ORDER, idempotency_key=key)
    second = producer.handle("place_order").delay(**ORDER, idempotency_key=key)
    assert first.id == second.id
    assert first.get(timeout=WAIT_S)["order_id"] == second.get(timeout=WAIT_S)["order_id"]


def an_order_too_large_is_refused_with_its_rule(producer: Producer, _app: Celery) -> None:
    """A refusal is a result."""
    report = _ask(producer, "place_order", **{**ORDER, "quantity": "1"})
    assert report["status"] == "DENIED"
    assert "RISK_MAX_NOTIONAL" in str(report)


def everything_is_cancelled(producer: Producer, _app: Celery) -> None:
    """What rests is gone afterwards."""
    key = "smoke-left"
    assert _ask(producer, "place_order", **ORDER, idempotency_key=key)["status"] == "NEW"
    _ask(producer, "cancel_all_orders")
    assert _ask(producer, "poll_order_status", order=key, until="closed")["status"] == "CANCELED"


SCENARIOS: tuple[Scenario, ...] = (
    every_queue_has_a_worker,
    a_resting_order_is_placed_polled_and_cancelled,
    a_market_order_is_filled_and_reported_whole,
    a_repeat_is_the_same_order,
    an_order_too_large_is_refused_with_its_rule,
    everything_is_cancelled,
)


def _ask(producer: Producer, name: str, **fields: Any) -> dict[str, Any]:
    report: dict[str, Any] = producer.handle(name).delay(**fields).get(timeout=WAIT_S)
    return report
