"""Names to addresses within a bounded time; nothing can interrupt getaddrinfo itself."""

import contextlib
import socket
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any

Address = tuple[Any, ...]
"""A row of `socket.getaddrinfo`: family, type, protocol, canonical name, socket address."""

LookUp = Callable[[str, int], Sequence[Address]]


def system_look_up(host: str, port: int) -> Sequence[Address]:
    """Ask the system's resolver, which may take as long as it likes."""
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)


class Resolver:
    """Looks each name up in a daemon thread of its own, one at a time.

    Whoever asks meanwhile joins the look-up that runs, so that a resolver that hangs costs one
    thread a name and not one a request. Nothing is cached: keep-alive makes look-ups rare.
    """

    def __init__(self, look_up: LookUp = system_look_up) -> None:
        self._look_up = look_up
        self._lock = threading.Lock()
        self._running: dict[tuple[str, int], Future[Sequence[Address]]] = {}

    def addresses(self, host: str, port: int, *, timeout_s: float) -> Sequence[Address]:
        """Return the addresses of a host, at least one.

        Raises:
            TimeoutError: none came in time; it is an OSError too.
            OSError: there are none.
        """
        with contextlib.suppress(OSError, UnicodeError):
            numeric = socket.AI_NUMERICHOST
            return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=numeric)
        found = self._join(host, port).result(timeout_s)
        if not found:
            raise OSError(f"{host} has no address")
        return found

    def _join(self, host: str, port: int) -> Future[Sequence[Address]]:
        name = (host, port)
        with self._lock:
            if name not in self._running:
                self._running[name] = Future()
                threading.Thread(
                    target=self._run, args=name, name="http-resolve", daemon=True
                ).start()
            return self._running[name]

    def _run(self, host: str, port: int) -> None:
        found: Sequence[Address] = ()
        failure: OSError | None = None
        try:
            found = self._look_up(host, port)
        except (OSError, UnicodeError) as error:
            # A label that no name may have is a UnicodeError.
            failure = error if isinstance(error, OSError) else OSError("not a host name")
        with self._lock:
            future = self._running.pop((host, port))
        if failure is None:
            future.set_result(found)
        else:
            future.set_exception(failure)
