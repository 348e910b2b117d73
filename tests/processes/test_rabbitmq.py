"""The promise with RabbitMQ as the broker: quorum queues carry the messages, Redis the rest.

Played where TEST_RABBITMQ_URL names a server that the test may fill and empty (like
amqp://guest:guest@127.0.0.1:5672//); there is none among the locked packages. The tests are those
of Redis, word for word; what is written for RabbitMQ alone is at the end.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from amqp.exceptions import NotFound, PreconditionFailed
from celery import Celery

from orderdesk.core.queues import PLACING, QUEUES
from tests.processes.orders import ORDER, WAIT_S, placed_once
from tests.processes.running_desk import RunningDesk, running_desk
from tests.processes.test_crashes import (  # noqa: F401 - they are played here too
    test_answer_when_the_result_vanished_then_it_is_stored_again,
    test_cancel_when_it_overtakes_its_order_then_the_order_is_never_sent,
    test_dead_letter_when_the_task_is_unknown_then_it_is_kept_for_a_person,
    test_killed_worker_when_the_order_landed_then_another_adopts_it,
    test_redis_when_it_is_killed_and_comes_back_then_nothing_is_lost,
    test_request_when_it_never_landed_then_absence_is_proven_and_it_is_placed_once,
    test_second_desk_when_it_has_another_ledger_then_its_worker_does_not_start,
)
from tests.processes.test_orders import (  # noqa: F401 - they are played here too
    test_bad_order_when_called_then_nothing_is_queued_and_the_field_is_named,
    test_cancel_all_when_two_rest_then_both_end,
    test_immediate_order_when_nothing_matches_then_report_says_canceled,
    test_limit_order_when_it_rests_then_report_is_new_and_it_can_be_canceled,
    test_lost_answer_when_the_order_landed_then_it_is_found_not_resent,
    test_market_order_when_it_fills_then_report_has_real_fills,
    test_poll_when_asked_until_closed_then_it_answers_with_the_end,
    test_portfolio_and_reconciliation_when_asked_then_they_report,
    test_refused_order_when_above_the_desks_limit_then_report_names_the_rule,
    test_rejected_order_when_the_exchange_says_no_then_report_has_its_code,
    test_resting_order_when_the_market_comes_then_it_is_followed_to_its_fill,
    test_same_key_when_called_twice_then_one_order_and_one_result,
    test_same_key_when_the_order_differs_then_conflict_and_the_first_stands,
)
from tests.processes.test_smoke_scenarios import (  # noqa: F401 - they are played here too
    test_desk_when_a_smoke_scenario_is_played_then_it_holds,
)

URL = os.environ.get("TEST_RABBITMQ_URL", "")

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(not URL, reason="TEST_RABBITMQ_URL names no RabbitMQ to try it with"),
]


def _connected() -> Any:
    """A connection to the server, for a `with` block."""
    return Celery("probe", broker=URL, set_as_current=False).connection_for_write()


@contextmanager
def _desk(home: Path) -> Iterator[RunningDesk]:
    """Run a desk whose messages go over RabbitMQ, from which all earlier ones are gone."""
    with _connected() as connection:
        for name in QUEUES:
            # Not deleted: a producer declares a queue once a connection, and connections are
            # pooled for the whole process.
            with suppress(NotFound):
                connection.channel().queue_purge(name)
    with running_desk(home, BROKER_URL=URL) as running:
        yield running


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[RunningDesk]:
    """A desk with one worker for every queue, and beat; one at a time, as queues are shared."""
    with _desk(tmp_path / "a desk") as running:
        running.start_worker("all")
        running.start_beat()
        yield running


@pytest.fixture
def own_desk(tmp_path: Path) -> Iterator[RunningDesk]:
    """A desk of the test's own, with no worker yet."""
    with _desk(tmp_path / "own desk") as running:
        yield running


def test_queues_when_they_are_declared_then_they_are_quorum_queues(desk: RunningDesk) -> None:
    """RabbitMQ itself refuses to declare them as anything else."""
    assert desk.call("place_order").delay(**ORDER).get(timeout=WAIT_S)["status"] == "NEW"
    with _connected() as connection:
        for name in QUEUES:
            classic = {"x-queue-type": "classic"}
            with pytest.raises(PreconditionFailed, match="x-queue-type"):
                connection.channel().queue_declare(
                    name, durable=True, auto_delete=False, arguments=classic
                )


def test_lost_message_when_the_queue_was_purged_then_the_intake_brings_it_back(
    own_desk: RunningDesk,
) -> None:
    """Accepted means kept, whoever carries the messages."""
    desk = own_desk
    result = desk.call("place_order").delay(**ORDER, idempotency_key="lost-1")
    with _connected() as connection:
        assert connection.default_channel.queue_purge(PLACING) == 1
    desk.start_worker("all")
    desk.start_beat()
    placed_once(desk, result)


def test_orders_when_a_worker_is_killed_again_and_again_then_each_is_there_once(
    own_desk: RunningDesk,
) -> None:
    """Kill -9 under load: redelivered by RabbitMQ, placed by the ledger's word, once each."""
    desk = own_desk
    desk.start_beat()
    desk.start_worker("w-0")
    place = desk.call("place_order")
    keys = [f"load-{n}" for n in range(60)]
    results = [place.delay(**ORDER, idempotency_key=key) for key in keys]
    for n in range(3):
        placed = 10 * (n + 1)
        desk.until(lambda: len(desk.door.state()["orders"]) >= placed)  # noqa: B023 - at once
        desk.kill(f"w-{n}")
        desk.start_worker(f"w-{n + 1}")
    reports = [result.get(timeout=WAIT_S) for result in results]
    assert {report["status"] for report in reports} == {"NEW"}
    assert len(desk.door.state()["orders"]) == len(keys)
