"""MEXC's spot v3 JSON to our records and back: pure, and strict where a guess would cost money.

Orders, fills, balances and prices; the rules of the markets are read in `spot_markets.py`.
Source: MEXC spot v3 docs, Jan 2026, and ccxt 4.5.90, Oct 2026, where the docs are silent.
Whatever cannot be read raises `ExchangeUnreachable`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from orderdesk.core.answers import Balance, ExchangeOrder, Fill
from orderdesk.core.money import canonical
from orderdesk.core.orders import OrderStatus, OrderType, Side
from orderdesk.exchanges.mexc import fields
from orderdesk.exchanges.mexc.fields import Row
from orderdesk.exchanges.mexc.signing import Pairs
from orderdesk.ports import NewOrder

_STATUSES = {
    status.value: status
    for status in (
        OrderStatus.NEW,
        OrderStatus.PARTIALLY_FILLED,
        OrderStatus.FILLED,
        OrderStatus.CANCELED,
        OrderStatus.PARTIALLY_CANCELED,
    )
}
"""All that MEXC knows: a refused order never gets an id."""


@dataclass(frozen=True, slots=True)
class BookTicker:
    """The best of the book: prices in quote per base, quantities in base."""

    bid_price: Decimal
    bid_quantity: Decimal
    ask_price: Decimal
    ask_quantity: Decimal


@dataclass(frozen=True, slots=True)
class Depth:
    """The book, best first: (price in quote per base, quantity in base)."""

    bids: tuple[tuple[Decimal, Decimal], ...]
    asks: tuple[tuple[Decimal, Decimal], ...]


@dataclass(frozen=True, slots=True)
class TradeFee:
    """What the account pays on a symbol, as shares of one."""

    maker: Decimal
    taker: Decimal


def new_order(order: NewOrder) -> Pairs:
    """Return the parameters of POST order, without stamp and window."""
    size = order.size
    amounts = (
        ("quantity", size.quantity),
        ("quoteOrderQty", size.quote_quantity),
        ("price", size.price),
    )
    return [
        ("symbol", order.symbol),
        ("side", size.side.value),
        ("type", size.type.value),
        ("newClientOrderId", order.client_order_id),
        *((name, canonical(value)) for name, value in amounts if value is not None),
    ]


def order(row: object) -> ExchangeOrder:
    """Read an order as GET order and the lists show it."""
    return fields.read(row, _order)


def fill(row: object) -> Fill:
    """Read one of our trades as myTrades shows it."""
    return fields.read(row, _fill)


def balance(row: object) -> Balance:
    """Read one balance of GET account."""
    return fields.read(
        row,
        lambda row: Balance(
            fields.name(row["asset"]),
            free=fields.required_amount(row["free"]),
            locked=fields.required_amount(row["locked"]),
        ),
    )


def server_time_ms(content: object) -> int:
    """Read GET time."""
    return fields.read(content, lambda row: fields.whole(row["serverTime"]))


def uid(content: object) -> str | None:
    """Read GET uid, bare or wrapped in `data`; None if it has a shape that we do not know.

    MEXC's docs name the one field and show no answer (2025-09-17), so this is not held against
    the venue: an account number that is not understood is one that is not told.
    """
    row = content.get("data", content) if isinstance(content, Mapping) else None
    found = row.get("uid") if isinstance(row, Mapping) else None
    if isinstance(found, bool) or not isinstance(found, (int, str)):
        return None
    return str(found).strip() or None


def last_price(content: object) -> Decimal:
    """Read GET ticker/price of one symbol."""
    return fields.read(content, lambda row: fields.required_amount(row["price"]))


def book_ticker(content: object) -> BookTicker:
    """Read GET ticker/bookTicker of one symbol; an empty side is all zero."""
    return fields.read(
        content,
        lambda row: BookTicker(
            bid_price=fields.amount(row["bidPrice"]),
            bid_quantity=fields.amount(row["bidQty"]),
            ask_price=fields.amount(row["askPrice"]),
            ask_quantity=fields.amount(row["askQty"]),
        ),
    )


def depth(content: object) -> Depth:
    """Read GET depth."""
    return fields.read(content, lambda row: Depth(_levels(row["bids"]), _levels(row["asks"])))


def trade_fee(content: object) -> TradeFee:
    """Read GET tradeFee, which wraps its numbers in `data`."""
    return fields.read(
        content,
        lambda row: TradeFee(
            maker=fields.required_amount(row["data"]["makerCommission"]),
            taker=fields.required_amount(row["data"]["takerCommission"]),
        ),
    )


def _order(row: Row) -> ExchangeOrder:
    created_ms = fields.whole(row["time"])
    in_quote = fields.text(row.get("origQuoteOrderQty"))
    return ExchangeOrder(
        symbol=fields.name(row["symbol"]),
        # An opaque text: 32 hex digits, "C02__…", or 18 digits.
        order_id=fields.name(row["orderId"]),
        client_order_id=fields.text(row.get("clientOrderId")),
        side=Side(row["side"]),
        type=_type(row["type"]),
        status=_status(row["status"]),
        # Both may be empty on a market order, but not missing: an order is known again by them.
        quantity=fields.amount(row["origQty"]),
        price=fields.amount(row["price"]),
        executed_quantity=fields.unsigned_amount(row["executedQty"]),
        # The double m is MEXC's.
        executed_quote=fields.unsigned_amount(row["cummulativeQuoteQty"]),
        quote_quantity=None if in_quote is None else fields.amount(in_quote),
        created_ms=created_ms,
        updated_ms=fields.whole(row.get("updateTime") or created_ms),
    )


def _fill(row: Row) -> Fill:
    return Fill(
        symbol=fields.name(row["symbol"]),
        trade_id=fields.name(row["id"]),
        order_id=fields.name(row["orderId"]),
        client_order_id=fields.text(row.get("clientOrderId")),
        side=Side.BUY if fields.flag(row["isBuyer"]) else Side.SELL,
        quantity=fields.unsigned_amount(row["qty"]),
        quote_quantity=fields.unsigned_amount(row["quoteQty"]),
        price=fields.unsigned_amount(row["price"]),
        # Nothing was paid where nothing is named.
        commission=fields.amount(row["commission"]),
        commission_asset=fields.text(row["commissionAsset"]) or "",
        is_maker=fields.flag(row["isMaker"]),
        traded_ms=fields.whole(row["time"]),
    )


def _status(text: object) -> OrderStatus:
    if text not in _STATUSES:
        raise ValueError(f"{text!r} is no order status that MEXC documents")
    return _STATUSES[str(text)]


def _type(text: object) -> OrderType | None:
    """Return the type, or None for orders of the app, which can be seen but not placed.

    STOP_MARKET_ORDER is one (docs of 2025-11-25). None equals no type of ours, so such an order
    is never taken for one of ours.
    """
    return next((known for known in OrderType if known.value == text), None)


def _levels(rows: object) -> tuple[tuple[Decimal, Decimal], ...]:
    if not isinstance(rows, list):
        raise ValueError("a side of the book is missing")
    return tuple(
        (fields.required_amount(price), fields.required_amount(quantity))
        for price, quantity, *_ in rows
    )
