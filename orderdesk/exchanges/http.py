"""The one door to HTTP: a request goes out once, within one total deadline, or provably not at all.

No retries, no redirects, no cookies, no proxies from the environment unless asked, a bounded
body, and URLs sent byte for byte as they were signed. What an answer means is the venues' affair.
"""

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urlsplit

import requests
import urllib3
from requests.utils import DEFAULT_CA_BUNDLE_PATH, get_environ_proxies

from orderdesk import __version__
from orderdesk.exchanges.resolver import Resolver
from orderdesk.exchanges.tls import context
from orderdesk.exchanges.trip import HeldBack, Trip, TripAdapter
from orderdesk.exchanges.watchdog import Watchdog

BODY_LIMIT_BYTES = 8 * 1024 * 1024
"""MEXC's whole exchangeInfo is about 3 MB (1,500 and more markets, Oct 2026)."""

IDLE_LIMIT_MS = 30_000
"""A pooled connection that rested longer is not used again.

A server that closes an idle connection just as an order goes out leaves the order in doubt, so
we stay well below what servers wait. Precedents: nginx 75 s, AWS load balancers 60 s (2026).
"""

USER_AGENT = f"orderdesk/{__version__}"
"""Named, because MEXC's firewall answers default Python agents with 403 (seen in 2025-26)."""

_log = logging.getLogger(__name__)

_KEPT_HEADERS = ("content-type", "date", "retry-after")


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer; of the headers content-type, date and retry-after, in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class NoReply:
    """No whole answer. `unsent` is True only if provably no byte of the request left."""

    reason: str
    unsent: bool
    unreachable: bool = False
    """True if no connection could be made; only with `unsent`."""


class _Session(requests.Session):
    """A session that keeps nothing and follows nowhere."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    def get_redirect_target(
        self,
        resp: requests.Response,  # noqa: ARG002 - the signature is requests'
    ) -> str | None:
        # Even with allow_redirects=False requests would read a redirect's body, unbounded.
        return None


class HttpDoor:
    """One pooled session a process, shared by its threads; make it after a fork, not before.

    Args:
        pool_size: connections kept open a host; more are opened when needed, and then closed.
        use_environment_proxies: obey HTTP_PROXY and its kin. What breaks on a proxied way counts
            as unclear, for nobody knows what the proxy did.
        ca_file: certificate authorities to trust (PEM) instead of requests' own.
        idle_limit_ms: see `IDLE_LIMIT_MS`.
        resolver: finds addresses within the deadline.
    """

    def __init__(
        self,
        *,
        pool_size: int = 32,
        use_environment_proxies: bool = False,
        ca_file: str | None = None,
        idle_limit_ms: int = IDLE_LIMIT_MS,
        resolver: Resolver | None = None,
    ) -> None:
        self._proxied = use_environment_proxies
        self._idle_limit_s = idle_limit_ms / 1_000
        self._resolver = resolver or Resolver()
        self._watchdog = Watchdog()
        self._session = _Session()
        tls = context(ca_file or DEFAULT_CA_BUNDLE_PATH)
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, TripAdapter(pool_size=pool_size, tls=tls))

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        timeout_ms: int,
        send_by_ms: int | None = None,
        body_limit_bytes: int = BODY_LIMIT_BYTES,
    ) -> Reply | NoReply:
        """Send one request with an empty body, once, and read its whole answer.

        Args:
            method: GET, POST, DELETE.
            url: sent exactly so, or not at all.
            headers: beside User-Agent and Accept-Encoding.
            timeout_ms: for everything: name, connect, TLS, sending, answer, body.
            send_by_ms: on `time.monotonic` in ms; past it the first byte is not written.
            body_limit_bytes: a larger answer, once unpacked, is none.
        """
        try:
            request, target = _prepared(method, url, headers)
        except (requests.RequestException, ValueError) as error:
            # Its text holds the URL or the header, and with them what is secret.
            return NoReply(f"the request cannot be written ({_kind(error)})", unsent=True)
        trip = Trip(
            target=target,
            deadline_s=time.monotonic() + timeout_ms / 1_000,
            send_by_s=None if send_by_ms is None else send_by_ms / 1_000,
            idle_limit_s=self._idle_limit_s,
            watchdog=self._watchdog,
            resolver=self._resolver,
        )
        began_ns = time.monotonic_ns()
        with trip:
            answer = self._send(request, trip, body_limit_bytes)
        _tell(method, target, answer, took_ms=(time.monotonic_ns() - began_ns) // 1_000_000)
        return answer

    def close(self) -> None:
        """Close the pooled connections and end the door's thread."""
        self._session.close()
        self._watchdog.close()

    def _send(
        self, request: requests.PreparedRequest, trip: Trip, limit_bytes: int
    ) -> Reply | NoReply:
        proxies = get_environ_proxies(request.url or "") if self._proxied else {}
        try:
            with self._session.send(
                request,
                stream=True,
                allow_redirects=False,
                timeout=trip.left_s(),
                proxies=proxies,
            ) as response:
                body = response.raw.read(limit_bytes + 1, decode_content=True)
        except HeldBack as held_back:
            return NoReply(str(held_back), unsent=True)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            return _failed(error, trip)
        if trip.expired:
            # A body that ends where the deadline cut it is not whole, even if it looks so.
            return NoReply("no whole answer within the deadline", unsent=False)
        if len(body) > limit_bytes:
            return NoReply(f"the answer is larger than {limit_bytes} bytes", unsent=False)
        kept = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
        return Reply(response.status_code, kept, body)


def _tell(method: str, target: str, answer: Reply | NoReply, *, took_ms: int) -> None:
    """Log a request by its path alone: the query holds the signature, and the headers the key."""
    said = f"was answered {answer.status}" if isinstance(answer, Reply) else answer.reason
    path = target.partition("?")[0]
    # Questions come many times a second; what moves money is told always.
    level = logging.DEBUG if method == "GET" else logging.INFO
    _log.log(level, "%s %s: %s, after %d ms", method, path, said, took_ms)


def _prepared(
    method: str, url: str, headers: Mapping[str, str]
) -> tuple[requests.PreparedRequest, str]:
    """Return the request, and its target exactly as it was signed.

    Raises:
        ValueError, RequestException: URL or headers are none that can be written.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0:
        raise ValueError("no URL of ours")
    every = {"User-Agent": USER_AGENT, "Accept-Encoding": "gzip", **headers}
    if not all(value.isascii() and value.isprintable() for value in every.values()):
        raise ValueError("no header of ours")
    request = requests.Request(method, url, headers=every).prepare()
    # prepare() may have rewritten what was signed.
    request.url = url
    return request, f"{parts.path}?{parts.query}" if parts.query else parts.path


def _failed(error: Exception, trip: Trip) -> NoReply:
    kind = _kind(error)
    if trip.provably_unsent:
        return NoReply(f"no connection ({kind})", unsent=True, unreachable=True)
    if trip.expired:
        return NoReply(f"no whole answer within the deadline ({kind})", unsent=False)
    return NoReply(f"the connection broke ({kind})", unsent=False)


def _kind(error: BaseException) -> str:
    """Name what was at the bottom of it; never its text, which may hold the signed URL."""
    while (inner := error.__cause__ or error.__context__) is not None:
        error = inner
    return type(error).__name__
