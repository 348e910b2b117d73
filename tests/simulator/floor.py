"""Two ways to trade in tests: `Floor` in this process with a clock of its own, `Trader` by HTTP.

Both sign with a line of their own: nothing here is the simulator's or the desk's.
"""

import hashlib
import hmac
import http.client
import json
import time
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orderdesk.simulator.messages import Call
from orderdesk.simulator.venue import Venue
from orderdesk.simulator.wire.routes import answer

KEY, SECRET = "paper-key", "paper-secret"
START_MS = 1_795_000_000_000


def signature(secret: str, text: str) -> str:
    """Sign as the book says."""
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def query_of(params: dict[str, object]) -> str:
    """Write plain parameters as a query."""
    return "&".join(f"{name}={value}" for name, value in params.items())


@dataclass
class Floor:
    """A venue in this process; time passes only when a test lets it."""

    home: Path | None = None
    seed: int = 1
    now_ms: int = START_MS
    api_key: str = KEY
    secret: str = SECRET
    venue: Venue = field(init=False)

    def __post_init__(self) -> None:
        """Open the venue."""
        self.venue = Venue(seed=self.seed, home=self.home, clock=lambda: self.now_ms)

    def of_key(self, api_key: str, secret: str) -> "Floor":
        """Give the same venue to trade at with another key; its stamps stand still from now on."""
        other = copy(self)
        other.api_key, other.secret = api_key, secret
        return other

    def public(self, path: str, **params: object) -> Any:
        """Call without a signature; give the JSON."""
        call = Call(method="GET", path=f"/api/v3/{path}", query=query_of(params))
        return json.loads(answer(self.venue, call).text)

    def signed_call(self, method: str, path: str, **params: object) -> Call:
        """Make a signed call, stamped now unless a timestamp is given."""
        query = query_of({"timestamp": self.now_ms, **params})
        return Call(
            method=method,
            path=f"/api/v3/{path}",
            query=f"{query}&signature={signature(self.secret, query)}",
            api_key=self.api_key,
            content_type="application/json",
        )

    def send(self, method: str, path: str, **params: object) -> tuple[int, Any]:
        """Call with a signature; give status and JSON."""
        outcome = answer(self.venue, self.signed_call(method, path, **params))
        return outcome.status, json.loads(outcome.text)

    def signed(self, method: str, path: str, **params: object) -> Any:
        """Call with a signature; give the JSON."""
        return self.send(method, path, **params)[1]

    def code(self, method: str, path: str, **params: object) -> int:
        """Call with a signature and expect a refusal; give MEXC's code."""
        status, content = self.send(method, path, **params)
        assert status == 400, content
        assert set(content) == {"code", "msg", "_extend"}
        code: int = content["code"]
        return code

    def rest(self, price: str = "59000", quantity: str = "0.01", **params: object) -> str:
        """Place a LIMIT buy of BTC that rests; give its id."""
        order: dict[str, str] = self.signed(
            "POST",
            "order",
            **{
                "symbol": "BTCUSDT",
                "side": "BUY",
                "type": "LIMIT",
                "quantity": quantity,
                "price": price,
                **params,
            },
        )
        return order["orderId"]

    def order(self, order_id: str, symbol: str = "BTCUSDT") -> Any:
        """Ask for an order by its id."""
        return self.signed("GET", "order", symbol=symbol, orderId=order_id)

    def admin(self, method: str, path: str, content: object = None, query: str = "") -> Any:
        """Call the admin door from loopback; give status and JSON."""
        call = Call(
            method=method,
            path=f"/admin/{path}",
            query=query,
            body="" if content is None else json.dumps(content),
            peer="127.0.0.1",
        )
        outcome = answer(self.venue, call)
        return outcome.status, json.loads(outcome.text)


@dataclass
class Trader:
    """A client over a real socket, one connection a call."""

    port: int
    timeout_s: float = 10.0

    def raw(
        self, method: str, target: str, **headers: str
    ) -> tuple[int, http.client.HTTPMessage, str]:
        """Send exactly this target; give status, headers and text."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout_s)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        base = {"X-MEXC-APIKEY": KEY, "Content-Type": "application/json"}
        try:
            connection.request(method, target, headers=base | named)
            response = connection.getresponse()
            return response.status, response.headers, response.read().decode()
        finally:
            connection.close()

    def target(self, path: str, **params: object) -> str:
        """Sign parameters; give the target to send."""
        # A busy machine may take long between signing and sending; a test that means it says so.
        stamp = {"timestamp": time.time_ns() // 1_000_000, "recvWindow": 60_000}
        query = query_of({**stamp, **params})
        return f"/api/v3/{path}?{query}&signature={signature(SECRET, query)}"

    def signed(self, method: str, path: str, fault: str = "", **params: object) -> Any:
        """Call with a signature, and with a fault if one is named; give the JSON."""
        headers = {"X_Sim_Fault": fault} if fault else {}
        return json.loads(self.raw(method, self.target(path, **params), **headers)[2])

    def rest(self, client_order_id: str, fault: str = "") -> Any:
        """Place a LIMIT buy of BTC that rests; give the answer."""
        return self.signed(
            "POST",
            "order",
            fault,
            symbol="BTCUSDT",
            side="BUY",
            type="LIMIT",
            quantity="0.001",
            price="59000",
            newClientOrderId=client_order_id,
        )

    def find(self, client_order_id: str, **params: object) -> Any:
        """Ask for an order by its client id."""
        return self.signed(
            "GET", "order", "", symbol="BTCUSDT", origClientOrderId=client_order_id, **params
        )


def eventually(holds: Callable[[], bool], within_s: float = 10.0) -> bool:
    """Ask until it holds, or for as long as nobody should have to wait."""
    deadline_s = time.monotonic() + within_s
    while not holds():
        if time.monotonic() > deadline_s:
            return False
    return True
