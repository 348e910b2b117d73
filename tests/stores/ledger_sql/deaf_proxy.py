"""A way to PostgreSQL that loses an answer: what was asked is done, and nobody hears of it."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class DeafProxy:
    """Passes everything on, until it is told to lose the answer to a word."""

    def __init__(self, port: int) -> None:
        self.port_behind = port
        self._word: bytes | None = None
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def lose_answer_to(self, word: bytes) -> None:
        """Cut the next connection that says this, once the server has answered it."""
        self._word = word

    def close(self) -> None:
        """Take no further connection."""
        self._listener.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self.port_behind))
                cut = threading.Event()
                for one, other in ((client, server), (server, client)):
                    words = (one, other, cut, one is client)
                    threading.Thread(target=self._pass_on, args=words, daemon=True).start()

    def _pass_on(
        self, one: socket.socket, other: socket.socket, cut: threading.Event, asks: bool
    ) -> None:
        with suppress(OSError), one, other:
            while said := one.recv(65_536):
                if asks and self._word is not None and self._word in said:
                    self._word = None
                    cut.set()
                elif not asks and cut.is_set():
                    break
                other.sendall(said)
            for end in (one, other):
                end.shutdown(socket.SHUT_RDWR)


@contextmanager
def deaf_proxy(port: int) -> Iterator[DeafProxy]:
    """Run a proxy to a port of this host."""
    proxy = DeafProxy(port)
    try:
        yield proxy
    finally:
        proxy.close()
