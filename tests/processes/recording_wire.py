"""A wire between the desk and the exchange that keeps what went over it: what was really sent."""

import re
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

_LOOK_BYTES = 65_536


class RecordingWire(socketserver.ThreadingTCPServer):
    """Passes bytes on both ways; keeps those towards the exchange."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, target: tuple[str, int]) -> None:
        super().__init__(("127.0.0.1", 0), _Passing)
        self.target = target
        self.sent = bytearray()
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        """Where the desk finds the exchange."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def found(self, pattern: bytes) -> set[str]:
        """Return what the first group of a pattern matched in what was sent."""
        with self.lock:
            return {match.decode() for match in re.findall(pattern, bytes(self.sent))}


class _Passing(socketserver.BaseRequestHandler):
    server: RecordingWire

    def handle(self) -> None:
        with socket.create_connection(self.server.target) as exchange:
            back = threading.Thread(target=_pass_on, args=[exchange, self.request], daemon=True)
            back.start()
            _pass_on(self.request, exchange, self.server)
            back.join(5)


def _pass_on(
    source: socket.socket, target: socket.socket, kept: RecordingWire | None = None
) -> None:
    with suppress(OSError):  # either side may go at any time, which is their affair
        while piece := source.recv(_LOOK_BYTES):
            if kept is not None:
                with kept.lock:
                    kept.sent += piece
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)


@contextmanager
def recording_wire(base_url: str) -> Iterator[RecordingWire]:
    """Lay a wire to an exchange for the length of a `with` block."""
    parts = urlsplit(base_url)
    assert parts.hostname is not None
    assert parts.port is not None
    with RecordingWire((parts.hostname, parts.port)) as wire:
        thread = threading.Thread(target=wire.serve_forever, args=[0.05], daemon=True)
        thread.start()
        yield wire
        wire.shutdown()
