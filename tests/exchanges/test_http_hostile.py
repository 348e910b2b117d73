"""The door against the malformed: whatever is asked or answered, it gives a value, never breaks."""

import socket
import struct
import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderdesk.exchanges.http import HttpDoor, NoReply, Reply
from orderdesk.exchanges.resolver import Resolver
from tests.core.laws import law
from tests.exchanges.conftest import Send
from tests.exchanges.loopback import OK, Line, Server, answering, serving

SOON_MS = 200


# -- requests that cannot be written


@pytest.mark.parametrize("key", ["key\n", " key", "key\r\nX-Evil: 1", "schlüssel-€", "key\x00"])
def test_header_when_it_cannot_be_written_then_unsent_and_the_value_is_not_told(
    door: HttpDoor, key: str
) -> None:
    """A key with a stray letter is a setting gone wrong: no order leaves, no key is shown."""
    with serving(answering(OK)) as server:
        headers = {"X-MEXC-APIKEY": key}
        reply = door.send("POST", server.url + "/p", headers=headers, timeout_ms=5_000)
        assert server.requests == []

    assert isinstance(reply, NoReply)
    assert reply.unsent
    assert "key" not in reply.reason
    assert "schl" not in reply.reason


@pytest.mark.parametrize(
    "url",
    [
        "http://[::1/p?signature=abc",
        "http:///p?signature=abc",
        "p?signature=abc",
        "http://127.0.0.1:99999/p?signature=abc",
        "http://127.0.0.1:x/p?signature=abc",
        "http://.example/p?signature=abc",
        "ftp://127.0.0.1/p?signature=abc",
    ],
)
def test_url_when_it_is_none_then_unsent_and_it_is_not_told(send: Send, url: str) -> None:
    """A base URL that is wrong never takes the signature into an error with it."""
    reply = send(url)

    assert isinstance(reply, NoReply)
    assert reply.unsent
    assert "signature" not in reply.reason


# -- connections that break at the worst moment


def test_connection_when_reset_at_the_moment_of_reuse_then_it_is_unclear(send: Send) -> None:
    """The bytes may have been read: nothing on a reused connection counts as unsent."""
    reset = threading.Event()

    def resets_at_the_next_byte(line: Line) -> None:
        line.request()
        line.send(OK)
        line.sock.recv(1)
        line.reset()
        reset.set()

    with serving(resets_at_the_next_byte) as server:
        assert isinstance(send(server.url + "/first"), Reply)
        reply = send(server.url + "/second")
        assert reset.wait(5)
        assert server.connections == 1

    assert isinstance(reply, NoReply)
    assert not reply.unsent


def test_handshake_when_it_drips_then_it_ends_at_the_deadline_unsent(send: Send) -> None:
    """A TLS record that never ends keeps every single read busy, and still nobody waits for it."""

    def drips(line: Line) -> None:
        line.sock.recv(1)
        # A handshake record of 16,000 bytes, with a ServerHello that says it is as long.
        line.send(struct.pack(">BHH", 22, 0x0303, 16_000) + struct.pack(">B3s", 2, b"\x00\x3e\x7c"))
        line.drip(b"\x03")

    with serving(drips) as server:
        reply = send(server.tls_url + "/p", timeout_ms=SOON_MS)

    assert isinstance(reply, NoReply)
    assert reply.unsent


def test_server_when_it_accepts_and_never_reads_then_it_ends_at_the_deadline(send: Send) -> None:
    """A listener whose program hangs takes the connection and the bytes, and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as hung:
        reply = send(f"http://127.0.0.1:{hung.getsockname()[1]}/p", timeout_ms=SOON_MS)

    assert isinstance(reply, NoReply)
    assert not reply.unsent


def test_address_when_its_family_is_off_on_this_host_then_the_next_one_is_tried() -> None:
    """A host without IPv6 still reaches a venue that has it."""
    no_such_family = (socket.AF_MAX - 1 if hasattr(socket, "AF_MAX") else 45, socket.SOCK_STREAM)
    with serving(answering(OK)) as server:
        rows = [
            (*no_such_family, 0, "", ("::1", server.port)),
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", server.port)),
        ]
        door = HttpDoor(resolver=Resolver(lambda _host, _port: rows))
        reply = door.send("GET", f"http://api.example:{server.port}/p", headers={}, timeout_ms=5000)
        door.close()

    assert isinstance(reply, Reply)


# -- answers made of anything


class Parrot:
    """A server that answers every request with what it was given last, and closes."""

    def __init__(self) -> None:
        self.says = b""
        self.server: Server | None = None

    def script(self, line: Line) -> None:
        """Answer and go."""
        line.request()
        line.send(self.says)


@pytest.fixture(scope="module")
def parrot() -> Iterator[Parrot]:
    """Run one parrot for all examples."""
    parrot = Parrot()
    with serving(parrot.script) as server:
        parrot.server = server
        yield parrot


LINES = st.sampled_from(
    [
        b"HTTP/1.1 200 OK",
        b"HTTP/1.0 200",
        b"HTTP/9.9 99999 ?",
        b"HTTP/1.1 100 Continue",
        b"HTTP/1.1 204 No Content",
        b"HTTP/1.1 302 Found",
        b"Location: http://127.0.0.1:1/\xff",
        b"Content-Length: 5",
        b"Content-Length: -1",
        b"Content-Length: 5, 6",
        b"Content-Length: " + b"9" * 5_000,
        b"Transfer-Encoding: chunked",
        b"Content-Encoding: gzip",
        b"Content-Encoding: deflate, br, x",
        b"Set-Cookie: \xff=\xfe; expires=never",
        b"Retry-After: \xff",
        b" folded",
        b": no name",
        b"X" * 70_000,
        b"",
        b"5",
        b"ffffffffffffffff",
        b"hello",
        b"\x1f\x8b\x08\x00",
    ]
)
ANSWERS = st.lists(LINES | st.binary(max_size=20), max_size=8).map(b"\r\n".join)


@law
@given(ANSWERS)
def test_answer_when_it_is_anything_then_it_is_a_reply_or_unclear(
    parrot: Parrot, says: bytes
) -> None:
    """The request was read, so it is never unsent; and no answer breaks the door."""
    assert parrot.server is not None
    parrot.says = says
    door = HttpDoor()
    reply = door.send("GET", parrot.server.url + "/p", headers={}, timeout_ms=1_000)
    door.close()

    assert isinstance(reply, Reply) or not reply.unsent
