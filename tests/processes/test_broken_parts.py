"""Redis, ledger, exchange or message broken: each has a clear error and loses nothing."""

import sqlite3

import pytest

from orderdesk.client import Producer
from orderdesk.core.queues import PLACING
from orderdesk.errors import ExchangeUnreachable, QueueUnreachable
from orderdesk.settings import Settings
from orderdesk.stores.redis_door import connect
from tests.processes.orders import ORDER, WAIT_S, placed_once
from tests.processes.running_desk import RunningDesk

pytestmark = pytest.mark.processes


def test_delay_when_redis_cannot_be_reached_then_the_caller_knows_nothing_was_queued(
    own_desk: RunningDesk,
) -> None:
    """No Redis: a clear error at the call, and calling again is safe."""
    desk = own_desk
    desk.redis.kill()
    producer = Producer(Settings.from_environment(desk.environ))
    with pytest.raises(QueueUnreachable):
        producer.handle("place_order").delay(**ORDER)


def test_exchange_when_it_is_down_then_the_order_waits_for_it_and_is_placed_once(
    own_desk: RunningDesk,
) -> None:
    """An exchange that is down for seconds costs time, not orders."""
    # Given a worker that knows the market, and an exchange that goes away
    desk = own_desk
    desk.start_worker("all")
    desk.start_beat()
    desk.call("place_order").delay(**ORDER, idempotency_key="warm").get(timeout=WAIT_S)
    desk.simulator.kill()
    # When
    result = desk.call("place_order").delay(**ORDER, idempotency_key="down-1")
    desk.until(lambda: desk.intent("down-1"))
    desk.simulator.restart()
    # Then
    placed_once(desk, result)


def test_question_when_the_exchange_stays_down_then_it_fails_after_three_retries(
    own_desk: RunningDesk,
) -> None:
    """A question is asked again three times with backoff, then fails clearly and is kept."""
    # Given
    desk = own_desk
    desk.start_worker("all")
    desk.call("place_order").delay(**ORDER, idempotency_key="asked-1").get(timeout=WAIT_S)
    desk.simulator.kill()
    # When
    result = desk.call("poll_order_status").delay(order="asked-1")
    # Then
    with pytest.raises(ExchangeUnreachable):
        result.get(timeout=WAIT_S)
    letter = next(iter(desk.ledger.dead_letters()))
    assert (letter.task, letter.reason, letter.attempts) == (
        "poll_order_status",
        "ExchangeUnreachable",
        4,
    )


def test_ledger_when_it_is_locked_for_seconds_then_the_order_is_placed_once_it_is_free(
    own_desk: RunningDesk,
) -> None:
    """A locked ledger stops the sending, and loses nothing."""
    # Given somebody who holds the ledger's write lock
    desk = own_desk
    desk.start_worker("all")
    desk.start_beat()
    desk.call("place_order").delay(**ORDER, idempotency_key="warm").get(timeout=WAIT_S)
    path = next(desk.home.glob("ledger-*.db"))
    lock = sqlite3.connect(path, isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    # When
    result = desk.call("place_order").delay(**ORDER, idempotency_key="locked-1")
    desk.until(lambda: "retry" in desk.last_words(200).lower() or "ledger" in desk.last_words(200))
    assert len(desk.door.state()["orders"]) == 1
    lock.execute("ROLLBACK")
    lock.close()
    # Then
    placed_once(desk, result)


def test_message_when_it_is_garbage_then_the_worker_lives_and_the_bytes_are_kept(
    own_desk: RunningDesk,
) -> None:
    """An undecodable message is buried with its bytes, and the next order goes through."""
    desk = own_desk
    desk.start_worker("all")
    redis = connect(desk.redis.url)
    redis.lpush(PLACING, "\x00 this is no message")
    report = desk.call("place_order").delay(**ORDER).get(timeout=WAIT_S)
    assert report["status"] == "NEW"
    letter = desk.until(lambda: next(iter(desk.ledger.dead_letters()), None))
    assert letter.state == "OPEN"
    assert desk.workers["all"].poll() is None


def test_task_when_called_with_a_wrong_argument_then_it_fails_clearly_and_is_kept(
    own_desk: RunningDesk,
) -> None:
    """A foreign producer's bad fields end as InvalidOrder, with the field named, and a letter."""
    desk = own_desk
    desk.start_worker("all")
    result = desk.producer.app.send_task(
        "place_order", kwargs={**ORDER, "quantity": "-1"}, queue=PLACING
    )
    with pytest.raises(Exception, match="quantity"):
        result.get(timeout=WAIT_S)
    letter = desk.until(lambda: next(iter(desk.ledger.dead_letters()), None))
    assert letter.reason == "InvalidOrder"
    assert letter.arguments["quantity"] == "-1"
