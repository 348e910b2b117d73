"""The one door to Redis: what a client is, and what its errors say."""

import threading

import pytest
from redis.exceptions import RedisError, ResponseError

from orderdesk.errors import SettingsError, StoreUnavailable
from orderdesk.stores.embedded_redis import RunningRedis
from orderdesk.stores.redis_door import Keys, connect, reaching_redis, told

NOBODY = "redis://someone:hunter2@127.0.0.1:1/0"
"""Port 1 (tcpmux) of loopback: nothing listens there."""


def test_connect_when_nobody_listens_then_only_using_it_fails() -> None:
    """A client connects when it is first used, so a desk can be wired while Redis is away."""
    client = connect(NOBODY)
    with pytest.raises(StoreUnavailable) as caught, reaching_redis("saying hello"):
        client.ping()
    assert "saying hello" in str(caught.value)
    assert "127.0.0.1:1" in str(caught.value)
    assert "hunter2" not in f"{caught.value} {client!r}"


@pytest.mark.parametrize("url", ["redis://u:hunter2@host:port/0", "http://u:hunter2@host/0", ""])
def test_connect_when_the_url_cannot_be_read_then_the_rule_is_told_but_not_the_url(
    url: str,
) -> None:
    """An unreadable URL may hold a password in any of its parts."""
    with pytest.raises(SettingsError) as caught:
        connect(url)
    assert "REDIS_URL" in str(caught.value)
    assert "hunter2" not in repr(caught.value)
    assert caught.value.__cause__ is None


def test_reaching_redis_when_something_else_breaks_then_it_is_left_alone() -> None:
    """Only what redis-py raises means that Redis is away."""
    with pytest.raises(ZeroDivisionError), reaching_redis("dividing"):
        raise ZeroDivisionError


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ResponseError("OOM command not\n allowed"), "OOM command not allowed"),
        (RedisError(), "RedisError"),
        (
            ResponseError("unknown command 'AUTH', with args beginning with: 'hunter2'"),
            "unknown command 'AUTH'",
        ),
        (ResponseError("x" * 500), "x" * 200),
    ],
)
def test_told_when_an_error_speaks_then_it_is_short_and_without_arguments(
    error: RedisError, text: str
) -> None:
    """A server that does not know AUTH would quote the password back."""
    assert told(error) == text


def test_keys_when_desks_differ_then_nothing_is_shared() -> None:
    """Everything of one desk lies under its own prefix."""
    keys = Keys("desk-a")
    names = [
        keys.intake,
        keys.intake_cursor,
        keys.intake_wakes,
        keys.ledger,
        keys.attempts,
        keys.epoch,
        keys.markets,
        keys.throttle,
        *(name("x") for name in (keys.pool, keys.offset, keys.lease, keys.landing, keys.price)),
    ]
    assert len(set(names)) == len(names)
    assert all(name.startswith("orderdesk:desk-a:") for name in names)


@pytest.mark.processes
def test_connect_when_many_threads_share_a_client_then_they_wait_for_a_connection(
    own_redis: RunningRedis, desk_id: str
) -> None:
    """The pool is bounded: a thread waits for a free connection instead of failing."""
    client = connect(own_redis.url, pool_size=2)
    start = threading.Barrier(8)

    def count() -> None:
        start.wait()
        for _ in range(50):
            client.incr(f"{desk_id}:count")

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert client.get(f"{desk_id}:count") == "400"
    assert len(client.client_list()) <= 2
    client.close()


@pytest.mark.processes
def test_connect_when_the_server_came_back_then_old_connections_are_not_trusted(
    own_redis: RunningRedis,
) -> None:
    """A connection that the server closed is replaced before a command is risked on it."""
    client = own_redis.client()
    client.set("before", "1")
    own_redis.kill()
    own_redis.start()
    assert client.get("before") == "1"
    client.close()
