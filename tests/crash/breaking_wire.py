"""A wire to Redis that breaks in ways a server never does: half-open, or deaf in one direction."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_BYTES = 65_536


class BreakingWire:
    """Passes TCP connections on to a port of this host, as long as it is whole."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._whole = threading.Event()
        self._whole.set()
        self._swallow: list[bytes] = []
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """Redis, as seen over this wire."""
        return f"redis://127.0.0.1:{self.port}/0"

    def swallow_reply_to(self, command: bytes) -> None:
        """Let the next request with this command pass, and its reply vanish with the connection."""
        with self._lock:
            self._swallow.append(command)

    @contextmanager
    def half_open(self) -> Iterator[None]:
        """Let everything vanish, and nobody hear of it; what was connected then stays dead."""
        self._whole.clear()
        with self._lock:
            dead = set(self._pairs)
        try:
            yield
        finally:
            for pair in dead:
                self._cut(pair)
            self._whole.set()

    def close(self) -> None:
        """Cut everything."""
        self._listener.close()
        with self._lock:
            pairs = set(self._pairs)
        for pair in pairs:
            self._cut(pair)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self._target), 2)
            except OSError:
                near.close()
                continue
            pair = near, far
            with self._lock:
                self._pairs.add(pair)
            doomed = threading.Event()
            for source, sink, requests in ((near, far, True), (far, near, False)):
                pump = threading.Thread(
                    target=self._pump,
                    args=(source, sink, pair),
                    kwargs={"requests": requests, "doomed": doomed},
                    daemon=True,
                )
                pump.start()

    def _pump(
        self,
        source: socket.socket,
        sink: socket.socket,
        pair: tuple[socket.socket, socket.socket],
        *,
        requests: bool,
        doomed: threading.Event,
    ) -> None:
        with suppress(OSError):
            while data := source.recv(_BYTES):
                if not self._whole.is_set():
                    continue
                if requests and self._swallows(data):
                    doomed.set()
                elif not requests and doomed.is_set():
                    break
                sink.sendall(data)
        self._cut(pair)

    def _swallows(self, data: bytes) -> bool:
        with self._lock:
            for command in self._swallow:
                if command in data:
                    self._swallow.remove(command)
                    return True
        return False

    def _cut(self, pair: tuple[socket.socket, socket.socket]) -> None:
        with self._lock:
            self._pairs.discard(pair)
        for end in pair:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
