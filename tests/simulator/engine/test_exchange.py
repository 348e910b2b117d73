"""Laws of the whole exchange, the first of them: no money is made or lost."""

from collections import defaultdict
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from orderdesk.simulator.engine.accounts import HOUSE, Account
from orderdesk.simulator.engine.exchange import MAX_OPEN_ORDERS, Exchange
from orderdesk.simulator.engine.instruments import LISTING
from orderdesk.simulator.engine.orders import Order, OrderRequest, OrderType, Side
from orderdesk.simulator.engine.refusals import Refusal
from orderdesk.simulator.engine.self_trade import StpMode

_SYMBOLS = ("MXUSDT", "SOLUSDT")
_DEPOSITS = {"USDT": Decimal(5_000), "MX": Decimal(1_000), "SOL": Decimal(20)}

# Few and near prices, so that orders meet; the amounts are the symbol's own, times up to 5.
_NORMAL = {"MXUSDT": Decimal("37.5"), "SOLUSDT": Decimal("0.7")}
_TYPES = (*OrderType, OrderType.LIMIT, OrderType.LIMIT, OrderType.LIMIT_MAKER)
_factors = st.sampled_from([Decimal(text) for text in ("0.97", "0.995", "1", "1.005", "1.03")])
_orders = st.tuples(
    st.just("place"),
    st.sampled_from(("a", "b")),
    st.sampled_from(_SYMBOLS),
    st.sampled_from(list(Side)),
    st.sampled_from(_TYPES),
    st.integers(1, 5),
    _factors,
    st.booleans(),
    st.sampled_from(("", *StpMode)),
)
_cancels = st.tuples(st.just("cancel"), st.integers(0, 20))
_walks = st.tuples(st.just("walk"))
_prices = st.tuples(st.just("price"), st.sampled_from(_SYMBOLS), _factors)
_actions = st.lists(
    st.one_of(_orders, _orders, _orders, _cancels, _walks, _prices), min_size=10, max_size=30
)


def _open() -> Exchange:
    exchange = Exchange(LISTING, seed=1)
    for name in ("a", "b"):
        account = Account(name, maker_rate=Decimal("0.0001"), taker_rate=Decimal("0.0005"))
        exchange.open_account(account, deposits=_DEPOSITS)
    group = exchange.ledger.groups.create("both", owner="a", now_ms=0)
    assert group is not None
    group.accounts |= {"a", "b"}
    return exchange


def _act(exchange: Exchange, action: tuple[object, ...], now_ms: int) -> None:
    match action:
        case ("place", str(name), str(symbol), Side() as side, OrderType() as kind, *numbers):
            _place(exchange, name, symbol, side, kind=kind, numbers=numbers, now_ms=now_ms)
        case ("cancel", int(index)):
            orders = exchange.ledger.history.all_orders()
            if orders:
                exchange.cancel(orders[index % len(orders)], now_ms=now_ms)
        case ("price", str(symbol), Decimal() as factor):
            market = exchange.markets[symbol]
            price = (market.last * factor).quantize(market.instrument.tick)
            exchange.set_price(symbol, price, now_ms=now_ms)
        case _:
            exchange.walk(now_ms=now_ms)


def _place(
    exchange: Exchange,
    name: str,
    symbol: str,
    side: Side,
    *,
    kind: OrderType,
    numbers: list[object],
    now_ms: int,
) -> None:
    times, factor, by_quote, stp_mode = numbers
    assert isinstance(times, int)
    assert isinstance(factor, Decimal)
    market = exchange.markets[symbol]
    is_market = kind is OrderType.MARKET
    in_quote = is_market and by_quote is True
    amount = _NORMAL[symbol] * times
    request = OrderRequest(
        symbol=symbol,
        side=side,
        type=kind,
        quantity=None if in_quote else amount,
        quote_quantity=amount * 3 if in_quote else None,
        price=None if is_market else (market.last * factor).quantize(market.instrument.tick),
        stp_mode=str(stp_mode),
    )
    exchange.place(name, request, now_ms=now_ms)


def _sums(exchange: Exchange) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for account in exchange.ledger.accounts.values():
        for asset, balance in account.balances.items():
            sums[asset] += balance.free + balance.locked
    return sums


