"""Task events go in batches, and none is lost by it."""

import json
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from kombu.asynchronous import Hub
from redis import Redis

from orderdesk.stores.embedded_redis import running_redis
from tests.tasks import probe_modules
from tests.tasks.probe_events_app import app
from tests.tasks.probe_processes import PATIENCE_S, running_worker

TASKS = 60
ENDED = "task-succeeded"


class _Dispatcher:
    """Counts how often what waits is sent."""

    def __init__(self) -> None:
        self.flushes = 0

    def flush(self) -> None:
        self.flushes += 1


def _consumer(hub: Any = None) -> Any:
    """As much of Celery's consumer as the step touches, with kombu's own hub and timer."""
    return SimpleNamespace(
        hub=hub,
        timer=hub and hub.timer,
        event_dispatcher=_Dispatcher(),
        on_send_event_buffered="as shipped",
    )


@pytest.fixture
def consumer() -> Any:
    """A consumer with an event loop, to which the step was applied."""
    made = _consumer(Hub())  # type: ignore[no-untyped-call]  # kombu's
    made.step = probe_modules.event_batches().EventsInBatches(made)
    made.step.start(made)
    return made


def _pass(consumer: Any) -> None:
    """Let the loop do what was asked of it, and fire every timer now."""
    for promise in consumer.hub._pop_ready():
        promise()
    due = consumer.timer.queue
    consumer.timer.clear()
    for scheduled in due:
        scheduled.entry()


def _tell(consumer: Any, times: int) -> None:
    for _ in range(times):
        consumer.on_send_event_buffered()


def test_events_when_many_are_told_then_they_go_as_one_batch(consumer: Any) -> None:
    """One timer and one message, however many tasks ran meanwhile."""
    _tell(consumer, 20)
    _pass(consumer)

    assert consumer.event_dispatcher.flushes == 1


def test_events_when_told_after_a_batch_then_they_begin_the_next(consumer: Any) -> None:
    """Nothing waits for a batch that has gone."""
    _tell(consumer, 2)
    _pass(consumer)
    _tell(consumer, 2)
    _pass(consumer)

    assert consumer.event_dispatcher.flushes == 2


def test_events_when_the_connection_was_lost_with_its_timer_then_the_next_are_sent(
    consumer: Any,
) -> None:
    """A consumer that begins anew forgets a batch whose timer is gone."""
    _tell(consumer, 1)
    consumer.hub._pop_ready()
    consumer.step.start(consumer)
    _tell(consumer, 1)
    _pass(consumer)

    assert consumer.event_dispatcher.flushes == 1


def test_events_when_the_worker_leaves_then_what_waits_goes_first(consumer: Any) -> None:
    """The step stops before the dispatcher does."""
    _tell(consumer, 1)
    consumer.step.stop(consumer)

    assert consumer.event_dispatcher.flushes == 1


def test_events_when_there_is_no_loop_then_celery_does_as_it_likes() -> None:
    """Without a hub nothing is buffered, and nothing is replaced."""
    made = _consumer()
    probe_modules.event_batches().EventsInBatches(made)

    assert made.on_send_event_buffered == "as shipped"


@pytest.mark.processes
def test_events_when_a_real_worker_runs_tasks_then_all_are_told_in_fewer_messages(
    tmp_path: Path,
) -> None:
    """Every end of a task is told, although the worker leaves right behind the last."""
    with running_redis(tmp_path) as server:
        client = Redis.from_url(server.url, socket_timeout=None)
        app.conf.broker_url = server.url
        heard = client.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]  # redis'
        heard.psubscribe("*celeryev*")
        heard.get_message(timeout=PATIENCE_S)  # from here on nothing is missed
        options = ("-P", "threads", "-c", "4", "--without-heartbeat")
        log = tmp_path / "worker.log"
        probe = "tests.tasks.probe_events_app:app"
        with running_worker(probe, *options, client=client, url=server.url, log=log) as worker:
            for _ in range(TASKS):
                app.send_task("greet", ["here"])
            for _ in range(TASKS):
                worker.takes("here")
        messages = list(_told(heard))
        heard.close()
        app.pool.force_close_all()
    ended = [event for message in messages for event in message if event["type"] == ENDED]

    assert len({event["uuid"] for event in ended}) == TASKS
    assert len(messages) < TASKS


def _told(heard: Any) -> Iterator[list[dict[str, Any]]]:
    """Return what each message of task events tells."""
    while (message := heard.get_message(timeout=0.0)) is not None:
        events = json.loads(b64decode(json.loads(message["data"])["body"]))
        if isinstance(events, list):
            yield events
