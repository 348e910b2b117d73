"""The places where no port lies: inside an HTTP request, and between Redis and Celery.

Both are reached by subclasses, put where the libraries let a subclass be named: urllib3's
`ConnectionCls` of a pool, and kombu's `Channel` of a transport.
"""

import base64
import binascii
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from celery.signals import task_retry
from urllib3.connection import HTTPConnection

from orderdesk.core.order_ids import client_order_id
from orderdesk.exchanges import trip
from tasks import unreadable
from tests.crash.points import Point, Tickets

ORDER_PATH = "/api/v3/order"


def watch(tickets: Tickets, sent: Path) -> None:
    """Have this process' HTTP connections, Celery channels and retries watched.

    Args:
        tickets: what may strike.
        sent: a file to which every order that is about to leave is appended, with its stamp.
    """
    _Between.tickets, _Between.sent = tickets, sent
    trip._HttpPool.ConnectionCls = _Connection
    _Channel.tickets = tickets
    unreadable.Transport.Channel = _Channel

    def retried(request: Any = None, **_: Any) -> None:
        if request.task == "place_order":
            tickets.reach(Point.RETRIED, _order_of(request.kwargs or {}))

    task_retry.connect(retried, weak=False)


class _Between(HTTPConnection):
    """Stands between the desk's own connection, which decides, and urllib3's, which sends."""

    tickets: Tickets
    sent: Path
    _client_id = ""
    _stamp = ""

    def putrequest(self, method: str, url: str, *flags: Any, **named: Any) -> None:
        parts = urlsplit(url)
        is_order = (method, parts.path) == ("POST", ORDER_PATH)
        fields = parse_qs(parts.query) if is_order else {}
        self._client_id = fields.get("newClientOrderId", [""])[0]
        self._stamp = fields.get("timestamp", [""])[0]
        super().putrequest(method, url, *flags, **named)

    def send(self, data: Any) -> None:
        if self._client_id:
            self.tickets.reach(Point.CONNECTED, self._client_id)
            _append(self.sent, f"{self._client_id} {self._stamp}\n")
        super().send(data)

    def getresponse(self) -> Any:
        if self._client_id:
            self.tickets.reach(Point.SENT, self._client_id)
        return super().getresponse()


class _Connection(trip._Http, _Between):
    """The desk's connection, under watch."""


class _Channel(unreadable.Channel):
    """The worker's channel, under watch."""

    tickets: Tickets

    def _sifted(self, parse: Any, connection: Any, command_name: str, **options: Any) -> Any:
        reply = super()._sifted(parse, connection, command_name, **options)
        if command_name == "BRPOP" and reply:
            self._reach(Point.POPPED, reply[1])
        return reply

    def basic_ack(self, delivery_tag: Any, multiple: bool = False) -> None:
        message = self.qos.get(delivery_tag)
        if message.headers.get("task") == "place_order":
            fields = message.payload[1]
            self.tickets.reach(Point.UNACKNOWLEDGED, _order_of(fields))
        super().basic_ack(delivery_tag, multiple)  # type: ignore[no-untyped-call]  # kombu's

    def _reach(self, point: Point, item: bytes) -> None:
        try:
            envelope = json.loads(item)
            body, encoding = envelope["body"], envelope["properties"].get("body_encoding")
            fields = json.loads(base64.b64decode(body) if encoding == "base64" else body)[1]
            if envelope["headers"]["task"] == "place_order":
                self.tickets.reach(point, _order_of(fields))
        except (ValueError, KeyError, TypeError, IndexError, binascii.Error):
            # Unreadable on purpose; what becomes of it is the production channel's affair.
            return


def _order_of(fields: Mapping[str, Any]) -> str:
    return client_order_id(fields.get("account", "main"), str(fields.get("idempotency_key")))


def _append(path: Path, line: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, line.encode())
    finally:
        os.close(handle)
