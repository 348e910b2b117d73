"""One thread that ends connections at their deadline, whatever they are waiting for.

Timeouts of sockets count each read anew, so a server that drips bytes never meets them;
a socket that is shut down ends every read at once. Nothing of HTTP belongs here.
"""

import contextlib
import heapq
import itertools
import os
import socket
import threading
import time


class Watch:
    """One connection under watch; `fired` tells whether its deadline came first.

    It is held by a descriptor of its own: a TLS handshake takes the plain socket away from
    under us, and a shutdown through any descriptor ends the connection all the same.
    """

    def __init__(self, sock: socket.socket) -> None:
        self.sock: socket.socket | None = socket.socket(fileno=os.dup(sock.fileno()))
        self.fired = False


class Watchdog:
    """Shuts sockets down at their deadlines (seconds of `time.monotonic`).

    Its thread starts with the first watch, and again in a process that was forked off.
    """

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Watch]] = []
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closed = False

    def watch(self, sock: socket.socket, deadline_s: float) -> Watch:
        """Watch a socket until its deadline or until it is let go."""
        watch = Watch(sock)
        with self._changed:
            heapq.heappush(self._heap, (deadline_s, next(self._numbers), watch))
            if self._thread is None or self._closed or not self._thread.is_alive():
                self._closed = False
                self._thread = threading.Thread(
                    target=self._run, name="http-deadlines", daemon=True
                )
                self._thread.start()
            elif self._heap[0][2] is watch:
                self._changed.notify()
        return watch

    def let_go(self, watch: Watch) -> None:
        """Stop watching; after this returns the socket is never touched."""
        with self._changed:
            _close(watch)

    def close(self) -> None:
        """End the thread; what is still watched is let go."""
        with self._changed:
            self._closed = True
            for _, _, watch in self._heap:
                _close(watch)
            self._heap.clear()
            self._changed.notify()

    def _run(self) -> None:
        with self._changed:
            while not self._closed:
                if not self._heap:
                    self._changed.wait()
                    continue
                deadline_s, _, watch = self._heap[0]
                left_s = deadline_s - time.monotonic()
                if watch.sock is not None and left_s > 0:
                    self._changed.wait(left_s)
                    continue
                heapq.heappop(self._heap)
                _fire(watch)


def _fire(watch: Watch) -> None:
    if watch.sock is None:
        return
    watch.fired = True
    # A connection that is already gone is what we want.
    with contextlib.suppress(OSError):
        watch.sock.shutdown(socket.SHUT_RDWR)
    _close(watch)


def _close(watch: Watch) -> None:
    if watch.sock is not None:
        watch.sock.close()
        watch.sock = None
