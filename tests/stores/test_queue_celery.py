"""The broker as the desk itself sees it: what is published, and which answers are stored."""

import pytest
from celery import Celery, states
from redis import Redis

from orderdesk.client import Producer
from orderdesk.core.queues import PLACING, QUEUES, UPKEEP
from orderdesk.errors import IntentConflict
from orderdesk.ports import Told
from orderdesk.settings import Settings
from orderdesk.stores.embedded_redis import RunningRedis
from orderdesk.stores.queue_celery import CeleryQueue
from tests.crash.breaking_wire import BreakingWire

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


@pytest.mark.parametrize("request_lost", [b"LLEN", b"SADD", b"LPUSH"])
def test_publish_when_the_connection_breaks_at_any_request_then_it_is_made_again(
    redis_server: RunningRedis, client: Redis, desk_id: str, request_lost: bytes
) -> None:
    """Any answer to a first publish may be lost: the wake-up is in its queue all the same.

    kombu asks to declare (LLEN, SADD) and pushes (LPUSH); should it ever ask other things, the
    campaign's broken connections meet them.
    """
    # Given a process whose connection breaks once, at its first such request
    wire = BreakingWire(redis_server.port)
    app = Producer(Settings.from_environment({"REDIS_URL": wire.url}, needs_keys=False)).app
    wire.swallow_reply_to(request_lost)
    # When
    CeleryQueue(app, client).publish("place_order", {}, task_id=desk_id)
    # Then
    assert any(desk_id in str(message) for message in client.lrange(PLACING, 0, -1))
    client.delete(PLACING)
    app.close()
    wire.close()


def test_told_when_a_report_is_stored_then_its_words_are_read(
    app: Celery, client: Redis, desk_id: str
) -> None:
    """What Celery has stored is what the producer was told."""
    report = {"status": "DENIED", "order_id": None, "reason": "too large", "code": "MAX"}
    app.backend.store_result(desk_id, report, states.SUCCESS)
    queue = CeleryQueue(app, client)
    assert queue.told(desk_id) == Told("DENIED", None, "too large", "MAX")
    queue.forget_told(desk_id)
    assert queue.told(desk_id) is None
    assert queue.missing_results([desk_id]) == {desk_id}


def test_told_when_an_error_is_stored_then_its_class_and_words_are_read(
    app: Celery, client: Redis, desk_id: str
) -> None:
    """An error of the desk carries more than its message; its class is what counts."""
    error = IntentConflict("one key, two orders", "idempotency_key", "k-1", "one key, one order")
    app.backend.store_result(desk_id, error, states.FAILURE)
    told = CeleryQueue(app, client).told(desk_id)
    assert told is not None
    assert told.error == "IntentConflict"
    assert told.reason.startswith("IntentConflict: one key, two orders")


def test_told_when_only_a_retry_is_noted_then_nothing_was_told(
    app: Celery, client: Redis, desk_id: str
) -> None:
    """Nobody who waits for a result sees such a note."""
    app.backend.store_result(desk_id, ValueError("again"), states.RETRY)
    assert CeleryQueue(app, client).told(desk_id) is None


def test_waiting_when_messages_wait_then_each_queue_has_its_count(
    app: Celery, own_redis: RunningRedis
) -> None:
    """Queues that nobody has used yet are empty, not missing."""
    app.conf.broker_url = own_redis.url
    with own_redis.client() as client:
        queue = CeleryQueue(app, client)
        queue.publish("sync_time", {})
        queue.publish("sync_time", {})
        assert queue.waiting() == {**dict.fromkeys(QUEUES, 0), UPKEEP: 2}
