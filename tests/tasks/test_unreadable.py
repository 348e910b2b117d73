"""Whatever lies in a queue ends as a task or as a dead letter, and the worker goes on."""

import inspect
import json
import time
from base64 import b64decode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from celery import Celery
from celery.exceptions import ImproperlyConfigured
from celery.worker.consumer import Consumer
from kombu.connection import Connection
from kombu.transport import redis as kombu_redis
from redis import Redis

from orderdesk.stores.embedded_redis import RunningRedis, running_redis
from tests.tasks import probe_modules
from tests.tasks.probe_messages import INVALID, NO_MESSAGE, UNDECODABLE, envelope
from tests.tasks.probe_processes import PATIENCE_S, RunningWorker, running_worker
from tests.tasks.probe_unreadable_app import BURIED, QUEUES, RAN

PROBE = "tests.tasks.probe_unreadable_app"
OPTIONS = ("-P", "threads", "-c", "1")
unreadable = probe_modules.unreadable()


@dataclass(frozen=True)
class Floor:
    """A Redis with one worker that runs one task at a time, so that everything is in order."""

    client: Redis
    worker: RunningWorker

    def push(self, item: bytes, queue: str = "work") -> None:
        """Put an item behind all others of a queue, as kombu does."""
        self.client.lpush(queue, item)

    def letters(self) -> list[dict[str, Any]]:
        """Return every letter that came since the last call; a marker shows that it is all."""
        marker = f"marker {uuid4()}".encode()
        self.push(marker)
        found: list[dict[str, Any]] = []
        while True:
            letter = json.loads(self.worker.takes(BURIED))
            if b64decode(letter["raw"]) == marker:
                return found
            found.append(letter)

    def still_works(self) -> bool:
        """Tell whether the same worker runs a good task."""
        token = str(uuid4())
        self.push(envelope([[token], {}, None]))
        return self.worker.takes(RAN) == token.encode() and self.worker.process.poll() is None

    def until(self, truth: Callable[[], Any]) -> None:
        """Wait until Redis says so."""
        deadline = time.monotonic() + PATIENCE_S
        while not truth():
            assert time.monotonic() < deadline, self.worker.log.read_text()
            time.sleep(0.01)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningRedis]:
    """A Redis for the tests of this file."""
    with running_redis(tmp_path_factory.mktemp("redis")) as running:
        yield running


@pytest.fixture(scope="module")
def floor(server: RunningRedis, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Floor]:
    """A worker that knows `bury`, on every queue."""
    client = Redis.from_url(server.url, socket_timeout=None)
    log = tmp_path_factory.mktemp("logs") / "desk.log"
    app = f"{PROBE}:desk"
    with running_worker(app, *OPTIONS, client=client, url=server.url, log=log) as worker:
        yield Floor(client, worker)


@pytest.mark.processes
@pytest.mark.parametrize(
    ("item", "reason"),
    [
        pytest.param(item, reason, id=f"{reason} - {name}")
        for reason, items in (
            ("not a message", NO_MESSAGE),
            ("undecodable body", UNDECODABLE),
            ("invalid task message", INVALID),
            ("unknown task nope", {"": envelope(headers={"task": "nope"})}),
        )
        for name, item in items.items()
    ],
)
def test_item_when_unreadable_then_it_is_buried_once_and_the_worker_goes_on(
    floor: Floor, item: bytes, reason: str
) -> None:
    """Nothing in a queue is thrown away, and nothing in it stops a worker."""
    floor.push(item)

    (letter,) = floor.letters()
    assert b64decode(letter["raw"]) == item
    assert letter["reason"].startswith(reason)
    assert (letter["queue"], letter["size"]) == ("work", len(item))
    assert floor.still_works()
    floor.until(lambda: floor.client.hlen("unacked") == 0)


@pytest.mark.processes
def test_unknown_task_when_buried_then_its_producer_hears_of_it(floor: Floor) -> None:
    """The letter names task and task id, and the result is not left pending."""
    floor.push(envelope(headers={"task": "nope", "id": "an id"}))

    (letter,) = floor.letters()
    assert (letter["task"], letter["task_id"]) == ("nope", "an id")
    assert b"NotRegistered" in (floor.client.get("celery-task-meta-an id") or b"")


@pytest.mark.processes
def test_message_when_delivered_twice_then_both_letters_have_one_name(floor: Floor) -> None:
    """A worker that dies between burying and acknowledging leaves two letters, told as one."""
    item = envelope(headers={"task": "nope"})
    floor.push(item)
    floor.push(item)

    first, second = floor.letters()
    assert first == second


