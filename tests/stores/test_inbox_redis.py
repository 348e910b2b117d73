"""Orders over Redis are read at least once from a stream, and heard on a channel."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from orderdesk.errors import StoreUnavailable
from orderdesk.stores.channel_inbox_redis import ChannelInboxRedis
from orderdesk.stores.embedded_redis import RunningRedis
from orderdesk.stores.redis_door import connect
from orderdesk.stores.reply_redis import ReplyNames
from orderdesk.stores.stream_inbox_redis import StreamInboxRedis

pytestmark = pytest.mark.processes

REPLY = {"event_type": "command_taken", "odd": "\ud800"}
WAIT_MS = 2_000


@pytest.fixture
def raw(redis_server: RunningRedis) -> Iterator[Any]:
    """A client that gives bytes."""
    client = connect(redis_server.url, as_text=False)
    yield client
    client.close()


def stream_inbox(raw: Any, name: str, *, abandoned_ms: int = 60_000) -> StreamInboxRedis:
    """An inbox over a stream of the test's own."""
    names = ReplyNames(f"{name}:results", f"{name}:replies")
    return StreamInboxRedis(raw, stream=name, group="g", replies=names, abandoned_ms=abandoned_ms)


def wait_for(inbox: Any, count: int) -> list[Any]:
    """What waits, once so many do."""
    for _ in range(50):
        found = list(inbox.messages(200))
        if len(found) >= count:
            return found
    raise AssertionError(f"{count} messages did not come")


def test_stream_when_anything_is_written_then_it_is_given_as_text_or_with_its_trouble(
    raw: Any, desk_id: str
) -> None:
    """Flat fields, a JSON object, and bytes that are neither: none of them stops the next."""
    # Given entries from before the first bridge
    raw.xadd(desk_id, {"symbol": "BTCUSDT", "quantity": "0.10"})
    raw.xadd(desk_id, {"data": '{"quantity": 0.1000000000000000055511, "n": 1e999}'})
    for broken in (b"\xff\xfe", b"[1]", b"{", b"[" * 100_000, b"1" * 5_000, b"NaN"):
        raw.xadd(desk_id, {"data": broken})
    raw.xadd(desk_id, {"symbol": b"\xff", "side": "BUY"})
    found = wait_for(stream_inbox(raw, desk_id), 9)
    assert found[0].fields == {"symbol": "BTCUSDT", "quantity": "0.10"}
    # Numbers keep their digits
    assert found[1].fields == {"quantity": "0.1000000000000000055511", "n": "1e999"}
    assert [one.fields for one in found[2:8]] == [None] * 6
    assert all(one.trouble for one in found[2:8])
    assert found[8].fields == {"symbol": "\\xff", "side": "BUY"}


def test_stream_when_a_bridge_dies_then_another_takes_over_what_it_did_not_answer(
    raw: Any, desk_id: str
) -> None:
    """Pending entries of a dead consumer come again; answered ones do not."""
    # Given a bridge that dies after one of two answers
    for n in range(2):
        raw.xadd(desk_id, {"n": str(n)})
    first = stream_inbox(raw, desk_id)
    held = wait_for(first, 2)
    first.answer(held[0], REPLY)
    # When another comes
    second = stream_inbox(raw, desk_id, abandoned_ms=0)
    (left,) = wait_for(second, 1)
    # Then
    assert left.fields == {"n": "1"}
    second.answer(left, REPLY)
    assert list(second.messages(1)) == []
    assert raw.xpending(desk_id, "g")["pending"] == 0
    ((_, kept), _) = raw.xrange(f"{desk_id}:replies")
    assert json.loads(kept[b"reply"]) == REPLY


def test_stream_when_an_id_is_from_the_future_then_it_counts_from_now(
    raw: Any, desk_id: str
) -> None:
    """Whoever chooses ids must not choose deadlines with them."""
    raw.xadd(desk_id, {"n": "1"}, id="9999999999999-1")
    (found,) = wait_for(stream_inbox(raw, desk_id), 1)
    assert abs(found.received_ms - time.time_ns() // 1_000_000) < 60_000


def test_stream_when_redis_forgot_the_group_then_it_is_made_again(raw: Any, desk_id: str) -> None:
    """A Redis that came back empty takes orders again."""
    inbox = stream_inbox(raw, desk_id)
    inbox.messages(1)
    raw.delete(desk_id)
    raw.xadd(desk_id, {"n": "1"})
    assert len(wait_for(inbox, 1)) == 1


def test_channel_when_somebody_publishes_then_it_is_heard_and_answered(
    raw: Any, desk_id: str
) -> None:
    """What is not answered is given again; the reply is told and kept."""
    names = ReplyNames(f"{desk_id}:results", f"{desk_id}:replies")
    inbox = ChannelInboxRedis(raw, channel=desk_id, replies=names)
    assert list(inbox.messages(1)) == []
    listening = raw.pubsub(ignore_subscribe_messages=True)
    listening.subscribe(names.channel)
    listening.get_message(timeout=WAIT_MS / 1_000)
    raw.publish(desk_id, b"\xff")
    raw.publish(desk_id, '{"quantity": 0.10}')
    broken, good = wait_for(inbox, 2)
    assert (broken.fields, bool(broken.trouble), broken.entry_id) == (None, True, None)
    assert good.fields == {"quantity": "0.10"}
    assert list(inbox.messages(1)) == [broken, good]
    for message in (broken, good):
        inbox.answer(message, REPLY)
    assert list(inbox.messages(1)) == []
    assert raw.xlen(names.stream) == 2
    told = None
    while told is None:
        told = listening.get_message(timeout=WAIT_MS / 1_000)
    assert json.loads(told["data"]) == REPLY
    listening.close()


def test_channel_when_its_connection_breaks_then_it_listens_again(raw: Any, desk_id: str) -> None:
    """A Redis that was restarted under it is heard again."""
    names = ReplyNames(f"{desk_id}:results", f"{desk_id}:replies")
    inbox = ChannelInboxRedis(raw, channel=desk_id, replies=names)
    inbox.messages(1)
    assert raw.client_kill_filter(_type="pubsub") >= 1
    stop = threading.Event()

    def publish() -> None:
        while not stop.is_set():
            raw.publish(desk_id, "{}")
            stop.wait(0.05)

    sender = threading.Thread(target=publish)
    sender.start()
    try:
        for _ in range(50):
            # The first look may still find the broken connection.
            with suppress(StoreUnavailable):
                if inbox.messages(200):
                    break
        else:
            raise AssertionError("it does not listen again")
    finally:
        stop.set()
        sender.join()
