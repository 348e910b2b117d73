"""How the text of one environment variable becomes a value.

Each function returns the value or raises ValueError, with a reason only where the rule in
`settings_table.py` does not say enough; none repeats the text, which may be a secret.
Rules over several values are not here but in `settings.py`.
"""

import ipaddress
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from pydantic import SecretStr

from orderdesk.core.markets import normalise_symbol
from orderdesk.core.risk.limits import Layer, read_scoped


class Mode(StrEnum):
    """What the desk talks to: its simulator on this host, or the exchange."""

    TEST = "TEST"
    LIVE = "LIVE"


def one_of(words: Mapping[str, object]) -> Callable[[str], object]:
    """Read one of these words, whatever its case."""

    def read(text: str) -> object:
        if text.upper() not in words:
            raise ValueError
        return words[text.upper()]

    return read


yes_or_no = one_of(
    {"1": True, "TRUE": True, "YES": True, "ON": True}
    | {"0": False, "FALSE": False, "NO": False, "OFF": False}
)
"""Read a switch in any of its usual spellings."""


def whole(low: int, high: int) -> Callable[[str], int]:
    """Read a whole number between two others, both included."""

    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text) or not low <= int(text) <= high:
            raise ValueError
        return int(text)

    return read


def port_or_none(text: str) -> int | None:
    """Read a port, or `none`."""
    return None if text.lower() == "none" else whole(1, 65_535)(text)


def matching(pattern: str) -> Callable[[str], str]:
    """Read a text that matches the whole pattern."""

    def read(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError
        return text

    return read


def share(text: str) -> Fraction:
    """Read a number above 0 and at most 1, exactly."""
    if not re.fullmatch(r"[0-9](\.[0-9]{1,6})?", text) or not 0 < Fraction(text) <= 1:
        raise ValueError
    return Fraction(text)


def limit(text: str) -> Decimal | None:
    """Read an amount above 0, or `none`."""
    if text.lower() == "none":
        return None
    if not re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,18})?", text) or not Decimal(text):
        raise ValueError
    return Decimal(text)


POLICY = "policy"
"""Stands for the number of the risk policy."""


def limit_or_policy(text: str) -> Decimal | str | None:
    """Read an amount above 0, `none`, or `policy`."""
    return POLICY if text.lower() == POLICY else limit(text)


def whole_limit(text: str) -> int | None:
    """Read a whole number above 0, or `none`."""
    return None if text.lower() == "none" else whole(1, 999_999_999)(text)


def symbols(text: str) -> frozenset[str] | None:
    """Read symbols with commas between, or `none` for all."""
    if text.lower() == "none":
        return None
    return frozenset(normalise_symbol(part) for part in text.split(",") if part.strip())


def scoped_limits(text: str) -> Mapping[tuple[str, str], Layer]:
    """Read limits of single accounts and symbols, or `none`."""
    return {} if text.lower() == "none" else read_scoped(text)


def operators(text: str) -> Mapping[str, str]:
    """Read who may steer and the hash of each one's token, or `none`."""
    if text.lower() == "none":
        return {}
    pairs = [re.fullmatch(r"([a-z0-9._-]{1,32}):([0-9a-f]{64})", part) for part in text.split(",")]
    if not all(pairs):
        raise ValueError
    return {pair[1]: pair[2] for pair in pairs if pair}


def secret_or_none(text: str) -> SecretStr:
    """Read a credential that need not be there."""
    return SecretStr("") if text.lower() == "none" else secret(text)


def secret(text: str) -> SecretStr:
    """Read a credential; it goes into HTTP headers, so it is printable ASCII."""
    if not re.fullmatch(r"[!-~]+", text):
        raise ValueError
    return SecretStr(text)


def home(text: str) -> Path:
    """Read a path, relative to where the process was started."""
    try:
        return Path.cwd() / Path(text).expanduser()
    except RuntimeError:
        raise ValueError("the ~ in it names nobody this host knows") from None


def base_url(text: str) -> str:
    """Read the URL of a spot API: a host and nothing more, encrypted unless on loopback."""
    # Stricter than a URL parser, because two parsers may disagree on the host of an odd URL.
    match = re.fullmatch(r"https?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(:[0-9]{1,5})?/?", text)
    if match is None or urlsplit(text).port == 0:
        raise ValueError("it has no path, user or query")
    if match[1].lower() == "contract.mexc.com":
        # MEXC contract docs, Jan 2026: the futures host; /api/v3 is served by api.mexc.com.
        raise ValueError("that is MEXC's futures host; spot orders go to https://api.mexc.com")
    if text.startswith("http:") and not (is_loopback(text) or is_bare(match[1])):
        raise ValueError(WITHOUT_TLS)
    return text.rstrip("/")


WITHOUT_TLS = "without TLS anybody on the way reads and changes the orders"


def near_host(text: str) -> str:
    """Read the name of a host that nobody reaches from outside: loopback, or a bare name."""
    if not (is_bare(text) or is_loopback(f"//{text}")):
        raise ValueError
    return text


def is_bare(host: str) -> bool:
    """Tell whether a host's name has no dot: only a private network knows it, as compose's does."""
    return re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]{0,62}", host) is not None and not host.isdecimal()


def is_loopback(url: str) -> bool:
    """Tell whether a URL stays on this host."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def redis_url(text: str) -> str:
    """Read the URL of a Redis server; only the forms that redis-py and kombu both know."""
    parts = _server(text)
    if parts.scheme not in ("redis", "rediss") or not parts.hostname or parts.query:
        raise ValueError
    if not re.fullmatch(r"/?|/[0-9]{1,4}", parts.path):
        raise ValueError("what follows the host is the number of a database")
    return text


def broker(text: str) -> str:
    """Read where Celery's messages are: `redis`, or the URL of RabbitMQ."""
    if text == "redis":
        return text
    parts = _server(text)
    if parts.scheme not in ("amqp", "amqps") or not parts.hostname or parts.query:
        raise ValueError
    return text


def database_url(text: str) -> str:
    """Read the ledger's URL; a relative SQLite file becomes absolute.

    So a worker that is started elsewhere opens the same ledger.
    """
    scheme, _, rest = text.partition("://")
    kind = scheme.partition("+")[0]
    if kind == "postgresql" and _server(text).hostname:
        return text
    if kind != "sqlite" or not rest.startswith("/"):
        raise ValueError
    path, mark, query = rest.removeprefix("/").partition("?")
    if path in ("", ":memory:") or path.startswith("file:"):
        raise ValueError("a ledger in memory would forget its orders")
    return f"{scheme}:///{Path(in_url(Path.cwd())) / path}{mark}{query}"


def in_url(value: object) -> str:
    """Write a value so that it can stand in a URL: SQLAlchemy decodes % and ends a path at ?."""
    return str(value).replace("%", "%25").replace("?", "%3F")


def _server(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        usable = parts.port != 0 and "@" not in parts.path + parts.query + parts.fragment
    except ValueError:  # its text is not passed on: it may quote a part of the password
        usable = False
    if not usable:
        raise ValueError("a port is 1 to 65535, special characters in a password are %-encoded")
    return parts
