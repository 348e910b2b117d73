"""The door in bad weather: what was provably unsent, what is unclear, and one deadline for all."""

import gzip
import socket
import threading
import time
from collections.abc import Callable

import pytest

from orderdesk.exchanges.http import HttpDoor, NoReply, Reply
from orderdesk.exchanges.resolver import Address, Resolver
from tests.exchanges.conftest import Send
from tests.exchanges.loopback import (
    OK,
    Line,
    Script,
    answering,
    closed_port,
    serving,
)

SOON_MS = 200


def _unsent(reply: Reply | NoReply) -> bool:
    assert isinstance(reply, NoReply)
    return reply.unsent


# -- provably unsent


def test_connect_when_refused_then_it_is_unsent(send: Send) -> None:
    """Nobody listened, so nobody was told."""
    reply = send(f"http://127.0.0.1:{closed_port()}/p")

    assert reply == NoReply("no connection (ConnectionRefusedError)", unsent=True, unreachable=True)


def test_connect_when_nobody_answers_then_it_is_unsent_at_the_deadline(send: Send) -> None:
    """A connect that hangs has sent nothing of ours."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        address = listener.getsockname()
        # One connection fills the queue of a listener that never accepts; the next one hangs.
        with socket.create_connection(address):
            reply = send(f"http://127.0.0.1:{address[1]}/p", timeout_ms=SOON_MS)

    assert reply == NoReply("no connection (TimeoutError)", unsent=True, unreachable=True)


def test_name_when_it_does_not_exist_then_it_is_unsent() -> None:
    """No address, no request."""

    def nowhere(_host: str, _port: int) -> list[Address]:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    door = HttpDoor(resolver=Resolver(nowhere))
    reply = door.send("GET", "http://api.example/p", headers={}, timeout_ms=5_000)

    assert reply == NoReply("no connection (gaierror)", unsent=True, unreachable=True)


def test_name_when_the_resolver_hangs_then_it_is_unsent_at_the_deadline() -> None:
    """Looking a name up counts against the one deadline."""
    release = threading.Event()

    def hangs(_host: str, _port: int) -> list[Address]:
        release.wait()
        return []

    door = HttpDoor(resolver=Resolver(hangs))
    reply = door.send("GET", "http://api.example/p", headers={}, timeout_ms=SOON_MS)
    release.set()

    assert reply == NoReply("no connection (TimeoutError)", unsent=True, unreachable=True)


def test_name_when_its_first_address_is_dead_then_the_next_one_is_tried() -> None:
    """Every address has its share of the time."""
    with serving(answering(OK)) as server:
        dead = ("127.0.0.1", closed_port())
        tcp = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
        both = Resolver(lambda _host, port: [(*tcp, dead), (*tcp, ("127.0.0.1", port))])
        door = HttpDoor(resolver=both)
        reply = door.send("GET", f"http://api.example:{server.port}/p", headers={}, timeout_ms=5000)
        door.close()

    assert isinstance(reply, Reply)


def _speaks_no_tls(line: Line) -> None:
    line.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    line.hold()


def _never_shakes_hands(line: Line) -> None:
    line.drip(b"")


@pytest.mark.parametrize("script", [_speaks_no_tls, _never_shakes_hands])
def test_handshake_when_it_fails_then_it_is_unsent(send: Send, script: Script) -> None:
    """TLS is not up, so the request has not begun."""
    with serving(script) as server:
        assert _unsent(send(server.tls_url + "/p", timeout_ms=SOON_MS))


def test_handshake_when_the_certificate_is_strange_then_it_is_unsent() -> None:
    """Nothing is told to somebody who cannot prove who he is."""

    def tls(line: Line) -> None:
        line.encrypt()
        line.request()

    door = HttpDoor()
    with serving(tls) as server:
        reply = door.send("GET", server.tls_url + "/p", headers={}, timeout_ms=5_000)
        assert server.requests == []
    door.close()

    assert reply == NoReply(
        "no connection (SSLCertVerificationError)", unsent=True, unreachable=True
    )


def test_send_by_when_it_has_passed_then_nothing_is_written(
    send: Send, now_ms: Callable[[], int]
) -> None:
    """Too late is not sent, on a new connection and on one used before."""
    with serving(answering(OK)) as server:
        late = send(server.url + "/p", send_by_ms=now_ms() - 1)
        warm = send(server.url + "/warm", send_by_ms=now_ms() + 5_000)
        late_again = send(server.url + "/p", send_by_ms=now_ms() - 1)

        assert isinstance(warm, Reply)
        assert late == late_again == NoReply("it was too late to send", unsent=True)
        assert server.targets == ["/warm"]


def test_send_by_when_the_handshake_outlasts_it_then_nothing_is_written(
    send: Send, now_ms: Callable[[], int]
) -> None:
    """The check stands right before the first byte, behind connect and TLS."""
    send_by_ms = now_ms() + 100

    def slow(line: Line) -> None:
        line.server.stopped.wait((send_by_ms + 50) / 1_000 - time.monotonic())
        line.encrypt()
        line.request()

    with serving(slow) as server:
        reply = send(server.tls_url + "/p", send_by_ms=send_by_ms)
        assert server.requests == []

    assert reply == NoReply("it was too late to send", unsent=True)


# -- unclear


def _loses_the_answer(line: Line) -> None:
    line.request()


def _breaks(line: Line) -> None:
    line.request()
    line.reset()


def _cuts_the_body(line: Line) -> None:
    line.request()
    line.send(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"orderId":"1"}')


def _talks_nonsense(line: Line) -> None:
    line.request()
    line.send(b"\x00\x01\x02 not HTTP\r\n\r\n")


def _sends_a_broken_chunk(line: Line) -> None:
    line.request()
    line.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n{}")


@pytest.mark.parametrize(
    "script",
    [_loses_the_answer, _breaks, _cuts_the_body, _talks_nonsense, _sends_a_broken_chunk],
)
def test_answer_when_it_is_not_whole_then_it_is_unclear_and_nothing_is_sent_again(
    send: Send, script: Script
) -> None:
    """After the first byte nobody knows, and nobody retries."""
    with serving(script) as server:
        assert not _unsent(send(server.url + "/p"))
        assert server.targets == ["/p"]


def test_answer_when_it_is_lost_on_a_used_connection_then_it_is_unclear(send: Send) -> None:
    """Nothing on a reused connection counts as unsent, and nothing is sent again."""

    def one_answer_then_lost(line: Line) -> None:
        line.request()
        line.send(OK)
        line.request()

    with serving(one_answer_then_lost) as server:
        send(server.url + "/first")
        assert not _unsent(send(server.url + "/second"))
        assert server.targets == ["/first", "/second"]


def test_answer_when_it_is_lost_behind_tls_then_it_is_unclear(send: Send) -> None:
    """TLS changes nothing once the first byte has left."""

    def lost(line: Line) -> None:
        line.encrypt()
        line.request()

    with serving(lost) as server:
        assert not _unsent(send(server.tls_url + "/p"))
        assert server.targets == ["/p"]


def _silence(line: Line) -> None:
    line.request()
    line.hold()


def _dripping_headers(line: Line) -> None:
    line.request()
    line.send(b"HTTP/1.1 200 OK\r\n")
    line.drip(b"X-A: b\r\n")


def _dripping_body(line: Line) -> None:
    line.request()
    line.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    line.drip(b" ")


def _endless_body(line: Line) -> None:
    line.request()
    line.send(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}")
    line.drip(b" ")


def _dripping_redirect(line: Line) -> None:
    line.request()
    line.send(b"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 1000000\r\n\r\n")
    line.drip(b" ")


def _dripping_behind_tls(line: Line) -> None:
    line.encrypt()
    _endless_body(line)


@pytest.mark.parametrize(
    "script", [_silence, _dripping_headers, _dripping_body, _endless_body, _dripping_redirect]
)
def test_deadline_when_the_server_is_slow_then_it_ends_everything(
    send: Send, script: Script
) -> None:
    """One deadline for the whole request; bytes that drip do not extend it."""
    with serving(script) as server:
        reply = send(server.url + "/p", timeout_ms=SOON_MS)

    assert isinstance(reply, NoReply)
    assert reply.reason.startswith("no whole answer within the deadline")
    assert not reply.unsent


def test_deadline_when_the_server_drips_behind_tls_then_it_ends_everything(send: Send) -> None:
    """A body that seems to end where the deadline cut it is no answer."""
    with serving(_dripping_behind_tls) as server:
        reply = send(server.tls_url + "/p", timeout_ms=SOON_MS)

    assert isinstance(reply, NoReply)
    assert reply.reason.startswith("no whole answer within the deadline")
    assert not reply.unsent


def test_body_when_it_is_huge_then_it_is_no_answer(door: HttpDoor) -> None:
    """A body is bounded, plain or packed, and the next request is not harmed by the rest."""
    bomb = gzip.compress(b" " * 1_000_000)
    packed = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb)
    plain = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + b" " * 1_000_000
    for huge in (packed + bomb, plain):
        with serving(answering(huge, OK)) as server:
            url = server.url + "/p"
            reply = door.send("GET", url, headers={}, timeout_ms=5_000, body_limit_bytes=1_000)
            assert reply == NoReply("the answer is larger than 1000 bytes", unsent=False)
            # The spoiled connection is gone, so its script starts anew with the huge answer.
            assert len(server.requests) == 1
