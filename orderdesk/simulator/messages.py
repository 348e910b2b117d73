"""What comes in and what goes out, without a socket: `Call` and `Answer`.

The network fills in a `Call`, faults may bend it, a handler turns it into an `Answer`.
"""

import json
from dataclasses import dataclass, field
from urllib.parse import unquote

from orderdesk.simulator.engine.refusals import Refusal

# A refusal comes as HTTP 400: recorded live by the public "MEXC trading connector" spec,
# 2026-09-25.
REFUSED_STATUS = 400


@dataclass(slots=True, kw_only=True)
class Call:
    """One HTTP request. `query` and `body` are as sent: they are what was signed.

    `arrived_us` is when it was read off the socket, in microseconds since 1970; `now_ms` is the
    exchange's clock at the moment the request is judged, `hidden_ms` how long an
    order of this call stays out of queries. Once it is proven who asks, `account` is whose, and
    `closed_symbols` those that the key may not trade.
    """

    method: str
    path: str
    query: str = ""
    body: str = ""
    api_key: str | None = None
    content_type: str = ""
    peer: str | None = None
    fault_header: str = ""
    arrived_us: int = 0
    now_ms: int = 0
    clock_offset_ms: int = 0
    hidden_ms: int = 0
    account: str = ""
    closed_symbols: frozenset[str] = frozenset()
    params: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        """Read the parameters: the query's win over the body's; an empty one counts as absent.

        Source: MEXC spot v3 docs, "General API Information", Jan 2026.
        """
        pairs = _pairs(self.body) | _pairs(self.query)
        self.params = {name: value for name, value in pairs.items() if value}


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer; a dropped one is a closed connection instead.

    Its body takes `body_ms` to arrive; a cut one ends in the middle, with the connection.
    """

    status: int
    text: str
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()
    dropped: bool = False
    body_ms: int = 0
    cut: bool = False


DROPPED = Answer(0, "", dropped=True)


def json_answer(content: object, *, status: int = 200) -> Answer:
    """Answer with JSON, as compact as MEXC writes it."""
    return Answer(status, json.dumps(content, separators=(",", ":")))


def refused(refusal: Refusal) -> Answer:
    """Answer with MEXC's envelope for a no."""
    return envelope(refusal.code, refusal.message, status=REFUSED_STATUS)


def envelope(code: int, message: str, *, status: int) -> Answer:
    """Answer with MEXC's envelope for whatever went wrong."""
    return json_answer({"code": code, "msg": message, "_extend": None}, status=status)


def page(status: int, *, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """Answer with a page of HTML, as a firewall or a gateway before the exchange does."""
    text = f"<html><head><title>{status}</title></head><body>Access Denied</body></html>"
    return Answer(status, text, content_type="text/html", headers=headers)


def _pairs(text: str) -> dict[str, str]:
    # `+` stays a plus: MEXC wants a space as %20. Of a repeated name the first one counts.
    pairs: dict[str, str] = {}
    for part in text.split("&"):
        name, _, value = part.partition("=")
        pairs.setdefault(unquote(name), unquote(value))
    return pairs
