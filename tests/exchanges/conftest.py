"""What the tests of this room start from."""

import time
from collections.abc import Callable, Iterator

import pytest

from orderdesk.exchanges.http import HttpDoor, NoReply, Reply
from tests.exchanges import loopback

Send = Callable[..., Reply | NoReply]


@pytest.fixture
def door() -> Iterator[HttpDoor]:
    """Give a door that trusts the loopback certificate."""
    door = HttpDoor(ca_file=str(loopback.PEM))
    yield door
    door.close()


@pytest.fixture
def send(door: HttpDoor) -> Send:
    """Send a GET through the door, with five seconds for everything unless told otherwise."""

    def send(
        url: str, *, timeout_ms: int = 5_000, send_by_ms: int | None = None
    ) -> Reply | NoReply:
        return door.send("GET", url, headers={}, timeout_ms=timeout_ms, send_by_ms=send_by_ms)

    return send


@pytest.fixture
def now_ms() -> Callable[[], int]:
    """Give the clock that `send_by_ms` is on."""
    return lambda: time.monotonic_ns() // 1_000_000
