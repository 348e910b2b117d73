"""The broker as the desk itself looks at it: which answers are stored, in Celery's own words."""

import pytest
from celery import Celery, states
from redis import Redis

from orderdesk.stores.embedded_redis import RunningRedis
from orderdesk.stores.queue_celery import CeleryQueue

pytestmark = [
    pytest.mark.processes,
    # Celery 5.7 stores results with a command that redis-py 8.1 calls deprecated.
    pytest.mark.filterwarnings("ignore:Call to deprecated setex:DeprecationWarning"),
]


@pytest.fixture
def app(redis_server: RunningRedis) -> Celery:
    """Give an app whose result backend is the shared server."""
    return Celery("results", broker=redis_server.url, backend=redis_server.url)


@pytest.mark.parametrize("status", sorted(states.READY_STATES))
def test_missing_results_when_the_producer_can_read_its_answer_then_it_is_not_missing(
    app: Celery, client: Redis, desk_id: str, status: str
) -> None:
    """Success or failure: whoever waits has been told."""
    result: object = {"status": "NEW"} if status == states.SUCCESS else ValueError("no")
    app.backend.store_result(f"{desk_id}-{status}", result, status)
    queue = CeleryQueue(app, client)
    assert queue.missing_results([f"{desk_id}-{status}", f"{desk_id}-x"]) == {f"{desk_id}-x"}


@pytest.mark.parametrize("status", sorted(states.UNREADY_STATES))
def test_missing_results_when_only_a_note_stands_there_then_the_answer_is_missing(
    app: Celery, client: Redis, desk_id: str, status: str
) -> None:
    """A worker that dies after its retry has placed the order leaves RETRY, and nobody told."""
    reason: object = ValueError("again") if status in states.EXCEPTION_STATES else None
    app.backend.store_result(f"{desk_id}-{status}", reason, status)
    queue = CeleryQueue(app, client)
    assert queue.missing_results([f"{desk_id}-{status}"]) == {f"{desk_id}-{status}"}
