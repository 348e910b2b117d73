"""The door behind a proxy: obeyed only when asked, and never a reason to be too sure."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from orderdesk.exchanges.http import HttpDoor, NoReply, Reply
from tests.exchanges.loopback import OK, PEM, Line, answering, closed_port, serving


@pytest.fixture
def proxied_door() -> Iterator[HttpDoor]:
    """Give a door that obeys the environment."""
    door = HttpDoor(use_environment_proxies=True, ca_file=str(PEM))
    yield door
    door.close()


@pytest.fixture
def proxy_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Name a proxy in the environment."""

    def name(url: str) -> None:
        for variable in ("NO_PROXY", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
            monkeypatch.delenv(variable, raising=False)
        monkeypatch.setenv("http_proxy", url)
        monkeypatch.setenv("https_proxy", url)

    return name


def _tunnel(line: Line) -> None:
    """Do what CONNECT asks for."""
    host, _, port = line.request().split(b" ")[1].partition(b":")
    with socket.create_connection((host.decode(), int(port))) as onward:
        line.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
        back = threading.Thread(target=_copy, args=(onward, line.sock))
        back.start()
        _copy(line.sock, onward)
        back.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    # Either end may be gone at any time.
    with contextlib.suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


def _tls(line: Line) -> None:
    line.encrypt()
    while line.request():
        line.send(OK)


def test_proxy_when_not_asked_for_then_it_is_ignored(
    door: HttpDoor, proxy_at: Callable[[str], None]
) -> None:
    """The environment of the shell does not decide where orders go."""
    with serving(answering(OK)) as proxy, serving(answering(OK)) as server:
        proxy_at(proxy.url)
        assert isinstance(door.send("GET", server.url + "/p", headers={}, timeout_ms=5_000), Reply)
        assert (proxy.connections, server.connections) == (0, 1)


def test_proxy_when_asked_for_then_plain_requests_go_through_it(
    proxied_door: HttpDoor, proxy_at: Callable[[str], None]
) -> None:
    """A forwarding proxy is given the whole URL, its query as it was signed."""
    with serving(answering(OK)) as proxy:
        proxy_at(proxy.url)
        reply = proxied_door.send(
            "GET", "http://api.example/p?a=%7E%2C", headers={}, timeout_ms=5_000
        )
        assert isinstance(reply, Reply)
        assert proxy.targets == ["http://api.example/p?a=%7E%2C"]


def test_proxy_when_it_tunnels_then_tls_goes_through_it(
    proxied_door: HttpDoor, proxy_at: Callable[[str], None]
) -> None:
    """CONNECT is the proxy's; the request behind it is read by the venue alone."""
    with serving(_tls) as server, serving(_tunnel) as proxy:
        proxy_at(proxy.url)
        reply = proxied_door.send("GET", server.tls_url + "/p?a=1", headers={}, timeout_ms=5_000)
        assert isinstance(reply, Reply)
        assert proxy.targets == [f"127.0.0.1:{server.port}"]
        assert server.targets == ["/p?a=1"]
        proxied_door.close()


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_proxy_when_it_is_away_then_the_outcome_is_unclear(
    proxied_door: HttpDoor, proxy_at: Callable[[str], None], scheme: str
) -> None:
    """What breaks on a proxied way is not ours to call unsent."""
    proxy_at(f"http://127.0.0.1:{closed_port()}")

    reply = proxied_door.send("GET", f"{scheme}://api.example/p", headers={}, timeout_ms=5_000)

    assert reply == NoReply("the connection broke (ConnectionRefusedError)", unsent=False)


def test_proxy_when_it_stalls_then_the_deadline_holds(
    proxied_door: HttpDoor, proxy_at: Callable[[str], None]
) -> None:
    """A proxy's dripping is bounded like a venue's."""

    def stalls(line: Line) -> None:
        line.request()
        line.send(b"HTTP/1.1 200 OK\r\n")
        line.drip(b"X: y\r\n")

    with serving(stalls) as proxy:
        proxy_at(proxy.url)
        reply = proxied_door.send("GET", "https://api.example/p", headers={}, timeout_ms=200)

    assert isinstance(reply, NoReply)
    assert reply.reason.startswith("no whole answer within the deadline")


def test_send_by_when_it_passes_in_the_tunnel_then_nothing_is_written(
    proxied_door: HttpDoor, proxy_at: Callable[[str], None], now_ms: Callable[[], int]
) -> None:
    """CONNECT is not the request: the check stands behind it, and we know what we did not write."""
    with serving(_tls) as server, serving(_tunnel) as proxy:
        proxy_at(proxy.url)
        reply = proxied_door.send(
            "GET",
            server.tls_url + "/p",
            headers={},
            timeout_ms=5_000,
            send_by_ms=now_ms() - 1,
        )
        assert reply == NoReply("it was too late to send", unsent=True)
        assert (len(proxy.requests), server.requests) == (1, [])
