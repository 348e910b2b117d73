"""What `delay()` may tell its caller: kept, certainly not kept, or nobody knows."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from redis import Redis

from orderdesk.errors import OutcomeUnknown, QueueUnreachable
from orderdesk.stores.embedded_redis import RunningRedis
from orderdesk.stores.intake_redis import IntakeRedis
from orderdesk.stores.redis_door import Keys, connect

CHECKOUT = Path(__file__).resolve().parents[2]
FIELDS = {"account": "main", "idempotency_key": "k-1"}


def _until(truth: Callable[[], object], *, within_s: float = 10.0) -> None:
    deadline_s = time.monotonic() + within_s
    while not truth():
        assert time.monotonic() < deadline_s, "it did not come true"
        time.sleep(0.005)


def test_append_when_nobody_listens_then_certainly_nothing_was_kept() -> None:
    """Without a connection there is nothing to doubt: call again."""
    intake = IntakeRedis(connect("redis://someone:hunter2@127.0.0.1:1/0"), desk_id="desk")
    with pytest.raises(QueueUnreachable, match="nothing was queued") as caught:
        intake.append("place_order", "task-1", FIELDS)
    assert "hunter2" not in str(caught.value)


def test_import_when_a_producer_does_it_then_nothing_heavy_comes_along() -> None:
    """A light producer has celery, redis and pydantic, and needs only redis of them here."""
    code = (
        "import sys, orderdesk.stores.intake_redis; "
        "print([m for m in ('sqlalchemy','requests','celery','pydantic','aiohttp') "
        "if m in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=CHECKOUT
    )
    assert found.stdout.strip() == "[]"


@contextmanager
def _standing_still(server: RunningRedis) -> Iterator[None]:
    """Stop a server in its tracks: its connections stay open and it says nothing."""
    assert server.pid is not None
    pid = server.pid
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.mark.processes
def test_append_when_the_password_is_wrong_then_nothing_was_kept_and_it_is_not_shown(
    redis_server: RunningRedis,
) -> None:
    """A connection that is not let in never carried the command."""
    url = redis_server.url.replace("redis://", "redis://someone:hunter2@")
    intake = IntakeRedis(connect(url), desk_id="desk")
    with pytest.raises(QueueUnreachable) as caught:
        intake.append("place_order", "task-1", FIELDS)
    assert "hunter2" not in str(caught.value)


@pytest.mark.processes
def test_append_when_redis_says_no_then_certainly_nothing_was_kept(
    own_redis: RunningRedis, desk_id: str
) -> None:
    """An error reply is an answer: out of memory, read-only, no permission."""
    client = connect(own_redis.url, pool_size=1)
    intake = IntakeRedis(client, desk_id=desk_id)
    client.config_set("maxmemory", "1")

    for _ in range(2):
        with pytest.raises(QueueUnreachable, match="refused to keep"):
            intake.append("place_order", "task-1", FIELDS)

    client.config_set("maxmemory", "0")
    assert list(intake.entries("0-0", 10)) == []
    assert intake.append("place_order", "task-1", FIELDS)
    client.close()


@pytest.mark.processes
def test_append_when_an_idle_connection_does_not_answer_then_certainly_nothing_was_kept(
    own_redis: RunningRedis, desk_id: str
) -> None:
    """A connection is asked for a sign of life before a command is risked on it."""
    # Given a server that stands still, and one connection that has been idle for too long
    client = connect(own_redis.url, socket_timeout_s=0.2, health_check_s=1e-6, pool_size=1)
    intake = IntakeRedis(client, desk_id=desk_id)
    intake.append("place_order", "task-1", FIELDS)
    with _standing_still(own_redis), pytest.raises(QueueUnreachable):
        # When
        intake.append("place_order", "task-2", FIELDS)
    # Then it was not sent, and the connection is given back
    intake.append("place_order", "task-3", FIELDS)
    assert [entry.task_id for entry in intake.entries("0-0", 10)] == ["task-1", "task-3"]
    client.close()


@pytest.mark.processes
def test_append_when_redis_falls_silent_then_nobody_knows_and_it_may_be_there(
    own_redis: RunningRedis, desk_id: str
) -> None:
    """A timeout is not a no: here the command is kept although nobody said so."""
    # Given a server that stands still, and a connection that was fine just now
    client = connect(own_redis.url, socket_timeout_s=0.2, pool_size=1)
    intake = IntakeRedis(client, desk_id=desk_id)
    assert client.ping()
    with _standing_still(own_redis), pytest.raises(OutcomeUnknown) as caught:
        # When
        intake.append("place_order", "task-1", FIELDS)
    # Then the error says what to repeat, and the connection is not used for another answer
    assert (caught.value.key, caught.value.task_id) == ("k-1", "task-1")
    assert "idempotency_key='k-1'" in str(caught.value)
    second = intake.append("place_order", "task-2", FIELDS)
    kept = intake.entries("0-0", 10)
    assert kept[-1].entry_id == second
    assert [entry.task_id for entry in kept] == ["task-1", "task-2"]
    client.close()


@pytest.mark.processes
def test_append_when_redis_dies_over_it_then_nobody_knows(
    own_redis: RunningRedis, desk_id: str
) -> None:
    """A connection that breaks after the command was sent proves nothing."""
    client = own_redis.client()
    intake = IntakeRedis(client, desk_id=desk_id)
    assert client.ping()
    errors: list[Exception] = []

    def append() -> None:
        try:
            intake.append("place_order", "task-1", FIELDS)
        except (OutcomeUnknown, QueueUnreachable) as error:
            errors.append(error)

    client.client_pause(60_000, all=False)
    caller = threading.Thread(target=append)
    caller.start()
    _until(lambda: any(c["cmd"] == "xadd" for c in client.client_list()))
    own_redis.kill()
    caller.join()

    assert [type(error) for error in errors] == [OutcomeUnknown]
    client.close()


@pytest.mark.processes
def test_append_when_redis_was_restarted_then_what_was_kept_is_there_and_more_comes(
    own_redis: RunningRedis, desk_id: str
) -> None:
    """A restart between two calls is nobody's doubt, and loses nothing that was acknowledged."""
    client = own_redis.client()
    intake = IntakeRedis(client, desk_id=desk_id)
    first = intake.append("place_order", "task-1", FIELDS)
    own_redis.kill()
    own_redis.start()
    second = intake.append("place_order", "task-2", FIELDS)
    assert [entry.entry_id for entry in intake.entries("0-0", 10)] == [first, second]
    client.close()


@pytest.mark.processes
@pytest.mark.parametrize("text", ["{not json", "[1, 2]"])
def test_entries_when_one_is_not_ours_then_it_comes_as_what_every_check_refuses(
    client: Redis, desk_id: str, text: str
) -> None:
    """One bad entry from another program must not hide all that come after it."""
    client.xadd(Keys(desk_id).intake, {"task": "place_order", "fields": text})
    intake = IntakeRedis(client, desk_id=desk_id)
    intake.append("place_order", "task-1", FIELDS)

    bad, good = intake.entries("0-0", 10)

    assert (bad.task, bad.task_id, bad.fields) == ("place_order", "", {"undecodable": text})
    assert good.fields == FIELDS
