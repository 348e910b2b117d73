"""The MEXC class of ccxt trades here unmodified but for the URL: somebody else's reading of MEXC.

What ccxt does not understand, the simulator answers wrongly; its typed errors tell a code apart.
"""

from collections.abc import Callable, Iterator
from typing import Any

import ccxt
import pytest

from orderdesk.simulator.running import RunningSimulator, running_simulator

pytestmark = pytest.mark.processes

_SYMBOL = "BTC/USDT"
Client = Any


def _moved(urls: Any, base_url: str) -> Any:
    if isinstance(urls, dict):
        return {name: _moved(url, base_url) for name, url in urls.items()}
    return urls.replace("https://api.mexc.com", base_url)


def _client(simulator: RunningSimulator, **options: str) -> Client:
    client = ccxt.mexc(
        {
            "apiKey": simulator.api_key,
            "secret": simulator.api_secret,
            "enableRateLimit": False,
            # A busy machine may take long between signing and sending.
            "options": {"recvWindow": 60_000},
            **options,
        }
    )
    client.urls["api"] = _moved(client.urls["api"], simulator.base_url)
    return client


@pytest.fixture(scope="module")
def simulator() -> Iterator[RunningSimulator]:
    """Run a simulator of this file's own, with something on the tape."""
    with running_simulator() as running:
        running.door.walk(3)
        yield running


@pytest.fixture(scope="module")
def client(simulator: RunningSimulator) -> Client:
    """Give ccxt's client with its markets loaded."""
    client = _client(simulator)
    client.load_markets()
    return client


def _price(client: Client, factor: float) -> float:
    return float(client.price_to_precision(_SYMBOL, client.fetch_ticker(_SYMBOL)["last"] * factor))


def test_load_markets_when_ccxt_starts_then_it_knows_rules_and_coins(client: Client) -> None:
    """Spot and futures are loaded at once; the futures are none."""
    market = client.market(_SYMBOL)
    assert market["active"]
    assert (market["maker"], market["taker"]) == (0, 0.0005)
    assert market["precision"] == {"amount": 1e-08, "price": 0.01}
    assert market["limits"]["cost"]["min"] == 1
    assert not client.market("UNI/USDT")["active"]
    assert {"BTC", "USDT"} <= set(client.fetch_currencies())
    assert all(market["spot"] for market in client.markets.values())


def test_market_data_when_read_then_ccxt_finds_price_book_and_trades(client: Client) -> None:
    """Ticker, book, trades, candles and the clock."""
    ticker = client.fetch_ticker(_SYMBOL)
    assert ticker["bid"] < ticker["ask"]
    assert set(client.fetch_tickers([_SYMBOL, "MX/USDT"])) == {_SYMBOL, "MX/USDT"}
    book = client.fetch_order_book(_SYMBOL, 5)
    assert len(book["bids"]) == len(book["asks"]) == 5
    assert len(client.fetch_trades(_SYMBOL)) >= 3
    assert client.fetch_ohlcv(_SYMBOL, "1m")
    assert client.fetch_time() > 0
    assert client.fetch_trading_fee(_SYMBOL)["taker"] == 0.0005


def test_limit_when_placed_then_ccxt_finds_lists_and_cancels_it(client: Client) -> None:
    """POST acknowledges only; ccxt asks for what came of it."""
    before = client.fetch_balance()["USDT"]
    price = _price(client, 0.98)
    placed = client.create_order(_SYMBOL, "limit", "buy", 0.001, price, {"clientOrderId": "ccxt-1"})
    assert placed["status"] is None
    found = client.fetch_order(placed["id"], _SYMBOL)
    assert (found["status"], found["clientOrderId"]) == ("open", "ccxt-1")
    by_client_id = client.fetch_order(None, _SYMBOL, {"clientOrderId": "ccxt-1"})
    assert by_client_id["id"] == placed["id"]
    assert placed["id"] in [order["id"] for order in client.fetch_open_orders(_SYMBOL)]
    assert client.fetch_balance()["USDT"]["used"] == pytest.approx(price * 0.001)
    client.cancel_order(placed["id"], _SYMBOL)
    assert client.fetch_order(placed["id"], _SYMBOL)["status"] == "canceled"
    assert client.fetch_balance()["USDT"] == before


