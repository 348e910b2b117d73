"""What stands before every route: a pace, a bound on size, and headers that tell browsers no.

Plain ASGI, because a wrapper of whole responses would hold a stream back.
"""

from collections.abc import Iterable

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from orderdesk.control.http.told import no

MOST_BYTES = 65_536
"""An order with 50 candles has about 6,000."""

PROBES = ("/health",)
"""Asked by supervisors, which must not be told that the desk is ill because others ask much."""

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'"
)

HEADERS: Iterable[tuple[str, str]] = (
    ("Content-Security-Policy", _POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
)


class Shielded:
    """Put the headers on every answer; what names no way to cache it is not to be kept."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""

        async def shielded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS:
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, shielded)


class Paced:
    """Let one address make so many requests a minute, and tell it to wait otherwise."""

    def __init__(self, app: ASGIApp, *, per_min: int) -> None:
        self._app = app
        self._limit = RateLimitItemPerMinute(per_min)
        self._window = MovingWindowRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer 429."""
        if scope["type"] != "http" or scope["path"] in PROBES or self._admits(scope):
            await self._app(scope, receive, send)
            return
        text = f"more than {self._limit.amount} requests a minute (ORDERDESK_HTTP_PER_MIN): wait"
        await no(429, text, retry_after_ms=1_000)(scope, receive, send)

    def _admits(self, scope: Scope) -> bool:
        # Not by X-Forwarded-For: anybody can write that.
        address = scope["client"][0] if scope.get("client") else "unknown"
        return self._window.hit(self._limit, address)


class Bounded:
    """Refuse bodies that are larger than any order, whether they say so or not."""

    def __init__(self, app: ASGIApp, *, most_bytes: int = MOST_BYTES) -> None:
        self._app = app
        self._most_bytes = most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, counting."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "0")
        if declared.isdecimal() and int(declared) > self._most_bytes:
            await no(413, self._too_large())(scope, receive, send)
            return
        await self._app(scope, self._counted(receive), send)

    def _counted(self, receive: Receive) -> Receive:
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._most_bytes:
                raise HTTPException(413, self._too_large())
            return message

        return counted

    def _too_large(self) -> str:
        return f"a body may have at most {self._most_bytes} bytes"
