"""A Risk Manager as seed S1 describes it: orders out on `orders`, results in on `order_results`.

It needs Redis and nothing of orderdesk: `python docs/examples/risk_manager.py` while a desk and
its bridge run (`make run` starts both). It sends one order, updates its state from what it
hears, prints the state, and ends with code 0 once the order has ended.

Who must not miss a result while away reads the stream `orderdesk:desk:events` instead.
"""

import json
import os
import sys
import time
import uuid
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import redis

REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6390/0")
PATIENCE_S = 60.0
ENDED = {"FILLED", "CANCELED", "PARTIALLY_CANCELED", "REJECTED", "DENIED", "EXPIRED_UNSENT"}


@dataclass
class Order:
    """S1 L453. Without a type it is a MARKET order; `price` is the signal's."""

    order_id: str
    symbol: str
    side: str
    quantity: float
    price: float
    signal_id: str
    timestamp: str


@dataclass
class RiskState:
    """S1 L500."""

    positions: dict[str, Decimal] = field(default_factory=dict)
    entry_prices: dict[str, Decimal] = field(default_factory=dict)
    total_exposure: Decimal = Decimal(0)

    def update(self, fill: dict[str, str]) -> None:
        """Take one `position_update` in: one fill."""
        symbol, price = fill["symbol"], Decimal(fill["entry_price"])
        signed = Decimal(fill["quantity"]) * (1 if fill["side"] == "BUY" else -1)
        held = self.positions.get(symbol, Decimal(0))
        if signed > 0:
            entry = self.entry_prices.get(symbol, Decimal(0))
            self.entry_prices[symbol] = (held * entry + signed * price) / (held + signed)
        self.positions[symbol] = held + signed
        self.total_exposure += signed * price


def send(client: "redis.Redis", order: Order) -> None:
    """Publish an order. Read back with the same `order_id`, it is still one order."""
    client.publish("orders", json.dumps(asdict(order)))


def main(quantity: float) -> int:
    """Send an order, follow it to its end, and say what is held then."""
    client = redis.Redis.from_url(REDIS_URL, decode_responses=True)
    state = RiskState()
    listening: Any = client.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call] # redis-py's
    listening.subscribe("order_results")
    order = Order(
        order_id=f"claire_{datetime.now(UTC):%Y%m%d}_{uuid.uuid4().hex[:6]}",
        symbol="BTCUSDT",
        side="BUY",
        quantity=quantity,
        price=45000.0,
        signal_id="sig_12345",
        timestamp=datetime.now(UTC).isoformat(),
    )
    send(client, order)
    deadline = time.monotonic() + PATIENCE_S
    result = None
    while time.monotonic() < deadline:
        heard = listening.get_message(timeout=1.0)
        message = json.loads(heard["data"]) if heard else {}
        if message.get("order_id") != order.order_id:
            continue
        if message["event_type"] == "position_update":
            state.update(message)
        elif message.get("status") in ENDED:
            result = message
            break
    answer = {"result": result, "state": asdict(state)}
    sys.stdout.write(json.dumps(answer, default=str, indent=2) + "\n")
    return 0 if result else 1


if __name__ == "__main__":
    raise SystemExit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 0.001))
