"""Messages as they lie in a Redis list: one that is in order, and the ways to be not."""

import json
from base64 import b64encode
from typing import Any
from uuid import uuid4

EMBED = {"callbacks": None, "errbacks": None, "chain": None, "chord": None}


def envelope(
    body: Any = None,
    *,
    headers: dict[str, Any] | None = None,
    properties: dict[str, Any] | None = None,
    whole: dict[str, Any] | None = None,
) -> bytes:
    """Return kombu's envelope around a call of `good`, with parts replaced as the caller likes.

    A body of bytes is taken as it is, anything else as JSON.
    """
    name = str(uuid4())
    content = body if body is not None else [["a token"], {}, EMBED]
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    message = {
        "body": b64encode(text).decode(),
        "content-type": "application/json",
        "content-encoding": "utf-8",
        "headers": {"task": "good", "id": name, "timelimit": [None, None], **(headers or {})},
        "properties": {
            "delivery_tag": str(uuid4()),
            "delivery_info": {"exchange": "", "routing_key": "work"},
            "body_encoding": "base64",
            "correlation_id": name,
            **(properties or {}),
        },
        **(whole or {}),
    }
    return json.dumps(message).encode()


NO_MESSAGE = {
    "text": b"garbage",
    "nothing": b"",
    "null": b"null",
    "a list": b"[]",
    "an empty object": b"{}",
    "no UTF-8": b"\xff\xfe",
    "nested too deep": b"[" * 50_000,
    "a number too long": b"1" * 5_000,
    "a wrong tagged value": b'{"__type__": "decimal", "__value__": "x"}',
    "properties are null": envelope(whole={"properties": None}),
    "delivery tag is a list": envelope(properties={"delivery_tag": [1]}),
    "delivery tag is no UTF-8": envelope(properties={"delivery_tag": "\ud800"}),
    "delivery info is empty": envelope(properties={"delivery_info": {}}),
    "headers are a list": envelope(whole={"headers": [1]}),
    "body is missing": envelope(whole={"body": None}),
    "body is a number": envelope(whole={"body": 5}, properties={"body_encoding": None}),
    "body encoding is unknown": envelope(properties={"body_encoding": "rot13"}),
    "content type is a number": envelope(whole={"content-type": 5}),
}
"""Celery 5.7 as shipped dies of nearly all of these, and loses the others."""

UNDECODABLE = {
    "body is no JSON": envelope(b"{nope"),
    "body is no UTF-8": envelope(b"\xff"),
    "compression is unknown": envelope(headers={"compression": "lz99"}),
    "compression is a list": envelope(headers={"compression": [1]}),
}
"""Celery 5.7 as shipped throws these away."""

INVALID = {
    "no task": envelope(whole={"headers": {}}),
    "task is a list": envelope(headers={"task": ["good"]}),
    "id is a number": envelope(headers={"id": 7}),
    "id is no UTF-8": envelope(headers={"id": "\ud800"}),
    "content type is not accepted": envelope(
        b"\x80\x04K\x01.",
        whole={"content-type": "application/x-python-serialize", "content-encoding": "binary"},
    ),
    "content type is missing": envelope(whole={"content-type": None}),
    "body is a number": envelope(5),
    "body is null": envelope(b"null"),
    "body is empty": envelope(b""),
    "body is a pair": envelope([[], {}]),
    "body is of protocol 1": envelope({"task": "good", "args": ["a token"], "kwargs": {}}),
    "arguments are a number": envelope([5, {}, EMBED]),
    "keywords are a list": envelope([[], [], EMBED]),
    "embed is a list": envelope([[], {}, [1]]),
    "timelimit is a number": envelope(headers={"timelimit": 5}),
    "timelimit is text": envelope(headers={"timelimit": ["a", "b"]}),
    "eta is a word": envelope(headers={"eta": "tomorrow"}),
    "eta is before time": envelope(headers={"eta": "0001-01-01T00:00:00+14:00"}),
    "expires is a number": envelope(headers={"expires": 5}),
    "shadow is a list": envelope(headers={"shadow": [1]}),
    "stamped headers are a number": envelope(headers={"stamped_headers": 5}),
}
"""Celery 5.7 as shipped throws some away; of others one worker after the other dies, or loses
a slot of its pool; a few it would run, with an id that cannot be stored or a limit it ignores.
"""
