"""One request's way over the wire, phase by phase: what has provably not left this host.

It leans on urllib3 2.x and requests 2.32 and later, at these points, each held by a test that
says when it breaks:

* `HTTPConnection._new_conn` (private) makes every new socket, for TLS too;
* `HTTPConnection.send` (public) writes every byte of a request and of a proxy's CONNECT;
* `HTTPConnection.putrequest` (public) is given the target exactly as it will be written;
* `HTTPConnection.is_connected` (public) is asked before a pooled connection is used again;
* `PoolManager.pool_classes_by_scheme` and `HTTPAdapter.{init_poolmanager,proxy_manager_for}`
  (documented for subclasses) choose the connections, `HTTPAdapter.cert_verify` their authorities.

Nothing of any venue belongs here, and nothing of what an answer means.
"""

import logging
import socket
import ssl
import threading
import time
from typing import Any, Self

from requests.adapters import HTTPAdapter
from urllib3 import PoolManager, Retry
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError

from orderdesk.exchanges.resolver import Address, Resolver
from orderdesk.exchanges.watchdog import Watch, Watchdog

_here = threading.local()


class HeldBack(Exception):
    """Nothing of the request was written, by our own decision: `(reason)`.

    Not an OSError, so that neither urllib3 nor requests catches it.
    """


class Trip:
    """One request of this thread, from the call to the last byte of its answer.

    Args:
        target: path and query exactly as signed.
        deadline_s: when everything must be over, on `time.monotonic`.
        send_by_s: past it the first byte is not written; same clock.
        idle_limit_s: a pooled connection that rested longer is not used again.
        watchdog: ends the socket at the deadline.
        resolver: finds addresses.
    """

    def __init__(
        self,
        *,
        target: str,
        deadline_s: float,
        send_by_s: float | None,
        idle_limit_s: float,
        watchdog: Watchdog,
        resolver: Resolver,
    ) -> None:
        self.target = target
        self.deadline_s = deadline_s
        self.send_by_s = send_by_s
        self.idle_limit_s = idle_limit_s
        self.resolver = resolver
        self.fresh = False
        """True once this request has begun a connection of its own."""
        self.begun = False
        """True once its first byte may have left."""
        self.proxied = False
        """True if a proxy stands between; what that one did nobody knows."""
        self._watchdog = watchdog
        self._watch: Watch | None = None

    def __enter__(self) -> Self:
        _here.trip = self
        return self

    def __exit__(self, *_: object) -> None:
        _here.trip = None
        self._let_go()

    @property
    def provably_unsent(self) -> bool:
        """True if a connection of its own, to the venue itself, failed before its first byte."""
        return self.fresh and not self.begun and not self.proxied

    @property
    def expired(self) -> bool:
        """True if the deadline ended it, or passed before its last byte was read."""
        fired = self._watch is not None and self._watch.fired
        return fired or time.monotonic() >= self.deadline_s

    def left_s(self) -> float:
        """Return the time left, at least a millisecond, for timeouts that take no zero."""
        return max(0.001, self.deadline_s - time.monotonic())

    def watch(self, sock: socket.socket) -> None:
        """Put a socket under the deadline."""
        self._let_go()
        self._watch = self._watchdog.watch(sock, self.deadline_s)

    def before_bytes(self, sock: socket.socket) -> None:
        """Let the next bytes go, or raise `HeldBack`; from the first one on it has begun."""
        if self.begun:
            return
        if self._watch is None:
            self.watch(sock)
        now_s = time.monotonic()
        if self.send_by_s is not None and now_s > self.send_by_s:
            raise HeldBack("it was too late to send")
        if now_s >= self.deadline_s:
            raise HeldBack("the deadline passed before anything was sent")
        self.begun = True

    def _let_go(self) -> None:
        if self._watch is not None:
            self._watchdog.let_go(self._watch)


def _trip() -> Trip:
    trip: Trip | None = getattr(_here, "trip", None)
    if trip is None:
        raise RuntimeError("bytes were about to leave outside of HttpDoor.send")
    return trip