@pytest.mark.processes
def test_item_when_too_long_then_the_letter_says_that_it_is_cut(floor: Floor) -> None:
    """A letter carries 64 kB, and its reason the whole length."""
    floor.push(b"x" * 70_000)

    (letter,) = floor.letters()
    assert b64decode(letter["raw"]) == b"x" * 65_536
    assert letter["reason"].endswith("(the first 65536 of 70000 bytes are kept)")


@pytest.mark.processes
def test_item_when_it_lies_in_the_dead_letter_queue_then_it_is_buried_too(floor: Floor) -> None:
    """What is no message becomes one, so the queue of letters cannot loop over it."""
    floor.push(b"garbage", queue="dead_letter")
    floor.until(lambda: floor.client.llen("dead_letter") == 0)

    (letter,) = floor.letters()
    assert letter["queue"] == "dead_letter"
    assert floor.still_works()


@pytest.mark.processes
def test_items_when_redis_refuses_letters_then_they_are_buried_once_it_takes_them(
    floor: Floor,
) -> None:
    """What cannot be handed over is kept: an item in hand, a message in its queue."""
    # Given a Redis that takes nothing new
    floor.client.acl_setuser("default", enabled=True, commands=["-lpush"])
    floor.client.acl_log_reset()
    unknown = envelope(headers={"task": "nope"})
    floor.client.rpush("work", unknown, b"garbage")

    # When the worker has tried in vain, and Redis is itself again
    floor.until(floor.client.acl_log)
    floor.client.acl_setuser("default", enabled=True, commands=["+lpush"])

    # Then both are buried, once
    assert sorted(b64decode(letter["raw"]) for letter in floor.letters()) == [b"garbage", unknown]
    assert floor.still_works()


@pytest.mark.processes
def test_letter_when_the_worker_does_not_know_bury_then_it_is_shelved(
    server: RunningRedis, tmp_path: Path
) -> None:
    """A letter that cannot be read is kept in a plain list, whole, instead of coming back."""
    url = server.url.removesuffix("/0") + "/1"
    client = Redis.from_url(url, socket_timeout=None)
    app, log = f"{PROBE}:stranger", tmp_path / "stranger.log"
    with running_worker(app, *OPTIONS, client=client, url=url, log=log) as worker:
        floor = Floor(client, worker)
        letter = envelope([[], {"raw": "x" * 70_000}, None], headers={"task": "bury"})
        floor.push(letter, queue="dead_letter")

        assert worker.takes("orderdesk:unreadable") == letter
        assert floor.still_works()


def test_install_when_the_queue_for_letters_is_missing_then_no_worker_starts() -> None:
    """A desk that could not bury is told so at once."""
    app = Celery("lacking", broker="redis://localhost:1/0", set_as_current=False)
    app.conf.update(task_create_missing_queues=False, task_queues=[])
    unreadable.install(app)

    with pytest.raises(ImproperlyConfigured, match="task_queues lacks 'dead_letter'"):
        app.conf.worker_consumer(None, app=app)


def test_probe_when_compared_with_the_desk_then_it_has_the_queue_for_letters() -> None:
    """The default of `install` is a queue the probe serves."""
    assert unreadable.DEAD_LETTER in QUEUES


@pytest.mark.parametrize(
    ("method", "signature"),
    [
        (kombu_redis.Channel._create_client, "(self, asynchronous=False)"),
        (kombu_redis.Channel._brpop_start, "(self, timeout=None)"),
        (kombu_redis.Channel.conn_or_acquire, "(self, client=None)"),
        (Connection.get_transport_cls, "(self)"),
        (Consumer.connection_for_read, "(self, heartbeat=None)"),
        (Consumer.ensure_connected, "(self, conn)"),
        (Consumer.on_unknown_task, "(self, body, message, exc)"),
        (Consumer.on_invalid_task, "(self, body, message, exc)"),
        (Consumer.on_decode_error, "(self, message, exc)"),
    ],
)
def test_hooks_when_celery_or_kombu_change_them_then_this_says_so(
    method: Any, signature: str
) -> None:
    """What is overridden or relied on looks as it did in 5.7.0; else read the new source."""
    assert str(inspect.signature(method)) == signature


def test_pop_when_kombu_changes_how_it_reads_then_this_says_so() -> None:
    """In kombu 5.7.0 a channel reads through its client; no reply means nothing popped."""
    source = inspect.getsource(kombu_redis.Channel._brpop_read)

    assert "self.client.parse_response(self.client.connection" in source
    assert "raise Empty()" in source
