"""Orders heard on a Redis channel, as the user draws it (seed S1 L35).

A channel gives a message to whoever listens at that moment, so one that nobody hears is lost,
and two bridges hear each twice. Who must lose nothing writes to the stream instead
(`stream_inbox_redis.py`).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from redis import Redis
from redis.client import PubSub
from redis.exceptions import RedisError

from orderdesk.ports import Incoming
from orderdesk.stores import reply_redis
from orderdesk.stores.redis_door import reaching_redis
from orderdesk.stores.reply_redis import ReplyNames

AT_MOST = 100
"""So many are taken before they are answered."""


class ChannelInboxRedis:
    """The `Inbox` port over a channel; for one thread.

    Args:
        client: gives bytes, because anybody may publish anything.
        channel: where orders are published.
        replies: where replies go.
    """

    def __init__(self, client: Redis, *, channel: str, replies: ReplyNames) -> None:
        self._client: Any = client
        self._channel = channel
        self._replies = replies
        self._listening: PubSub | None = None
        self._unanswered: list[Incoming] = []

    def messages(self, wait_ms: int) -> Sequence[Incoming]:
        """Return what was published and not answered; wait so long if there is nothing."""
        if self._unanswered:
            return list(self._unanswered)
        with reaching_redis("listening for orders"):
            raw = self._next(wait_ms / 1_000)
            while raw is not None:
                fields, trouble = reply_redis.read(raw)
                seconds, micros = self._client.time()
                heard_ms = seconds * 1_000 + micros // 1_000
                heard = Incoming(self._channel, None, heard_ms, fields, trouble)
                self._unanswered.append(heard)
                raw = self._next(0) if len(self._unanswered) < AT_MOST else None
        return list(self._unanswered)

    def answer(self, message: Incoming, reply: Mapping[str, Any]) -> None:
        """Tell the sender, and be done with the message."""
        with reaching_redis("answering an order"):
            pipeline = self._client.pipeline()
            reply_redis.tell(pipeline, self._replies, reply)
            pipeline.execute()
        self._unanswered.remove(message)

    def _next(self, wait_s: float) -> bytes | None:
        if self._listening is None:
            listening = self._client.pubsub()
            listening.subscribe(self._channel)
            self._listening = listening
        try:
            found: dict[str, Any] | None = self._listening.get_message(timeout=wait_s)
        except RedisError:
            # Whatever became of the connection, a new one begins with a new subscription.
            self._listening = None
            raise
        while found is not None and found["type"] != "message":
            found = self._listening.get_message(timeout=wait_s)
        return None if found is None else bytes(found["data"])
