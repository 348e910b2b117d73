"""Drafts, orders and fills with sensible values, for every test that needs some."""

from decimal import Decimal
from typing import Any

from orderdesk.core import order_ids
from orderdesk.core.answers import ExchangeOrder, Fill
from orderdesk.core.intents import Draft
from orderdesk.core.markets import Size
from orderdesk.core.orders import OrderStatus, OrderType, Side

NOW_MS = 1_760_000_000_000
"""A moment of exchange time at which drafts are received."""

WINDOW_MS = 3_000
SYMBOL = "BTCUSDT"


def draft(
    key: str = "key-1",
    *,
    account: str = "main",
    symbol: str = SYMBOL,
    side: Side = Side.BUY,
    type: OrderType = OrderType.LIMIT,  # noqa: A002 - the exchange's word
    quantity: str | None = "1",
    quote_quantity: str | None = None,
    price: str | None = "100",
    received_ms: int = NOW_MS,
    valid_for_ms: int = 60_000,
    notional: str | None = "100",
    trace_id: str = "trace-1",
) -> Draft:
    """Return a draft that every rule would let pass; MARKET orders lose their price."""
    if type is OrderType.MARKET:
        price = None
    if quote_quantity is not None:
        quantity = None
    amounts = {"quantity": quantity, "quote_quantity": quote_quantity, "price": price}
    said = {name: text for name, text in amounts.items() if text is not None}
    command = said | {"account": account, "symbol": symbol, "side": side, "type": type}
    parameter_hash = order_ids.parameter_hash({name: str(text) for name, text in command.items()})
    return Draft(
        account=account,
        idempotency_key=key,
        client_order_id=order_ids.client_order_id(account, key),
        parameter_hash=parameter_hash,
        task_id=order_ids.task_id(account, key, parameter_hash),
        symbol=symbol,
        size=Size(side, type, *(None if t is None else Decimal(t) for t in amounts.values())),
        deadline_ms=received_ms + valid_for_ms,
        received_ms=received_ms,
        trace_id=trace_id,
        command={"idempotency_key": key, **command},
        notional=None if notional is None else Decimal(notional),
        throttled_ms=received_ms + 5,
    )


def shown(
    of: Draft, status: OrderStatus = OrderStatus.NEW, *, executed: str = "0", **other: Any
) -> ExchangeOrder:
    """Return a draft's order as the exchange would show it, executed at 100."""
    fields: dict[str, Any] = {
        "symbol": of.symbol,
        "order_id": "X1",
        "client_order_id": of.client_order_id,
        "side": of.size.side,
        "type": of.size.type,
        "status": status,
        "quantity": of.size.quantity or Decimal(0),
        "price": of.size.price or Decimal(0),
        "executed_quantity": Decimal(executed),
        "executed_quote": Decimal(executed) * 100,
        "quote_quantity": of.size.quote_quantity,
        "created_ms": of.received_ms + 20,
        "updated_ms": of.received_ms + 30,
    }
    return ExchangeOrder(**(fields | other))


def fill(of: Draft, trade_id: str = "T1", quantity: str = "1", **other: Any) -> Fill:
    """Return a trade of a draft's order at 100, with a commission of 0.05 % in quote."""
    quote = Decimal(quantity) * 100
    fields: dict[str, Any] = {
        "symbol": of.symbol,
        "trade_id": trade_id,
        "order_id": "X1",
        "client_order_id": of.client_order_id,
        "side": of.size.side,
        "quantity": Decimal(quantity),
        "quote_quantity": quote,
        "price": Decimal(100),
        "commission": quote * Decimal("0.0005"),
        "commission_asset": "USDT",
        "is_maker": False,
        "traded_ms": of.received_ms + 40,
    }
    return Fill(**(fields | other))