def test_market_when_placed_by_quantity_or_cost_then_ccxt_reads_the_fills(client: Client) -> None:
    """A sell by quantity and a buy by cost; the price is that of the fills."""
    sold = client.create_order(_SYMBOL, "market", "sell", 0.001)
    bought = client.create_market_buy_order_with_cost(_SYMBOL, 50)
    for placed in (sold, bought):
        order = client.fetch_order(placed["id"], _SYMBOL)
        assert order["filled"] > 0
        trades = client.fetch_order_trades(placed["id"], _SYMBOL)
        assert sum(trade["amount"] for trade in trades) == pytest.approx(order["filled"])
        assert all(trade["fee"]["currency"] == "USDT" for trade in trades)
    assert client.fetch_order(sold["id"], _SYMBOL)["status"] == "closed"
    assert client.fetch_order(bought["id"], _SYMBOL)["cost"] <= 50
    assert {sold["id"], bought["id"]} <= {t["order"] for t in client.fetch_my_trades(_SYMBOL)}


@pytest.mark.parametrize(
    ("time_in_force", "factor", "status"),
    [("IOC", 1.01, "closed"), ("IOC", 0.99, "canceled"), ("FOK", 1.01, "closed")],
)
def test_time_in_force_when_ioc_or_fok_then_it_fills_at_once_or_ends(
    client: Client, time_in_force: str, factor: float, status: str
) -> None:
    """They are order types at MEXC; ccxt maps them."""
    params = {"timeInForce": time_in_force}
    price = _price(client, factor)
    placed = client.create_order(_SYMBOL, "limit", "buy", 0.001, price, params)
    assert client.fetch_order(placed["id"], _SYMBOL)["status"] == status


def test_post_only_when_it_would_take_then_it_is_refused_else_it_rests(client: Client) -> None:
    """Post-only is LIMIT_MAKER."""
    only = {"postOnly": True}
    with pytest.raises(ccxt.InvalidOrder):
        client.create_order(_SYMBOL, "limit", "buy", 0.001, _price(client, 1.01), only)
    placed = client.create_order(_SYMBOL, "limit", "buy", 0.001, _price(client, 0.98), only)
    assert client.fetch_order(placed["id"], _SYMBOL)["status"] == "open"
    client.cancel_order(placed["id"], _SYMBOL)


def test_cancel_all_when_of_a_symbol_or_of_all_then_nothing_rests(client: Client) -> None:
    """Several orders in one call, and their end by symbol and by account."""
    price = _price(client, 0.97)
    order = {"symbol": _SYMBOL, "type": "limit", "side": "buy", "amount": 0.001, "price": price}
    assert len(client.create_orders([order, order])) == 2
    assert len(client.fetch_open_orders(_SYMBOL)) == 2
    client.cancel_all_orders(_SYMBOL)
    assert client.fetch_open_orders(_SYMBOL) == []
    client.create_orders([order, order])
    client.cancel_all_orders()
    assert client.fetch_open_orders() == []


def _raw(**params: str) -> Callable[[Client], object]:
    order = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "quantity": "0.001", **params}
    return lambda client: client.spotPrivatePostOrder(order)


@pytest.mark.parametrize(
    ("order", "error"),
    [
        (_raw(price="60000", quantity="0.00001"), ccxt.InvalidOrder),
        (_raw(price="60000.123"), ccxt.InvalidOrder),
        (_raw(price="60000", symbol="NOSUCHUSDT"), ccxt.BadSymbol),
        (_raw(price="8", symbol="UNIUSDT", quantity="1"), ccxt.BadSymbol),
        (_raw(price="60000", quantity="30"), ccxt.InsufficientFunds),
        (_raw(price="60000", quantity="30", side="SELL"), ccxt.InsufficientFunds),
    ],
    ids=["too small", "decimals", "unknown symbol", "not for the API", "balance", "position"],
)
def test_order_when_it_is_refused_then_ccxt_raises_the_error_of_its_kind(
    client: Client, order: Callable[[Client], object], error: type[Exception]
) -> None:
    """The code decides the type, and ccxt has read MEXC's codes by itself."""
    with pytest.raises(error):
        order(client)


def test_signature_when_the_secret_is_wrong_then_ccxt_raises_authentication_error(
    simulator: RunningSimulator,
) -> None:
    """700002, as for every wrong signature."""
    with pytest.raises(ccxt.AuthenticationError):
        _client(simulator, secret="wrong").fetch_balance()
