"""The engine's records as JSON rows, and back. Amounts are strings, times integers."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any

from orderdesk.simulator.engine.exchange import Exchange
from orderdesk.simulator.engine.ledger import Changes
from orderdesk.simulator.engine.orders import Order, OrderType, Side, Status, Trade
from orderdesk.simulator.engine.self_trade import TradeGroup
from orderdesk.simulator.engine.tape import Candle

Row = dict[str, Any]

_READERS: dict[object, Callable[[Any], Any]] = {
    Decimal: Decimal,
    Side: Side,
    OrderType: OrderType,
    Status: Status,
}
_ORDER_FIELDS = {field.name: _READERS.get(field.type) for field in fields(Order)}
_TRADE_FIELDS = {field.name: _READERS.get(field.type) for field in fields(Trade)}


def rows_of(exchange: Exchange, changes: Changes) -> Row:
    """Write what changed as one JSON-able object; Decimals are left for the encoder."""
    groups = [_group_row(group) for group in exchange.ledger.groups.everything()]
    return {
        **({"groups": groups} if changes.groups else {}),
        "orders": [_row(order, _ORDER_FIELDS) for order in changes.orders.values()],
        "trades": [_row(trade, _TRADE_FIELDS) for trade in changes.trades],
        "balances": [_balance_row(exchange, *name) for name in sorted(changes.balances)],
        "markets": [_market_row(exchange, symbol) for symbol in sorted(changes.symbols)],
        "candles": [_candle_row(symbol, candle) for symbol, candle in changes.candles],
    }


def everything(exchange: Exchange) -> Iterable[Row]:
    """Write the whole exchange, a row object per order and trade, so that no line is huge."""
    ledger = exchange.ledger
    names = {
        (account.name, asset) for account in ledger.accounts.values() for asset in account.balances
    }
    yield rows_of(exchange, Changes(balances=names, symbols=set(exchange.markets), groups=True))
    for symbol, market in exchange.markets.items():
        for candle in market.tape.all_minutes():
            yield rows_of(exchange, Changes(candles=[(symbol, candle)]))
    for order in ledger.history.all_orders():
        yield rows_of(exchange, Changes(orders={order.order_id: order}))
    for trade in ledger.history.all_trades():
        yield rows_of(exchange, Changes(trades=[trade]))


def restore(exchange: Exchange, rows: Iterable[Row]) -> None:
    """Put an exchange where the rows left it; of a row that came twice the later one counts.

    Rows of symbols or accounts that are gone are left out, with their orders. What a row does not
    say is as it was.
    """
    orders: dict[str, Row] = {}
    for row in rows:
        for order in row.get("orders", []):
            orders[order["order_id"]] = order
        for trade in row.get("trades", []):
            exchange.restore_trade(Trade(**_values(trade, _TRADE_FIELDS)))
        _restore_balances(exchange, row.get("balances", []))
        _restore_markets(exchange, row.get("markets", []))
        _restore_candles(exchange, row.get("candles", []))
        if "groups" in row:
            exchange.ledger.groups.replace([_group(facts) for facts in row["groups"]])
    for order in orders.values():
        if order["symbol"] in exchange.markets:
            exchange.restore_order(Order(**_values(order, _ORDER_FIELDS)))


def _restore_balances(exchange: Exchange, rows: Iterable[list[str]]) -> None:
    for account, asset, free, locked in rows:
        holder = exchange.ledger.accounts.get(account)
        if holder is not None:
            balance = holder.balance(asset)
            balance.free, balance.locked = Decimal(free), Decimal(locked)


def _restore_markets(exchange: Exchange, rows: Iterable[list[Any]]) -> None:
    for symbol, step, price in rows:
        market = exchange.market(symbol)
        if market is not None:
            market.resume(step=step, price=Decimal(price))


def _restore_candles(exchange: Exchange, rows: Iterable[list[Any]]) -> None:
    for symbol, open_ms, *amounts in rows:
        market = exchange.market(symbol)
        if market is not None:
            market.tape.restore(Candle(open_ms, *(Decimal(amount) for amount in amounts)))


def _row(record: Order | Trade, names: Iterable[str]) -> Row:
    return {name: getattr(record, name) for name in names}


def _values(row: Mapping[str, Any], readers: Mapping[str, Callable[[Any], Any] | None]) -> Row:
    return {
        name: value if (read := readers[name]) is None else read(value)
        for name, value in row.items()
    }


def _balance_row(exchange: Exchange, account: str, asset: str) -> list[Any]:
    balance = exchange.ledger.account(account).balance(asset)
    return [account, asset, balance.free, balance.locked]


def _market_row(exchange: Exchange, symbol: str) -> list[Any]:
    market = exchange.markets[symbol]
    return [symbol, market.step, market.last]


def _group_row(group: TradeGroup) -> list[Any]:
    facts = [group.group_id, group.name, group.owner, group.created_ms, group.updated_ms]
    return [*facts, sorted(group.accounts)]


def _group(facts: list[Any]) -> TradeGroup:
    number, name, owner, created_ms, updated_ms, accounts = facts
    return TradeGroup(number, name, owner, created_ms, updated_ms, set(accounts))


def _candle_row(symbol: str, candle: Candle) -> list[Any]:
    prices = [candle.open, candle.high, candle.low, candle.close]
    return [symbol, candle.open_ms, *prices, candle.volume, candle.quote_volume]
