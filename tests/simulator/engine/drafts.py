"""Orders to try the engine's parts with."""

from decimal import Decimal
from typing import Any

from orderdesk.simulator.engine.orders import Order, OrderType, Side


def an_order(**given: Any) -> Order:
    """Make a LIMIT buy of 4 at 10, but for what is given."""
    facts: dict[str, Any] = {
        "order_id": "1",
        "sequence": 1,
        "account": "a",
        "symbol": "BTCUSDT",
        "side": Side.BUY,
        "type": OrderType.LIMIT,
        "client_order_id": "",
        "price": Decimal(10),
        "quantity": Decimal(4),
        "quote_quantity": Decimal(40),
        "by_quote": False,
        "stp_mode": "",
        "time_ms": 1,
        "update_ms": 1,
    }
    return Order(**(facts | given))
