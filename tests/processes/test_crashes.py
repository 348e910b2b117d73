"""What must hold when processes die and messages vanish: one intent, at most one order."""

import pytest

from orderdesk.core.queues import PLACING, QUEUES
from orderdesk.stores.redis_door import connect
from tests.processes.orders import ORDER, WAIT_S, placed_once
from tests.processes.running_desk import RunningDesk

pytestmark = pytest.mark.processes


def test_killed_worker_when_the_order_landed_then_another_adopts_it(own_desk: RunningDesk) -> None:
    """Kill -9 with the bytes sent and the answer unread: adopted, answered, never resent."""
    # Given a worker that dies while the exchange holds its answer back
    desk = own_desk
    desk.start_worker("first")
    desk.door.fault("hang", count=1, method="POST", path="/api/v3/order", ms=20_000)
    result = desk.call("place_order").delay(**ORDER, idempotency_key="killed-1")
    desk.until(lambda: desk.door.state()["orders"])
    desk.kill("first")
    # When
    desk.start_worker("second")
    desk.start_beat()
    # Then
    assert placed_once(desk, result)["attempts"] == 1


def test_lost_message_when_the_queue_forgot_it_then_the_intake_brings_it_back(
    own_desk: RunningDesk,
) -> None:
    """Accepted means kept: a message that vanished from the queue is still placed, once."""
    # Given a message that a worker popped and lost
    desk = own_desk
    result = desk.call("place_order").delay(**ORDER, idempotency_key="lost-1")
    redis = connect(desk.redis.url)
    assert redis.delete(PLACING) == 1
    # When
    desk.start_worker("all")
    desk.start_beat()
    # Then
    placed_once(desk, result)


def test_redis_when_it_is_killed_and_comes_back_then_nothing_is_lost(
    own_desk: RunningDesk,
) -> None:
    """A Redis that dies with its append-only file intact loses no accepted command."""
    # Given
    desk = own_desk
    results = [desk.call("place_order").delay(**ORDER, idempotency_key=f"r-{n}") for n in range(5)]
    # When
    desk.redis.kill()
    desk.redis.restart()
    desk.start_worker("all")
    desk.start_beat()
    # Then
    reports = [result.get(timeout=WAIT_S) for result in results]
    assert {report["status"] for report in reports} == {"NEW"}
    assert len(desk.door.state()["orders"]) == 5


def test_answer_when_the_result_vanished_then_it_is_stored_again(own_desk: RunningDesk) -> None:
    """A result that Redis lost is stored again from the ledger, without a second order."""
    # Given
    desk = own_desk
    desk.start_worker("all")
    desk.start_beat()
    result = desk.call("place_order").delay(**ORDER, idempotency_key="forgotten-1")
    first = result.get(timeout=WAIT_S)
    # When
    redis = connect(desk.redis.url)
    redis.delete(f"celery-task-meta-{result.id}")
    # Then
    desk.until(lambda: redis.exists(f"celery-task-meta-{result.id}"))
    again = desk.producer.app.AsyncResult(result.id).get(timeout=WAIT_S)
    assert again["order_id"] == first["order_id"]
    assert len(desk.orders_of(first["client_order_id"])) == 1


def test_request_when_it_never_landed_then_absence_is_proven_and_it_is_placed_once(
    own_desk: RunningDesk,
) -> None:
    """No answer, and not on the exchange: three whole absences past the fence, then one more
    attempt under the same client order id.
    """
    # Given a connection that breaks after the bytes, before the exchange has read them
    desk = own_desk
    desk.start_worker("all")
    desk.start_beat()
    desk.door.fault("lose_request", count=1, method="POST", path="/api/v3/order")
    # When
    result = desk.call("place_order").delay(**ORDER, idempotency_key="absent-1")
    # Then
    assert placed_once(desk, result)["attempts"] == 2
    intent = desk.intent("absent-1")
    assert intent is not None
    story = desk.ledger.story(intent.id)
    assert [attempt.state for attempt in story.attempts] == ["NOT_PLACED", "ACCEPTED"]
    assert len(story.attempts[0].absences_ms) >= 3


def test_cancel_when_it_overtakes_its_order_then_the_order_is_never_sent(
    own_desk: RunningDesk,
) -> None:
    """A cancel that is worked on before its order leaves a tombstone: CANCELED, unsent."""
    # Given
    desk = own_desk
    desk.start_worker("others", queues=tuple(queue for queue in QUEUES if queue != PLACING))
    placed = desk.call("place_order").delay(**ORDER, idempotency_key="overtaken-1")
    canceled = desk.call("cancel_order").delay(order="overtaken-1")
    desk.until(lambda: desk.ledger.noted([("main", f"call:{canceled.id}")]))
    # When
    desk.start_worker("placing", queues=(PLACING,))
    # Then
    assert placed.get(timeout=WAIT_S)["status"] == "CANCELED"
    assert canceled.get(timeout=WAIT_S)["status"] == "CANCELED"
    assert desk.door.state()["orders"] == []


def test_dead_letter_when_the_task_is_unknown_then_it_is_kept_for_a_person(
    own_desk: RunningDesk,
) -> None:
    """A message no worker knows is buried with its arguments, not thrown away."""
    desk = own_desk
    desk.start_worker("all")
    desk.producer.app.send_task("no_such_task", kwargs={"symbol": "BTCUSDT"}, queue=PLACING)
    letter = desk.until(lambda: next(iter(desk.ledger.dead_letters()), None))
    assert "no_such_task" in f"{letter.task} {letter.message} {letter.reason}"


def test_second_desk_when_it_has_another_ledger_then_its_worker_does_not_start(
    own_desk: RunningDesk,
) -> None:
    """Two ledgers must not share one Redis: the second worker ends, and says why."""
    # Given
    desk = own_desk
    desk.start_worker("first")
    desk.call("place_order").delay(**ORDER).get(timeout=WAIT_S)
    # When
    other = f"sqlite:///{desk.home / 'other.db'}"
    desk.environ = {**desk.environ, "DATABASE_URL": other}
    desk.start_worker("second")
    # Then
    process = desk.workers.pop("second")
    assert process.wait(60) != 0
    assert "belongs to ledger" in (desk.home / "second.log").read_text()
