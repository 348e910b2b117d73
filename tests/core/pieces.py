"""Records to try the core with: one of each kind, changed by what a test gives."""

from decimal import Decimal
from typing import Any

from orderdesk.core.answers import ExchangeOrder
from orderdesk.core.intents import Intent
from orderdesk.core.markets import Market, Size
from orderdesk.core.order_ids import client_order_id
from orderdesk.core.orders import OrderStatus, OrderType, Side


def a_size(**given: Any) -> Size:
    """Make a LIMIT buy of 1 at 100, but for what is given."""
    facts: dict[str, Any] = {
        "side": Side.BUY,
        "type": OrderType.LIMIT,
        "quantity": Decimal(1),
        "quote_quantity": None,
        "price": Decimal(100),
    }
    return Size(**(facts | given))


def a_market(**given: Any) -> Market:
    """Make a market that takes `a_size()` at a last price of 100, but for what is given."""
    facts: dict[str, Any] = {
        "symbol": "BTCUSDT",
        "base": "BTC",
        "quote": "USDT",
        "online": True,
        "api_trading": True,
        "buying_allowed": True,
        "selling_allowed": True,
        "tick": Decimal("0.01"),
        "lot": Decimal("0.001"),
        "min_quantity": Decimal("0.002"),
        "min_notional": Decimal(5),
        "min_notional_market": Decimal(1),
        "max_notional": Decimal(1_000),
        "max_notional_market": Decimal(500),
        "quote_step": Decimal("0.01"),
        "band_up": Decimal("0.1"),
        "band_down": Decimal("0.2"),
        "market_orders": True,
    }
    return Market(**(facts | given))


def an_intent(**given: Any) -> Intent:
    """Make an intent that rests on the exchange as order 7, but for what is given."""
    key = given.get("idempotency_key", "k")
    facts: dict[str, Any] = {
        "id": 1,
        "account": "main",
        "idempotency_key": key,
        "client_order_id": client_order_id("main", key),
        "parameter_hash": "hash",
        "task_id": "task",
        "symbol": "BTCUSDT",
        "size": a_size(),
        "status": OrderStatus.NEW,
        "deadline_ms": 60_000,
        "received_ms": 0,
        "trace_id": "",
        "command": {},
        "order_id": "7",
    }
    return Intent(**(facts | given))


def shown(intent: Intent, **given: Any) -> ExchangeOrder:
    """Make the exchange's own view of an intent, the same in all but what is given."""
    size = intent.size
    facts: dict[str, Any] = {
        "symbol": intent.symbol,
        "order_id": intent.order_id,
        "client_order_id": intent.client_order_id,
        "side": size.side,
        "type": size.type,
        "status": intent.status,
        "quantity": size.quantity,
        "price": size.price,
        "executed_quantity": intent.executed_quantity,
        "executed_quote": intent.executed_quote,
        "quote_quantity": size.quote_quantity,
        "created_ms": 1,
        "updated_ms": 2,
    }
    return ExchangeOrder(**(facts | given))
