"""The door to HTTP, telling what each request to MEXC came to."""

import time
from typing import Any

from orderdesk.core.calls import TellCall, VenueCall
from orderdesk.exchanges.http import HttpDoor, NoReply, Reply
from orderdesk.exchanges.mexc.verdicts import error_of


class ToldDoor:
    """Send through a door, and tell what came of it under the endpoint's name."""

    def __init__(self, door: HttpDoor, tell: TellCall, endpoint: str) -> None:
        self._door = door
        self._tell = tell
        self._endpoint = endpoint

    def send(self, method: str, url: str, **rules: Any) -> Reply | NoReply:
        """Send one request, as `HttpDoor.send` does."""
        begun_ns = time.monotonic_ns()
        reply = self._door.send(method, url, **rules)
        took_ms = (time.monotonic_ns() - begun_ns) // 1_000_000
        self._tell(VenueCall(self._endpoint, took_ms, error_of(reply)))
        return reply
