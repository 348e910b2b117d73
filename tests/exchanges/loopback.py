"""A server of the test's own on 127.0.0.1: every connection runs a script, down to the byte."""

import contextlib
import functools
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

PEM = Path(__file__).with_name("loopback.pem")
"""A key and a certificate for 127.0.0.1 that sign themselves; they protect nothing."""

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


class Line:
    """One connection as the server sees it."""

    def __init__(self, sock: socket.socket, server: "Server") -> None:
        self.sock = sock
        self.server = server
        self._buffer = b""

    def request(self) -> bytes:
        """Read one request's head and note it; raise `EOFError` if the client is gone."""
        while b"\r\n\r\n" not in self._buffer:
            data = self.sock.recv(65_536)
            if not data:
                raise EOFError
            self._buffer += data
        head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        self.server.requests.append(head)
        return head

    def send(self, data: bytes) -> None:
        """Send all of it."""
        self.sock.sendall(data)

    def drip(self, data: bytes) -> None:
        """Send the same bytes again and again, slowly, until the client is gone."""
        while not self.server.stopped.wait(0.01):
            self.sock.sendall(data)

    def hold(self) -> None:
        """Say nothing until the client is gone or the server stops."""
        with contextlib.suppress(OSError):
            self.sock.recv(1)

    def reset(self) -> None:
        """Break the connection instead of closing it."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def encrypt(self) -> None:
        """Shake hands as a TLS server and go on encrypted."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(PEM)
        # A client that is gone already would leave a half-made socket behind.
        if not self.sock.recv(1, socket.MSG_PEEK):
            raise EOFError
        self.sock = context.wrap_socket(self.sock, server_side=True)
        # The plain socket is empty from now on.
        self.server.open.append(self.sock)


Script = Callable[[Line], None]


class Server:
    """Runs `script` for each connection in a thread of its own."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.requests: list[bytes] = []
        """The heads of the requests that arrived, in order."""
        self.connections = 0
        self.stopped = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.open: list[socket.socket] = []
        """Every connection, to be ended with the server."""
        self._threads: list[threading.Thread] = []

    @property
    def port(self) -> int:
        """The port it listens on."""
        port: int = self._listener.getsockname()[1]
        return port

    @property
    def url(self) -> str:
        """Its address without a path."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def tls_url(self) -> str:
        """The same for scripts that speak TLS."""
        return f"https://127.0.0.1:{self.port}"

    @property
    def targets(self) -> list[str]:
        """The second word of each request's first line."""
        return [head.split(b" ", 2)[1].decode() for head in self.requests]

    def accept(self) -> None:
        """Take connections until it is stopped."""
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self.open.append(sock)
            self._start(functools.partial(self._serve, sock))

    def start(self) -> None:
        """Begin to take connections."""
        self._start(self.accept)

    def stop(self) -> None:
        """End everything, and wait for it."""
        self.stopped.set()
        for sock in (self._listener, *self.open):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()
        for thread in self._threads:
            thread.join()

    def _start(self, run: Callable[[], None]) -> None:
        thread = threading.Thread(target=run, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _serve(self, sock: socket.socket) -> None:
        line = Line(sock, self)
        with contextlib.suppress(OSError, EOFError, ValueError):
            self.script(line)
        for each in (line.sock, sock):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()


@contextlib.contextmanager
def serving(script: Script) -> Iterator[Server]:
    """Run a server for the length of a `with` block."""
    server = Server(script)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def answering(*answers: bytes) -> Script:
    """Answer the requests of each connection in turn, then close it; the last answer repeats."""

    def script(line: Line) -> None:
        number = 0
        while True:
            line.request()
            line.send(answers[min(number, len(answers) - 1)])
            number += 1

    return script


def answer(
    status: str = "200 OK", body: bytes = b"{}", *, content_type: str = "application/json"
) -> bytes:
    """Write a whole answer."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}"
    return head.encode() + b"\r\n\r\n" + body


def closed_port() -> int:
    """Return a port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
