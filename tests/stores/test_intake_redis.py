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
QUEUE = "placing"

Keep = Callable[[IntakeRedis, str], str]
"""Keeps a command under a task id."""


def _alone(intake: IntakeRedis, task_id: str) -> str:
    return intake.append("place_order", task_id, FIELDS)


def _with_its_message(intake: IntakeRedis, task_id: str) -> str:
    message = ("{", "}")
    return intake.append_and_publish("place_order", task_id, FIELDS, queue=QUEUE, message=message)


in_both_ways = pytest.mark.parametrize("keep", [_alone, _with_its_message])


def _until(truth: Callable[[], object], *, within_s: float = 10.0) -> None:
    deadline_s = time.monotonic() + within_s
    while not truth():
        assert time.monotonic() < deadline_s, "it did not come true"
        time.sleep(0.005)


@in_both_ways
def test_append_when_nobody_listens_then_certainly_nothing_was_kept(keep: Keep) -> None:
    """Without a connection there is nothing to doubt: call again."""
    intake = IntakeRedis(connect("redis://someone:hunter2@127.0.0.1:1/0"), desk_id="desk")
    with pytest.raises(QueueUnreachable, match="nothing was queued") as caught:
        keep(intake, "task-1")
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


@in_both_ways
@pytest.mark.processes
def test_append_when_the_password_is_wrong_then_nothing_was_kept_and_it_is_not_shown(
    keep: Keep,
    redis_server: RunningRedis,
) -> None:
    """A connection that is not let in never carried the command."""
    url = redis_server.url.replace("redis://", "redis://someone:hunter2@")
    intake = IntakeRedis(connect(url), desk_id="desk")
    with pytest.raises(QueueUnreachable) as caught:
        keep(intake, "task-1")
    assert "hunter2" not in str(caught.value)


@in_both_ways
@pytest.mark.processes
def test_append_when_redis_says_no_then_certainly_nothing_was_kept(
    keep: Keep, own_redis: RunningRedis, desk_id: str
) -> None:
    """An error reply is an answer: out of memory, read-only, no permission."""
    client = connect(own_redis.url, pool_size=1)
    intake = IntakeRedis(client, desk_id=desk_id)
    client.config_set("maxmemory", "1")

    for _ in range(2):
        with pytest.raises(QueueUnreachable, match="refused to keep"):
            keep(intake, "task-1")

    client.config_set("maxmemory", "0")
    assert list(intake.entries("0-0", 10)) == []
    assert keep(intake, "task-1")
    client.close()


@in_both_ways
@pytest.mark.processes
def test_append_when_an_idle_connection_does_not_answer_then_certainly_nothing_was_kept(
    keep: Keep, own_redis: RunningRedis, desk_id: str
) -> None:
    """A connection is asked for a sign of life before a command is risked on it."""
    # Given a server that stands still, and one connection that has been idle for too long
    client = connect(own_redis.url, socket_timeout_s=0.2, health_check_s=1e-6, pool_size=1)
    intake = IntakeRedis(client, desk_id=desk_id)
    keep(intake, "task-1")
    with _standing_still(own_redis), pytest.raises(QueueUnreachable):
        # When
        keep(intake, "task-2")
    # Then it was not sent, and the connection is given back
    keep(intake, "task-3")
    assert [entry.task_id for entry in intake.entries("0-0", 10)] == ["task-1", "task-3"]
    client.close()


@in_both_ways
@pytest.mark.processes
def test_append_when_redis_falls_silent_then_nobody_knows_and_it_may_be_there(
    keep: Keep, own_redis: RunningRedis, desk_id: str
) -> None:
    """A timeout is not a no: here the command is kept although nobody said so."""
    # Given a server that stands still, and a connection that was fine just now
    client = connect(own_redis.url, socket_timeout_s=0.2, pool_size=1)
    intake = IntakeRedis(client, desk_id=desk_id)
    keep(intake, "task-0")
    with _standing_still(own_redis), pytest.raises(OutcomeUnknown) as caught:
        # When
        keep(intake, "task-1")
    # Then the error says what to repeat, and the connection is not used for another answer
    assert (caught.value.key, caught.value.task_id) == ("k-1", "task-1")
    assert "idempotency_key='k-1'" in str(caught.value)
    second = keep(intake, "task-2")
    kept = intake.entries("0-0", 10)
    assert kept[-1].entry_id == second
    assert [entry.task_id for entry in kept] == ["task-0", "task-1", "task-2"]
    client.close()


@in_both_ways
@pytest.mark.processes
def test_append_when_redis_dies_over_it_then_nobody_knows(
    keep: Keep, own_redis: RunningRedis, desk_id: str
) -> None:
    """A connection that breaks after the command was sent proves nothing."""
    client = own_redis.client()
    intake = IntakeRedis(client, desk_id=desk_id)
    assert client.ping()
    errors: list[Exception] = []

    def append() -> None:
        try:
            keep(intake, "task-1")
        except (OutcomeUnknown, QueueUnreachable) as error:
            errors.append(error)

    client.client_pause(60_000, all=False)
    caller = threading.Thread(target=append)
    caller.start()
    _until(lambda: any(c["cmd"] in ("xadd", "evalsha", "eval") for c in client.client_list()))
    own_redis.kill()
    caller.join()

    assert [type(error) for error in errors] == [OutcomeUnknown]
    client.close()


@in_both_ways
@pytest.mark.processes
def test_append_when_redis_was_restarted_then_what_was_kept_is_there_and_more_comes(
    keep: Keep, own_redis: RunningRedis, desk_id: str
) -> None:
    """A restart between two calls is nobody's doubt, and loses nothing that was acknowledged."""
    client = own_redis.client()
    intake = IntakeRedis(client, desk_id=desk_id)
    first = keep(intake, "task-1")
    own_redis.kill()
    own_redis.start()
    second = keep(intake, "task-2")
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


@pytest.mark.processes
def test_append_and_publish_when_it_is_done_then_the_message_names_its_entry(
    client: Redis, desk_id: str
) -> None:
    """Wherever the message has a place for it; and again, once Redis has forgotten the script."""
    intake = IntakeRedis(client, desk_id=desk_id)
    client.delete(QUEUE)
    for task_id in ("task-1", "task-2"):
        entry = intake.append_and_publish(
            "place_order", task_id, FIELDS, queue=QUEUE, message=("<", "|", ">")
        )
        assert client.rpop(QUEUE) == f"<{entry}|{entry}>"
        assert intake.entries("", 10)[-1].entry_id == entry
        client.script_flush()
    assert [entry.task_id for entry in intake.entries("", 10)] == ["task-1", "task-2"]
    assert {str(entry.fields) for entry in intake.entries("", 10)} == {str(FIELDS)}


@pytest.mark.processes
def test_append_and_publish_when_the_queue_refuses_then_the_command_is_kept_all_the_same(
    client: Redis, desk_id: str
) -> None:
    """The sweep will take it up: nothing is lost, and nobody is told that nothing was queued."""
    intake = IntakeRedis(client, desk_id=desk_id)
    client.set(f"{desk_id} no list", "x")
    with pytest.raises(OutcomeUnknown, match="is kept, and its queue refused it") as caught:
        intake.append_and_publish(
            "place_order", "task-1", FIELDS, queue=f"{desk_id} no list", message=("{", "}")
        )
    assert (caught.value.key, caught.value.task_id) == ("k-1", "task-1")
    assert [entry.task_id for entry in intake.entries("", 10)] == ["task-1"]
