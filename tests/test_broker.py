"""Redis or RabbitMQ: what each is told, and what is rounded for whom."""

import pytest
from celery import Celery

from orderdesk import broker
from orderdesk.client import Producer
from orderdesk.core.queues import QUEUES
from orderdesk.errors import SettingsError
from orderdesk.settings import Settings

REDIS, RABBITMQ = "redis://127.0.0.1:6390/0", "amqps://desk:word@rabbit:5671/orders"


def test_queues_when_the_broker_is_rabbitmq_then_quorum_queues_on_a_topic_exchange() -> None:
    """Replicated and on disk; Celery delays messages over topic exchanges only."""
    found = broker.queues(RABBITMQ)
    assert [queue.name for queue in found] == [queue.routing_key for queue in found] == [*QUEUES]
    assert {queue.exchange.type for queue in found} == {"topic"}
    assert {queue.queue_arguments["x-queue-type"] for queue in found} == {"quorum"}
    assert {queue.durable for queue in found} == {True}


def test_queues_when_the_broker_is_redis_then_plain_ones() -> None:
    """Nothing changes for Redis: its lists are named like the queues."""
    assert [queue.name for queue in broker.queues(REDIS)] == [*QUEUES]
    assert {queue.queue_arguments for queue in broker.queues(REDIS)} == {None}
    assert {queue.no_declare for queue in broker.queues(REDIS)} == {True}


@pytest.mark.parametrize(
    ("wait_ms", "on_redis", "on_rabbitmq"),
    [(1, 0.001, 1.0), (500, 0.5, 1.0), (1_000, 1.0, 1.0), (1_001, 1.001, 2.0), (60_000, 60, 60)],
)
def test_countdown_when_rabbitmq_delays_then_by_whole_seconds_and_never_less(
    wait_ms: int, on_redis: float, on_rabbitmq: float
) -> None:
    """Below a second kombu's delaying would raise; too early would be asked again for nothing."""
    assert broker.countdown_s(REDIS, wait_ms) == pytest.approx(on_redis)
    assert broker.countdown_s(RABBITMQ, wait_ms) == on_rabbitmq


def test_producer_when_the_broker_is_rabbitmq_then_results_stay_in_redis_and_confirms_are_on() -> (
    None
):
    """A publish is done when the queue has it; intake, throttle and results stay in Redis."""
    environ = {"REDIS_URL": REDIS, "BROKER_URL": RABBITMQ}
    app: Celery = Producer(Settings.from_environment(environ, needs_keys=False)).app
    assert app.conf.broker_url == RABBITMQ
    assert app.conf.result_backend == REDIS
    assert app.conf.broker_transport_options["confirm_publish"] is True
    assert "visibility_timeout" not in app.conf.broker_transport_options


def test_broker_when_it_is_not_named_then_it_is_the_redis() -> None:
    """A password in REDIS_URL arrives as it was written."""
    url = "redis://desk:p%40ss@127.0.0.1:6390/0"
    assert Settings.from_environment({"REDIS_URL": url}).broker_url == url


@pytest.mark.parametrize("text", ["rabbit", "http://rabbit", "redis://127.0.0.1/0", "amqp://"])
def test_broker_when_it_is_something_else_then_the_start_stops(text: str) -> None:
    """Two Redis servers, one for messages and one for the intake, are two truths about a queue."""
    with pytest.raises(SettingsError, match="BROKER_URL"):
        Settings.from_environment({"BROKER_URL": text})


def test_broker_when_its_url_has_a_password_then_it_is_never_shown() -> None:
    """It is a secret as the others are."""
    settings = Settings.from_environment({"BROKER_URL": RABBITMQ})
    assert "word" in settings.secrets
    assert "word" not in str(settings.describe()) + repr(settings)