class _Http(HTTPConnection):
    """urllib3's connection, telling the trip what happens."""

    _used_s = 0.0

    @property
    def is_connected(self) -> bool:
        rested_s = time.monotonic() - self._used_s
        return rested_s < _trip().idle_limit_s and super().is_connected

    def _new_conn(self) -> socket.socket:
        trip = _trip()
        trip.fresh = True
        trip.proxied = self.proxy is not None
        sock = _connected(self, trip)
        trip.watch(sock)
        return sock

    def putrequest(self, method: str, url: str, *flags: Any, **named: Any) -> None:
        trip = _trip()
        # Through a forwarding proxy the target is the whole URL.
        written = url if url.startswith("/") else "/" + url.split("/", 3)[-1]
        if written != trip.target:
            raise HeldBack("the URL would not have been written as it was signed")
        super().putrequest(method, url, *flags, **named)

    def send(self, data: Any) -> None:
        if self.sock is None:
            # http.client would do this inside `send`, after the check below.
            self.connect()
        trip = _trip()
        to_the_proxy_itself = self.proxy is not None and bytes(data[:8]) == b"CONNECT "
        if not to_the_proxy_itself:
            trip.before_bytes(self.sock)
        self._used_s = time.monotonic()
        super().send(data)


class _Https(_Http, HTTPSConnection):
    """The same over TLS: the handshake is part of `connect`, before the first byte."""


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _Http


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _Https


def _connected(connection: HTTPConnection, trip: Trip) -> socket.socket:
    """Resolve and connect within the trip's time, trying each address in turn."""
    port = connection.port or connection.default_port
    try:
        addresses = trip.resolver.addresses(connection.host, port, timeout_s=trip.left_s())
    except OSError as error:
        raise NewConnectionError(connection, "the host has no address") from error
    failure: OSError | None = None
    for place, address in enumerate(addresses):
        try:
            # A share each, or one address that drops everything would eat the others' time.
            sock = _connected_to(address, trip.left_s() / (len(addresses) - place))
        except OSError as error:
            failure = error
        else:
            sock.settimeout(trip.left_s())
            return sock
    raise NewConnectionError(connection, "no address took the connection") from failure


def _connected_to(row: Address, timeout_s: float) -> socket.socket:
    family, kind, protocol, _, address = row
    # This fails too, where a family of addresses is off on this host.
    sock = socket.socket(family, kind, protocol)
    try:
        sock.settimeout(timeout_s)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.connect(address)
    except OSError:
        sock.close()
        raise
    return sock


class TripAdapter(HTTPAdapter):
    """requests' adapter over connections that report their phases; it never retries."""

    def __init__(self, *, pool_size: int, tls: ssl.SSLContext) -> None:
        # The pools are built inside `super().__init__`.
        self._tls = tls
        never = Retry(0, read=False, redirect=False, respect_retry_after_header=False)
        super().__init__(pool_connections=4, pool_maxsize=pool_size, max_retries=never)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Build the pools with our connections and our TLS."""
        super().init_poolmanager(*args, ssl_context=self._tls, **options)
        _with_our_connections(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        """Build a proxy's pools with our connections and our TLS."""
        manager = super().proxy_manager_for(proxy, ssl_context=self._tls, **options)
        return _with_our_connections(manager)

    def cert_verify(self, *_: Any, **__: Any) -> None:
        """Leave the proving of servers to the context, which knows its authorities already."""


def _with_our_connections(manager: PoolManager) -> PoolManager:
    manager.pool_classes_by_scheme = {"http": _HttpPool, "https": _HttpsPool}
    return manager


def _without_query(record: logging.LogRecord) -> bool:
    """Cut queries out of urllib3's own log lines: they hold signatures."""
    if isinstance(record.args, tuple):
        record.args = tuple(
            arg.partition("?")[0] + "?…" if isinstance(arg, str) and "?" in arg else arg
            for arg in record.args
        )
    return True


for _name in ("urllib3.connectionpool", "urllib3.connection"):
    logging.getLogger(_name).addFilter(_without_query)
