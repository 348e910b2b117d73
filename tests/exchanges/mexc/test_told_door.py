"""Whatever comes of a request is told, under the endpoint's name and never with its query."""

import socket
from contextlib import closing

from orderdesk.core.calls import VenueCall
from orderdesk.exchanges.http import HttpDoor, NoReply
from orderdesk.exchanges.mexc.told_door import ToldDoor


def test_request_when_nobody_listens_then_that_is_told_and_the_reply_is_the_doors_own() -> None:
    """No byte left: the order's answer says so, and so does the metric."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        told: list[VenueCall] = []
        door = HttpDoor()
        try:
            url = f"http://127.0.0.1:{port}/api/v3/order?signature=0123456789abcdef"
            reply = ToldDoor(door, told.append, "GET /api/v3/order").send(
                "GET", url, headers={}, timeout_ms=2_000
            )
        finally:
            door.close()
    assert isinstance(reply, NoReply)
    [call] = told
    assert (call.endpoint, call.error) == ("GET /api/v3/order", "UNSENT")
    assert 0 <= call.took_ms < 60_000
