"""The spot client of pymexc trades here unmodified but for the URL.

It passes MEXC's JSON through, so here the shapes themselves are looked at; its one error carries
the code in its text.
"""

import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest

from orderdesk.simulator.running import RunningSimulator, running_simulator

# pymexc 1.3.1 (Jun 2026) imports a module for futures that its wheel and its sdist leave out.
sys.modules.setdefault("pymexc._async.web", ModuleType("pymexc._async.web"))

from pymexc.base import MexcAPIError  # noqa: E402 - after the module it lacks
from pymexc.spot import HTTP  # noqa: E402 - the same

pytestmark = pytest.mark.processes

_SYMBOL = "BTCUSDT"
Client = Any


def _client(simulator: RunningSimulator, secret: str | None = None) -> Client:
    client = HTTP(api_key=simulator.api_key, api_secret=secret or simulator.api_secret)
    client.base_url = simulator.base_url
    # A busy machine may take long between signing and sending.
    client.recvWindow = 60_000
    return client


@pytest.fixture(scope="module")
def simulator() -> Iterator[RunningSimulator]:
    """Run a simulator of this file's own, with something on the tape."""
    with running_simulator() as running:
        running.door.walk(3)
        yield running


@pytest.fixture(scope="module")
def client(simulator: RunningSimulator) -> Client:
    """Give pymexc's client."""
    return _client(simulator)


def _status(client: Client, order: dict[str, str]) -> str:
    status: str = client.query_order(symbol=_SYMBOL, order_id=order["orderId"])["status"]
    return status


def test_market_data_when_read_then_every_answer_has_its_shape(client: Client) -> None:
    """Symbols, price, book, trades, candles."""
    client.ping()
    assert client.time()["serverTime"] > 0
    assert _SYMBOL in client.default_symbols()["data"]
    assert client.exchange_info(symbol=_SYMBOL)["symbols"][0]["status"] == "1"
    assert client.ticker_price(symbol=_SYMBOL)["symbol"] == _SYMBOL
    assert client.ticker_24h(symbol=_SYMBOL)["lastPrice"]
    assert client.ticker_book_price(symbol=_SYMBOL)["bidPrice"]
    assert len(client.order_book(symbol=_SYMBOL, limit=5)["asks"]) == 5
    assert len(client.trades(symbol=_SYMBOL)) >= 3
    assert client.agg_trades(symbol=_SYMBOL)
    assert len(client.klines(symbol=_SYMBOL, interval="1m")[0]) == 8
    assert client.avg_price(symbol=_SYMBOL)["mins"] == 5


def test_account_when_read_then_balances_fees_and_coins_are_there(client: Client) -> None:
    """What a bot asks for before it trades."""
    assert "USDT" in [row["asset"] for row in client.account_information()["balances"]]
    assert client.query_symbol_commission(symbol=_SYMBOL)["code"] == 0
    assert "BTC" in [row["coin"] for row in client.get_currency_info()]
    assert _SYMBOL in client.get_default_symbols()["data"]
    assert client.get_uid()["uid"]


def test_limit_when_placed_then_it_is_found_listed_and_canceled(client: Client) -> None:
    """One order from its beginning to its end."""
    order = client.order(_SYMBOL, "BUY", "LIMIT", "0.001", price="59000", new_client_order_id="p-1")
    assert "status" not in order
    found = client.query_order(symbol=_SYMBOL, orig_client_order_id="p-1")
    assert (found["orderId"], found["status"]) == (order["orderId"], "NEW")
    assert [row["orderId"] for row in client.current_open_orders(_SYMBOL)] == [order["orderId"]]
    client.cancel_order(symbol=_SYMBOL, order_id=order["orderId"])
    assert _status(client, order) == "CANCELED"
    assert order["orderId"] in [row["orderId"] for row in client.all_orders(_SYMBOL)]


def test_market_when_placed_by_quantity_or_cost_then_trades_tell_of_it(client: Client) -> None:
    """A sell by quantity is filled; a buy by cost may leave a residue."""
    sold = client.order(_SYMBOL, "SELL", "MARKET", "0.001")
    bought = client.order(_SYMBOL, "BUY", "MARKET", quote_order_qty="50")
    assert _status(client, sold) == "FILLED"
    assert _status(client, bought) in ("FILLED", "PARTIALLY_CANCELED")
    ids = [row["orderId"] for row in client.account_trade_list(_SYMBOL)]
    assert {sold["orderId"], bought["orderId"]} <= set(ids)


@pytest.mark.parametrize(
    ("kind", "price", "status"),
    [
        ("IMMEDIATE_OR_CANCEL", "61000", "FILLED"),
        ("IMMEDIATE_OR_CANCEL", "59000", "CANCELED"),
        ("FILL_OR_KILL", "61000", "FILLED"),
        ("LIMIT_MAKER", "59000", "NEW"),
    ],
)
def test_type_when_it_is_no_plain_limit_then_it_does_what_its_name_says(
    client: Client, kind: str, price: str, status: str
) -> None:
    """IOC, FOK and post-only are types of their own."""
    order = client.order(_SYMBOL, "BUY", kind, "0.001", price=price)
    assert _status(client, order) == status


def test_cancel_all_when_a_symbol_is_named_then_nothing_of_it_rests(client: Client) -> None:
    """One call ends all of a symbol."""
    for price in ("58000", "58500"):
        client.order(_SYMBOL, "BUY", "LIMIT", "0.001", price=price)
    assert len(client.current_open_orders(_SYMBOL)) >= 2
    client.cancel_all_open_orders(symbol=_SYMBOL)
    assert client.current_open_orders(_SYMBOL) == []


def test_batch_when_pymexc_signs_other_bytes_than_it_sends_then_it_is_refused(
    client: Client,
) -> None:
    """Pymexc 1.3.1 signs a space as %20 and sends it as a plus: MEXC wants what was sent."""
    with pytest.raises(MexcAPIError, match="code=700002"):
        client.batch_orders([{}], _SYMBOL, "BUY", "LIMIT", quantity="0.001", price="59000")


_Act = Callable[[Client], object]
_REFUSED: dict[str, tuple[int, _Act]] = {
    "too small": (30002, lambda c: c.order(_SYMBOL, "BUY", "LIMIT", "0.00001", price="59000")),
    "decimals": (10096, lambda c: c.order(_SYMBOL, "BUY", "LIMIT", "0.001", price="59000.123")),
    "symbol": (-1121, lambda c: c.order("NOSUCHUSDT", "BUY", "LIMIT", "1", price="1")),
    "balance": (10101, lambda c: c.order(_SYMBOL, "BUY", "LIMIT", "30", price="59000")),
    "unknown order": (-2013, lambda c: c.query_order(symbol=_SYMBOL, order_id="1")),
    "unknown cancel": (-2011, lambda c: c.cancel_order(symbol=_SYMBOL, order_id="1")),
}


@pytest.mark.parametrize("name", _REFUSED)
def test_order_when_it_is_refused_then_pymexc_raises_with_the_code(
    client: Client, name: str
) -> None:
    """`MexcAPIError` is its one type; the code stands in it."""
    code, act = _REFUSED[name]
    with pytest.raises(MexcAPIError, match=f"code={code}"):
        act(client)


def test_signature_when_the_secret_is_wrong_then_pymexc_raises_with_the_code(
    simulator: RunningSimulator,
) -> None:
    """700002, as for every wrong signature."""
    with pytest.raises(MexcAPIError, match="code=700002"):
        _client(simulator, secret="wrong").account_information()
