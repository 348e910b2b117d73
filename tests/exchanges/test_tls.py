"""TLS: servers prove themselves, and a connection that is gone gets no handshake."""

import contextlib
import socket
import ssl

import pytest
from requests.utils import DEFAULT_CA_BUNDLE_PATH

from orderdesk.exchanges.tls import context
from tests.exchanges.loopback import PEM, Line, serving


def _greets(line: Line) -> None:
    line.encrypt()
    line.send(b"hello")
    line.hold()


def test_context_when_the_server_is_trusted_then_it_speaks() -> None:
    """Who is signed by a trusted authority is believed."""
    with (
        serving(_greets) as server,
        socket.create_connection(("127.0.0.1", server.port), timeout=5) as plain,
        context(str(PEM)).wrap_socket(plain, server_hostname="127.0.0.1") as line,
    ):
        assert line.recv(5) == b"hello"


@pytest.mark.parametrize(
    ("ca_file", "name"),
    [(DEFAULT_CA_BUNDLE_PATH, "127.0.0.1"), (str(PEM), "api.mexc.com")],
    ids=["strange", "name"],
)
def test_context_when_the_server_cannot_prove_itself_then_no_handshake(
    ca_file: str, name: str
) -> None:
    """A strange authority or another name is nobody to send orders to."""
    with (
        serving(_greets) as server,
        socket.create_connection(("127.0.0.1", server.port), timeout=5) as plain,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        context(ca_file).wrap_socket(plain, server_hostname=name)


def test_context_when_made_then_old_protocols_are_off() -> None:
    """TLS 1.2 is the least."""
    made = context(DEFAULT_CA_BUNDLE_PATH)
    assert made.minimum_version == ssl.TLSVersion.TLSv1_2
    assert made.verify_mode == ssl.CERT_REQUIRED
    assert made.check_hostname


def test_socket_when_its_connection_is_gone_then_it_fails_and_is_closed() -> None:
    """No TLS socket without TLS, and none left behind: warnings are errors here."""

    def resets(line: Line) -> None:
        line.sock.recv(1)
        line.reset()

    with serving(resets) as server:
        plain = socket.create_connection(("127.0.0.1", server.port), timeout=5)
        plain.sendall(b"x")
        with contextlib.suppress(ConnectionResetError):
            plain.recv(1)
        with pytest.raises(ConnectionAbortedError):
            context(str(PEM)).wrap_socket(plain, server_hostname="127.0.0.1")
