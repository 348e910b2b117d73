"""What every outbox does, the fake and the real one."""

from collections.abc import Callable
from typing import Any

import pytest
from redis import Redis

from orderdesk.core.events import Event, EventKind
from orderdesk.ports import Outbox
from orderdesk.stores.memory import FakeOutbox
from orderdesk.stores.outbox_redis import OutboxRedis
from orderdesk.stores.redis_door import Keys
from orderdesk.telemetry.stream_redis import RedisStream, stream_name
from tests.stores.kinds import BOTH

Told = Callable[[], list[int]]


@pytest.fixture(params=BOTH)
def pair(request: pytest.FixtureRequest) -> tuple[Outbox, Told]:
    """Give an outbox, and what its stream holds by number."""
    if request.param == "fake":
        fake = FakeOutbox()
        return fake, lambda: [event.id for event in fake.stream]
    client: Any = request.getfixturevalue("client")
    desk_id: str = request.getfixturevalue("desk_id")
    stream = RedisStream(client, desk_id=desk_id)
    outbox = OutboxRedis(client, desk_id=desk_id, deliver=stream.tell)

    def told() -> list[int]:
        return [int(fields["event_id"]) for _, fields in client.xrange(stream_name(desk_id))]

    return outbox, told


def event(number: int) -> Event:
    """An event with this number."""
    return Event(EventKind.ORDER_NEW, 1, id=number)


def test_deliver_when_repeated_then_once(pair: tuple[Outbox, Told]) -> None:
    """Whoever tells it, and however often, also behind the cursor."""
    outbox, told = pair
    for number in (3, 1, 3, 2):
        outbox.deliver(event(number), aloud=True)
    assert outbox.missing([1, 2, 3, 4]) == {4}
    outbox.settle(3)
    outbox.deliver(event(2), aloud=True)
    assert told() == [3, 1, 2]
    assert outbox.cursor() == 3


def test_highest_when_events_come_out_of_order_then_it_is_the_last_in_number(
    pair: tuple[Outbox, Told],
) -> None:
    """Behind the cursor or at it; a ledger that knows fewer has forgotten some."""
    outbox, _ = pair
    assert outbox.highest() == 0
    for number in (9, 10, 2):
        outbox.deliver(event(number), aloud=True)
    assert outbox.highest() == 10
    outbox.settle(10)
    assert outbox.highest() == 10
    outbox.begin_after(4, anew=True)
    assert outbox.highest() == 4


def test_begin_after_when_there_is_a_cursor_then_it_stands_unless_anew(
    pair: tuple[Outbox, Told],
) -> None:
    """Two sweeps may begin at once; only a restored ledger begins anew."""
    outbox, told = pair
    assert outbox.cursor() is None
    outbox.deliver(event(7), aloud=True)
    outbox.begin_after(5)
    outbox.begin_after(0)
    assert (outbox.cursor(), outbox.missing([7])) == (5, set())
    outbox.begin_after(2, anew=True)
    assert (outbox.cursor(), outbox.missing([7])) == (2, {7})
    outbox.deliver(event(7), aloud=True)
    assert told() == [7, 7]


@pytest.mark.processes
def test_names_when_two_rooms_use_them_then_they_are_the_same() -> None:
    """The sink notes beside the stream what the outbox reads there."""
    keys = Keys("desk")
    assert keys.events == stream_name("desk")
    assert (keys.events_told, keys.events_cursor) == (
        f"{stream_name('desk')}:told",
        f"{stream_name('desk')}:cursor",
    )


@pytest.mark.processes
def test_stream_when_a_group_has_not_read_it_then_it_is_not_trimmed(
    client: Redis, desk_id: str
) -> None:
    """A consumer group loses nothing while it is away; without one the newest are kept."""
    # Given a group that has read two events and acknowledged one
    name = stream_name(desk_id)
    outbox = OutboxRedis(
        client, desk_id=desk_id, deliver=RedisStream(client, desk_id=desk_id).tell, keep=3
    )
    client.xgroup_create(name, "risk", id="0", mkstream=True)
    for number in range(1, 11):
        outbox.deliver(event(number), aloud=True)
    read = entries(client.xreadgroup("risk", "one", {name: ">"}, count=2))
    client.xack(name, "risk", read[0])
    # When much is settled
    outbox.settle(10)
    # Then all it has not acknowledged is there
    assert client.xlen(name) == 9
    # When it has caught up, then only the newest stay
    rest = entries(client.xreadgroup("risk", "one", {name: ">"}))
    client.xack(name, "risk", read[1], *rest)
    outbox.settle(10)
    assert client.xlen(name) == 3


def entries(answer: Any) -> list[str]:
    """Return the entry ids of one stream's answer; a map in Redis' newer protocol, else pairs."""
    pairs = next(iter(answer.values()))[0] if isinstance(answer, dict) else answer[0][1]
    return [entry for entry, _ in pairs]
