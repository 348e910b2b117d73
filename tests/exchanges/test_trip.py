"""What we lean on in urllib3 and requests; a new version that moves it fails here first."""

import time
from collections.abc import Iterator

import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection

from orderdesk.exchanges.resolver import Resolver
from orderdesk.exchanges.tls import context
from orderdesk.exchanges.trip import HeldBack, Trip, TripAdapter
from orderdesk.exchanges.watchdog import Watchdog
from tests.exchanges.loopback import OK, PEM, Line, answering, closed_port, serving


@pytest.fixture
def watchdog() -> Iterator[Watchdog]:
    """Give a watchdog that ends with the test."""
    watchdog = Watchdog()
    yield watchdog
    watchdog.close()


def _trip(watchdog: Watchdog, target: str = "/p") -> Trip:
    return Trip(
        target=target,
        deadline_s=time.monotonic() + 5,
        send_by_s=None,
        idle_limit_s=30,
        watchdog=watchdog,
        resolver=Resolver(),
    )


def _get(adapter: HTTPAdapter, url: str) -> requests.Response:
    return adapter.send(requests.Request("GET", url).prepare(), stream=True, timeout=5)


@pytest.mark.parametrize("kind", [HTTPConnection, HTTPSConnection])
@pytest.mark.parametrize("hook", ["_new_conn", "send", "putrequest", "is_connected", "proxy"])
def test_hooks_when_urllib3_moves_them_then_this_fails(kind: type, hook: str) -> None:
    """Every point we override or read exists."""
    assert hasattr(kind, hook) or hook in kind("127.0.0.1").__dict__


def test_phases_when_a_request_goes_well_then_each_is_seen_once(watchdog: Watchdog) -> None:
    """New socket, first byte, and on the next request neither a new socket nor a blind spot."""
    adapter = TripAdapter(pool_size=1, tls=context(str(PEM)))
    with serving(answering(OK)) as server:
        with _trip(watchdog) as first:
            assert (first.fresh, first.begun) == (False, False)
            _ = _get(adapter, server.url + "/p").content
        with _trip(watchdog) as second:
            _ = _get(adapter, server.url + "/p").content
        adapter.close()

    assert (first.fresh, first.begun) == (True, True)
    assert (second.fresh, second.begun) == (False, True)
    assert not first.provably_unsent
    assert not second.provably_unsent


def test_phases_when_the_handshake_fails_then_nothing_has_begun(watchdog: Watchdog) -> None:
    """The TLS handshake lies between the new socket and the first byte."""

    def no_tls(line: Line) -> None:
        line.send(b"no TLS here\r\n\r\n")
        line.hold()

    adapter = TripAdapter(pool_size=1, tls=context(str(PEM)))
    with (
        serving(no_tls) as server,
        _trip(watchdog) as trip,
        pytest.raises(requests.RequestException),
    ):
        _get(adapter, server.tls_url + "/p")

    assert trip.provably_unsent


def test_phases_when_the_connect_is_refused_then_nothing_has_begun(watchdog: Watchdog) -> None:
    """A refused connect is a new connection on which nothing was written."""
    adapter = TripAdapter(pool_size=1, tls=context(str(PEM)))
    with _trip(watchdog) as trip, pytest.raises(requests.ConnectionError):
        _get(adapter, f"http://127.0.0.1:{closed_port()}/p")

    assert trip.provably_unsent


def test_target_when_it_is_another_then_it_is_held_back(watchdog: Watchdog) -> None:
    """The last check before writing compares what was signed with what is about to be written."""
    adapter = TripAdapter(pool_size=1, tls=context(str(PEM)))
    with serving(answering(OK)) as server:
        with _trip(watchdog, target="/signed") as trip, pytest.raises(HeldBack):
            _get(adapter, server.url + "/other")
        assert server.requests == []

    assert not trip.begun


def test_connection_when_there_is_no_trip_then_it_refuses_to_work() -> None:
    """Nothing leaves past the door, because nobody would watch it."""
    adapter = TripAdapter(pool_size=1, tls=context(str(PEM)))
    with pytest.raises(RuntimeError, match=r"outside of HttpDoor\.send"):
        _get(adapter, f"http://127.0.0.1:{closed_port()}/p")


def test_adapter_when_made_then_it_never_retries() -> None:
    """One request is one request."""
    retries = TripAdapter(pool_size=1, tls=context(str(PEM))).max_retries
    assert (retries.total, retries.read, retries.redirect) == (0, False, False)
    assert not retries.respect_retry_after_header
