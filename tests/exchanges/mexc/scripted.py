"""A MEXC that answers from a script, without rules of its own, and a client of it."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from orderdesk.core.markets import Size
from orderdesk.core.orders import OrderType, Side
from orderdesk.core.tokens import Cost
from orderdesk.exchanges.http import HttpDoor
from orderdesk.exchanges.mexc.spot import MexcSpot
from orderdesk.ports import NewOrder
from tests.exchanges.loopback import Line, Server, answer, serving

KEY = "mx0testkey"
SECRET = "0123456789abcdef"
STAMP_MS = 1_800_000_000_000

ORDER = NewOrder(
    "BTCUSDT",
    "od1-abc",
    Size(Side.BUY, OrderType.LIMIT, Decimal("0.0010"), None, Decimal("5E+4")),
)
ROW: dict[str, Any] = {
    "symbol": "BTCUSDT",
    "orderId": "C02__1",
    "clientOrderId": "od1-abc",
    "price": "50000",
    "origQty": "0.001",
    "executedQty": "0",
    "cummulativeQuoteQty": "0",
    "status": "NEW",
    "type": "LIMIT",
    "side": "BUY",
    "time": STAMP_MS,
    "updateTime": None,
}
FILL: dict[str, Any] = {
    "symbol": "BTCUSDT",
    "id": "t1",
    "orderId": "C02__1",
    "price": "50000",
    "qty": "0.001",
    "quoteQty": "50",
    "commission": "0.025",
    "commissionAsset": "USDT",
    "time": STAMP_MS,
    "isBuyer": True,
    "isMaker": False,
    "clientOrderId": "od1-abc",
}


@dataclass
class Scripted:
    """The venue's script and what the client did, in order."""

    server: Server
    steps: list[str] = field(default_factory=list)
    """`pace <endpoint>`, `stamp` and `request <method> <path>`, in the order they happened."""
    costs: list[Cost] = field(default_factory=list)
    _answers: dict[str, bytes] = field(default_factory=dict)

    def says(self, endpoint: str, content: Any, status: str = "200 OK") -> None:
        """Answer an endpoint, like "GET /api/v3/order", with this from now on."""
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        kind = "text/html" if isinstance(content, bytes) else "application/json"
        self._answers[endpoint] = answer(status, body, content_type=kind)

    def refuses(self, endpoint: str, code: int) -> None:
        """Answer an endpoint with MEXC's envelope of a no."""
        self.says(endpoint, {"code": code, "msg": "no", "_extend": None}, "400 Bad Request")

    def serve(self, line: Line) -> None:
        """Answer by method and path; an endpoint without an answer loses it."""
        while True:
            method, target, _ = line.request().split(b"\r\n")[0].decode().split(" ")
            endpoint = f"{method} {target.partition('?')[0]}"
            self.steps.append(f"request {endpoint}")
            if endpoint not in self._answers:
                return
            line.send(self._answers[endpoint])

    def client(self, door: HttpDoor) -> MexcSpot:
        """Give a client that notes its steps."""

        def pace(cost: Cost) -> None:
            self.steps.append(f"pace {cost.name}")
            self.costs.append(cost)

        def stamp() -> int:
            self.steps.append("stamp")
            return STAMP_MS

        return MexcSpot(
            base_url=self.server.url + "/",
            api_key=KEY,
            api_secret=SECRET,
            door=door,
            pace=pace,
            stamp=stamp,
        )


@contextmanager
def scripted() -> Iterator[Scripted]:
    """Run a scripted venue for the length of a `with` block."""
    # The venue is made with the address of the server that it serves.
    with serving(lambda line: venue.serve(line)) as server:  # noqa: PLW0108 - see above
        venue = Scripted(server)
        yield venue


def query_of(head: bytes) -> dict[str, str]:
    """Return the parameters of a request, by name."""
    query = head.split(b" ")[1].decode().partition("?")[2]
    return dict(pair.split("=", 1) for pair in query.split("&")) if query else {}


def headers_of(head: bytes) -> dict[str, str]:
    """Return the headers of a request, names in lower case."""
    lines = head.decode().split("\r\n")[1:]
    return {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
    }


def is_signed(head: bytes) -> bool:
    """Check the signature by the book: the bytes in front of it, as they were sent."""
    text, _, signature = head.split(b" ")[1].partition(b"?")[2].partition(b"&signature=")
    return hmac.new(SECRET.encode(), text, hashlib.sha256).hexdigest().encode() == signature
