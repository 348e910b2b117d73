"""Laws of writing the exchange down and reading it back."""

import json
from decimal import Decimal

from orderdesk.simulator.engine.accounts import Account
from orderdesk.simulator.engine.exchange import Exchange
from orderdesk.simulator.engine.instruments import LISTING
from orderdesk.simulator.engine.orders import OrderRequest, OrderType, Side
from orderdesk.simulator.rows import everything, restore, rows_of


def _traded() -> Exchange:
    exchange = _empty()
    for kind, price in ((OrderType.MARKET, None), (OrderType.LIMIT, Decimal("2.4"))):
        request = OrderRequest(
            symbol="MXUSDT",
            side=Side.BUY,
            type=kind,
            quantity=Decimal(100),
            price=price,
            client_order_id="c",
        )
        exchange.place("a", request, now_ms=5)
    exchange.walk(now_ms=6)
    return exchange


def _empty() -> Exchange:
    exchange = Exchange(LISTING, seed=1)
    exchange.open_account(Account("a"), deposits={"USDT": Decimal(1_000)})
    return exchange


def _told(exchange: Exchange) -> list[str]:
    """Write an exchange down as text, to compare."""
    return [json.dumps(row, default=str) for row in everything(exchange)]


def test_restore_when_everything_was_written_then_the_exchange_is_the_same() -> None:
    """Balances, orders, trades, prices and the running number survive, to the last digit."""
    before, after = _traded(), _empty()
    restore(after, [json.loads(line) for line in _told(before)])
    assert _told(after) == _told(before)
    assert after.ledger.sequence == before.ledger.sequence
    assert after.ledger.history.count_open("a") == 1
    after.set_price("MXUSDT", Decimal("2.3"), now_ms=9)
    assert after.ledger.history.count_open("a") == 0


def test_restore_when_a_row_came_twice_then_the_later_one_counts() -> None:
    """Lines hold new values, not commands: the last word is the truth."""
    before, after = _traded(), _empty()
    lines = [json.dumps(rows_of(before, before.ledger.drain()), default=str)]
    before.set_price("MXUSDT", Decimal("2.3"), now_ms=9)
    lines.append(json.dumps(rows_of(before, before.ledger.drain()), default=str))
    restore(after, [json.loads(line) for line in lines])
    assert [order.status for order in after.ledger.history.all_orders()] == ["FILLED", "FILLED"]
    assert after.ledger.account("a").balance("MX").free == 200


def test_restore_when_a_symbol_is_no_longer_listed_then_its_orders_are_left_out() -> None:
    """A home outlives a listing."""
    before = _traded()
    after = Exchange(LISTING[:1], seed=1)
    restore(after, [json.loads(line) for line in _told(before)])
    assert after.ledger.history.all_orders() == []
