"""Laws of how orders trade."""

from decimal import Decimal

import pytest

from orderdesk.simulator.engine.accounts import Account
from orderdesk.simulator.engine.exchange import Exchange
from orderdesk.simulator.engine.instruments import LISTING
from orderdesk.simulator.engine.orders import Order, OrderRequest, OrderType, Side, Status, Trade

_RICH = {"USDT": Decimal(1_000_000), "MX": Decimal(1_000_000), "BTC": Decimal(100)}


@pytest.fixture
def exchange() -> Exchange:
    """Give an exchange with two rich traders who pay no fees."""
    exchange = Exchange(LISTING, seed=1)
    for name in ("a", "b"):
        exchange.open_account(Account(name), deposits=_RICH)
    return exchange


def _place(
    exchange: Exchange,
    kind: OrderType,
    side: Side = Side.BUY,
    *,
    account: str = "a",
    **amounts: str | Decimal,
) -> Order:
    given = {name: Decimal(value) for name, value in amounts.items()}
    request = OrderRequest(
        symbol="MXUSDT",
        side=side,
        type=kind,
        quantity=given.get("quantity"),
        quote_quantity=given.get("quote_quantity"),
        price=given.get("price"),
    )
    order = exchange.place(account, request, now_ms=1)
    assert isinstance(order, Order)
    return order


def _trades(exchange: Exchange, account: str = "a") -> list[Trade]:
    return exchange.ledger.history.trades_between(account, "MXUSDT", from_ms=0, to_ms=99)


def test_take_when_an_order_is_larger_than_a_level_then_it_walks_the_levels(
    exchange: Exchange,
) -> None:
    """A taker pays each level's own price: slippage is real."""
    asks = exchange.markets["MXUSDT"].ladder(Side.SELL, 3)
    wanted = asks[0][1] + asks[1][1] + 1
    order = _place(exchange, OrderType.MARKET, quantity=wanted)
    assert [(trade.price, trade.quantity) for trade in _trades(exchange)] == [
        asks[0],
        asks[1],
        (asks[2][0], Decimal(1)),
    ]
    assert order.status is Status.FILLED
    assert exchange.markets["MXUSDT"].ladder(Side.SELL, 1) == [(asks[2][0], asks[2][1] - 1)]


def test_take_when_a_market_order_leaves_a_residue_then_it_ends_partially_canceled(
    exchange: Exchange,
) -> None:
    """A MARKET order never rests, and stops at the price that it was frozen at."""
    order = _place(exchange, OrderType.MARKET, quantity="30000")
    assert order.status is Status.PARTIALLY_CANCELED
    assert 0 < order.executed < order.quantity
    assert max(trade.price for trade in _trades(exchange)) <= order.price
    assert order.locked == 0


@pytest.mark.parametrize("side", list(Side))
def test_take_when_a_market_order_is_by_quote_then_it_never_passes_the_amount(
    exchange: Exchange, side: Side
) -> None:
    """By quote amount, either side trades at most that amount, and the rest is too small."""
    order = _place(exchange, OrderType.MARKET, side, quote_quantity="1000")
    assert Decimal("999.9") < order.executed_quote <= 1000
    assert order.quantity > order.executed
    assert order.status is Status.PARTIALLY_CANCELED


def test_limit_when_part_of_it_can_trade_then_the_rest_waits_at_its_price(
    exchange: Exchange,
) -> None:
    """A LIMIT order takes what it can and makes the rest."""
    [(price, quantity)] = exchange.markets["MXUSDT"].ladder(Side.SELL, 1)
    order = _place(exchange, OrderType.LIMIT, quantity=quantity + 10, price=price)
    assert (order.status, order.executed) == (Status.PARTIALLY_FILLED, quantity)
    assert exchange.markets["MXUSDT"].ladder(Side.BUY, 1) == [(price, Decimal(10))]
    assert order.locked == 10 * price


@pytest.mark.parametrize(
    ("kind", "extra", "status"),
    [
        (OrderType.IMMEDIATE_OR_CANCEL, 0, Status.FILLED),
        (OrderType.IMMEDIATE_OR_CANCEL, 10, Status.PARTIALLY_CANCELED),
        (OrderType.FILL_OR_KILL, 0, Status.FILLED),
        (OrderType.FILL_OR_KILL, 10, Status.CANCELED),
    ],
)
def test_types_when_an_order_may_not_rest_then_it_ends_at_once(
    exchange: Exchange, kind: OrderType, extra: int, status: Status
) -> None:
    """IOC takes what is there, FOK takes all or nothing, and neither waits."""
    [(price, quantity)] = exchange.markets["MXUSDT"].ladder(Side.SELL, 1)
    order = _place(exchange, kind, quantity=quantity + extra, price=price)
    assert order.status is status
    assert order.executed == (0 if status is Status.CANCELED else quantity)
    assert exchange.ledger.history.open_orders("a") == []


def test_take_when_two_traders_rest_at_one_price_then_the_first_come_trades_first(
    exchange: Exchange,
) -> None:
    """Price, then time; and a maker trades at its own price as a maker."""
    first = _place(exchange, OrderType.LIMIT, quantity="10", price="2.5", account="b")
    second = _place(exchange, OrderType.LIMIT, quantity="10", price="2.5")
    _place(exchange, OrderType.LIMIT, Side.SELL, quantity="15", price="2.4", account="b")
    assert (first.status, second.status) == (Status.FILLED, Status.PARTIALLY_FILLED)
    assert second.executed == 5
    [trade] = _trades(exchange)
    assert (trade.price, trade.is_maker, trade.is_self_trade) == (Decimal("2.5"), True, False)
    assert [trade.is_self_trade for trade in _trades(exchange, "b")].count(True) == 2


def test_cross_when_the_price_reaches_a_resting_order_then_it_fills_at_its_own_price(
    exchange: Exchange,
) -> None:
    """A resting order is a maker: it gets its price, not the market's better one."""
    order = _place(exchange, OrderType.LIMIT, quantity="10", price="2.4")
    exchange.set_price("MXUSDT", Decimal("2.41"), now_ms=7)
    assert order.status is Status.NEW
    exchange.set_price("MXUSDT", Decimal("2.3"), now_ms=8)
    assert (order.status, order.update_ms) == (Status.FILLED, 8)
    assert [(trade.price, trade.is_maker) for trade in _trades(exchange)] == [(order.price, True)]


def test_cross_when_the_house_has_less_than_the_order_wants_then_it_fills_bit_by_bit(
    exchange: Exchange,
) -> None:
    """What crosses is bounded by what the house quotes at the price or better."""
    order = _place(exchange, OrderType.LIMIT, Side.SELL, quantity="1000", price="2.6")
    exchange.set_price("MXUSDT", Decimal("2.602"), now_ms=7)
    assert order.status is Status.PARTIALLY_FILLED
    done = order.executed
    exchange.set_price("MXUSDT", Decimal("2.602"), now_ms=8)
    assert order.executed > done


def test_walk_when_prices_wander_then_resting_orders_near_them_fill(exchange: Exchange) -> None:
    """The walk alone fills what waits close enough."""
    order = _place(exchange, OrderType.LIMIT_MAKER, quantity="1", price="2.4985")
    for step in range(500):
        exchange.walk(now_ms=10 + step)
    assert order.status is Status.FILLED
