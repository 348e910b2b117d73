"""A channel sends everything by one client, for as long as its connections last."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from kombu.connection import Connection
from kombu.transport import redis as kombu_redis

from orderdesk.broker_channel import KeepsItsClient
from orderdesk.stores.embedded_redis import running_redis


class _Transport(kombu_redis.Transport):
    Channel = KeepsItsClient


@pytest.fixture
def channel(tmp_path: Path) -> Iterator[KeepsItsClient]:
    """A channel to a real Redis."""
    with running_redis(tmp_path) as server:
        over = Connection(server.url, transport=_Transport)  # type: ignore[no-untyped-call]  # kombu's
        yield over.channel()  # type: ignore[no-untyped-call]  # kombu's
        over.release()  # type: ignore[no-untyped-call]  # kombu's


def test_channel_when_it_sends_again_then_by_the_same_client(channel: KeepsItsClient) -> None:
    """What one thing left behind does not reach the next: a pipeline is each one's own."""
    with channel.conn_or_acquire() as first, channel.conn_or_acquire() as second:
        first.lpush("queue", b"one")

        assert second is first
        assert second.pipeline().llen("queue").execute() == [1]


def test_channel_when_its_connections_are_gone_then_by_another(channel: KeepsItsClient) -> None:
    """A pool is thrown away by kombu when it loses Redis."""
    with channel.conn_or_acquire() as before:
        channel._disconnect_pools()  # type: ignore[no-untyped-call]  # kombu's
    with channel.conn_or_acquire() as after:
        assert after is not before
        assert after.ping()


def test_channel_when_it_waits_for_messages_then_by_a_client_of_its_own(
    channel: KeepsItsClient,
) -> None:
    """Waiting holds a connection, and sending must not wait for it."""
    with channel.conn_or_acquire() as sends:
        assert channel.client is not sends
