"""Orders read from a Redis stream, each at least once.

A consumer group remembers who has what. A bridge that dies leaves its entries pending, and
another takes them over; an entry that was read twice has the same key twice, and is one order.
"""

import os
import socket
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from redis import Redis
from redis.exceptions import ResponseError

from orderdesk.ports import Incoming
from orderdesk.stores import reply_redis
from orderdesk.stores.redis_door import reaching_redis
from orderdesk.stores.reply_redis import ReplyNames

AT_MOST = 50
"""So many entries are taken before they are answered."""

ABANDONED_MS = 3_000
"""An entry that its bridge has had for so long is taken over; answering takes milliseconds,
and an entry that two bridges answer is one order all the same."""

TIDY_EVERY_MS = 3_000
GONE_MS = 3_600_000
"""A consumer that has nothing and was idle for so long is forgotten."""

KEEP_MS = 24 * 3_600_000
"""Answered entries stay so long, for people to read."""

JSON_FIELDS = ("data", "json", "order", "message")
"""An entry with one of these alone holds its message as a JSON object; else its fields are it."""


_Rows = list[tuple[bytes, Mapping[bytes, bytes] | None]]


class StreamInboxRedis:
    """The `Inbox` port over a stream; for one thread.

    Args:
        client: gives bytes, because anybody may write anything.
        stream: where orders are written.
        group: the bridges' consumer group; all bridges of a desk share it.
        replies: where replies go.
        abandoned_ms: when an entry is taken over from a bridge that does not answer it.
    """

    def __init__(
        self,
        client: Redis,
        *,
        stream: str,
        group: str,
        replies: ReplyNames,
        abandoned_ms: int = ABANDONED_MS,
    ) -> None:
        self._client: Any = client
        self._stream = stream
        self._group = group
        self._replies = replies
        self._abandoned_ms = abandoned_ms
        self._me = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self._unanswered: dict[str, Incoming] = {}
        self._tidied_ms: int | None = None

    def messages(self, wait_ms: int) -> Sequence[Incoming]:
        """Return what was written and not answered; wait so long if there is nothing."""
        if not self._unanswered:
            with reaching_redis("reading orders from their stream"):
                rows = self._rows(wait_ms)
                now_ms = self._now_ms()
            found = [_incoming(self._stream, entry, fields, now_ms) for entry, fields in rows]
            self._unanswered = {str(one.entry_id): one for one in found}
        return list(self._unanswered.values())

    def answer(self, message: Incoming, reply: Mapping[str, Any]) -> None:
        """Tell the sender and acknowledge the entry, in one transaction."""
        with reaching_redis("answering an order"):
            pipeline = self._client.pipeline()
            reply_redis.tell(pipeline, self._replies, reply)
            pipeline.xack(self._stream, self._group, message.entry_id)
            pipeline.execute()
        self._unanswered.pop(str(message.entry_id), None)

    def _rows(self, wait_ms: int) -> _Rows:
        """Return entries, abandoned ones first; without a group, make it and return nothing."""
        try:
            return self._abandoned() or self._new(wait_ms)
        except ResponseError as error:
            if not str(error).startswith("NOGROUP"):
                raise
        try:
            # From the beginning: what was written before the first bridge came is taken too.
            self._client.xgroup_create(self._stream, self._group, id="0", mkstream=True)
        except ResponseError as error:
            if not str(error).startswith("BUSYGROUP"):
                raise
        return []

    def _new(self, wait_ms: int) -> _Rows:
        found = self._client.xreadgroup(
            self._group, self._me, {self._stream: ">"}, count=AT_MOST, block=max(1, wait_ms)
        )
        if not found:
            return []
        # A map in Redis' newer protocol, pairs in the older one.
        rows: _Rows = next(iter(found.values()))[0] if isinstance(found, dict) else found[0][1]
        return rows

    def _abandoned(self) -> _Rows:
        """Take over what a dead bridge left; now and then, forget old entries and bridges."""
        now_ms = self._now_ms()
        if self._tidied_ms is not None and now_ms < self._tidied_ms + TIDY_EVERY_MS:
            return []
        _, rows, *_ = self._client.xautoclaim(
            self._stream, self._group, self._me, self._abandoned_ms, count=AT_MOST
        )
        if not rows:
            self._tidied_ms = now_ms
            self._tidy(now_ms)
        # Redis 6.2 gives nothing for an entry that was deleted meanwhile.
        return [row for row in rows if row[0] is not None]

    def _tidy(self, now_ms: int) -> None:
        for consumer in self._client.xinfo_consumers(self._stream, self._group):
            if not consumer["pending"] and consumer["idle"] > GONE_MS:
                self._client.xgroup_delconsumer(self._stream, self._group, consumer["name"])
        oldest = self._client.xpending(self._stream, self._group)["min"]
        for group in self._client.xinfo_groups(self._stream):
            if _text(group["name"]) == self._group:
                needed = _text(oldest or group["last-delivered-id"])
                bound = min(f"{now_ms - KEEP_MS}-0", needed, key=_parts)
                self._client.xtrim(self._stream, minid=bound, approximate=True)

    def _now_ms(self) -> int:
        seconds, micros = self._client.time()
        return int(seconds) * 1_000 + int(micros) // 1_000


def _incoming(
    stream: str, entry: bytes, fields: Mapping[bytes, bytes] | None, now_ms: int
) -> Incoming:
    entry_id = _text(entry)
    # Who gives ids of its own may give one from the future; a deadline must not count from there.
    received_ms = min(_parts(entry_id)[0], now_ms)
    found, trouble = _read(fields or {})
    return Incoming(stream, entry_id, received_ms, found, trouble)


def _read(fields: Mapping[bytes, bytes]) -> tuple[Mapping[str, Any] | None, str]:
    if len(fields) == 1:
        ((name, value),) = fields.items()
        if _text(name) in JSON_FIELDS:
            return reply_redis.read(value)
    return {_text(name): _text(value) for name, value in fields.items()}, ""


def _text(raw: bytes | str) -> str:
    return raw.decode("utf-8", "backslashreplace") if isinstance(raw, bytes) else raw


def _parts(entry_id: str) -> tuple[int, int]:
    ms, _, counter = entry_id.partition("-")
    return int(ms), int(counter or 0)