def _check_locks(exchange: Exchange) -> None:
    locked: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for order in exchange.ledger.history.all_orders():
        instrument = exchange.markets[order.symbol].instrument
        asset = instrument.quote if order.side is Side.BUY else instrument.base
        locked[order.account, asset] += order.locked
        assert order.is_open or order.locked == 0
        assert order.executed <= order.quantity
    for name in ("a", "b"):
        for asset, balance in exchange.ledger.account(name).balances.items():
            assert balance.free >= 0
            assert balance.locked == locked[name, asset]


def _check_books(exchange: Exchange) -> None:
    for market in (exchange.markets[symbol] for symbol in _SYMBOLS):
        bid, ask = market.best(Side.BUY), market.best(Side.SELL)
        assert bid is None or ask is None or bid.price < ask.price


@given(_actions)
@settings(max_examples=120, deadline=None)
def test_exchange_when_anything_is_done_then_money_adds_up_and_no_book_is_crossed(
    actions: list[tuple[object, ...]],
) -> None:
    """No money is made or lost but what everybody together holds; what could trade has traded.

    Over all accounts, house and fees, each asset adds up, and locks are what open orders hold.
    """
    exchange = _open()
    for now_ms, action in enumerate(actions, start=1):
        _act(exchange, action, now_ms)
        assert set(_sums(exchange).values()) == {Decimal(0)}
        _check_locks(exchange)
        _check_books(exchange)


def test_place_when_a_client_id_comes_again_then_a_second_order_is_really_placed() -> None:
    """Client ids are not unique: what looks like a repeat is another order."""
    exchange = _open()
    request = OrderRequest(
        symbol="MXUSDT",
        side=Side.BUY,
        type=OrderType.LIMIT,
        quantity=Decimal(10),
        price=Decimal("2.4"),
        client_order_id="same",
    )
    first, second = (exchange.place("a", request, now_ms=1) for _ in range(2))
    assert isinstance(first, Order)
    assert isinstance(second, Order)
    assert first.order_id != second.order_id
    assert exchange.ledger.history.count_open("a") == 2


def test_place_when_500_orders_are_open_then_the_next_that_may_rest_is_refused() -> None:
    """The cap counts what waits; an order that cannot wait still passes."""
    exchange = _open()
    request = OrderRequest(
        symbol="MXUSDT",
        side=Side.BUY,
        type=OrderType.LIMIT,
        quantity=Decimal(1),
        price=Decimal("2.4"),
    )
    answers = [exchange.place("a", request, now_ms=1) for _ in range(MAX_OPEN_ORDERS + 1)]
    assert [type(answer) for answer in answers[:-1]] == [Order] * MAX_OPEN_ORDERS
    assert isinstance(answers[-1], Refusal)
    assert answers[-1].code == 30029
    market = OrderRequest(
        symbol="MXUSDT", side=Side.SELL, type=OrderType.MARKET, quantity=Decimal(1)
    )
    assert isinstance(exchange.place("a", market, now_ms=1), Order)


def test_place_when_the_balance_is_short_then_the_code_tells_buy_from_sell() -> None:
    """A buy lacks balance, a sell lacks position; neither leaves a trace."""
    exchange = _open()
    codes = []
    for side, price in ((Side.BUY, "2.4"), (Side.SELL, "2.6")):
        request = OrderRequest(
            symbol="MXUSDT",
            side=side,
            type=OrderType.LIMIT,
            quantity=Decimal(5_000),
            price=Decimal(price),
        )
        refusal = exchange.place("a", request, now_ms=1)
        assert isinstance(refusal, Refusal)
        codes.append(refusal.code)
    assert codes == [10101, 30004]
    assert exchange.ledger.history.all_orders() == []


def test_market_order_when_queried_then_its_price_and_amounts_are_frozen_ones() -> None:
    """A MARKET order shows a price that it did not pay and a size that it did not get."""
    exchange = _open()
    request = OrderRequest(
        symbol="MXUSDT", side=Side.BUY, type=OrderType.MARKET, quote_quantity=Decimal(100)
    )
    order = exchange.place("a", request, now_ms=1)
    assert isinstance(order, Order)
    assert order.price == Decimal("2.625")
    assert order.quantity > order.executed
    assert order.executed_quote / order.executed < order.price


def test_open_account_when_it_is_given_money_then_the_house_owes_it() -> None:
    """Deposits come from somewhere, so that sums hold from the start."""
    exchange = _open()
    assert exchange.ledger.account(HOUSE).balance("USDT").free == Decimal(-10_000)
