"""Laws of the HTTP server itself."""

import http.client
import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from orderdesk.simulator.running import RunningSimulator, running_simulator
from tests.simulator.floor import Trader, eventually

pytestmark = pytest.mark.processes


def test_server_when_values_are_percent_encoded_then_what_was_sent_is_what_is_checked(
    trader: Trader,
) -> None:
    """The signature is over the raw query: nothing on the way may write it anew."""
    rows = trader.signed("GET", "openOrders", symbol="BTCUSDT%2CMXUSDT")
    assert isinstance(rows, list)
    info = trader.raw("GET", "/api/v3/exchangeInfo?symbols=BTCUSDT%2CMXUSDT")[2]
    assert len(json.loads(info)["symbols"]) == 2


def test_server_when_many_call_at_once_then_each_order_is_placed_once(
    running: RunningSimulator, trader: Trader
) -> None:
    """Calls never see each other half done, and requests are counted."""
    before = running.door.state()["requests"].get("POST /api/v3/order", 0)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(trader.rest, [f"many-{number}" for number in range(40)]))
    assert len({answer["orderId"] for answer in answers}) == 40
    state = running.door.state()
    assert state["requests"]["POST /api/v3/order"] - before == 40
    assert all(state["orders_by_client_id"][f"many-{number}"] == 1 for number in range(40))


def test_server_when_a_connection_is_kept_then_calls_follow_each_other_on_it(
    running: RunningSimulator,
) -> None:
    """Keep-alive works, also after a refusal."""
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=5)
    statuses = []
    for path in ("/api/v3/ping", "/api/v3/order", "/nowhere", "/api/v3/time"):
        connection.request("GET", path)
        response = connection.getresponse()
        response.read()
        statuses.append(response.status)
    connection.close()
    assert statuses == [200, 400, 404, 200]


def test_server_when_it_walks_by_itself_then_prices_move() -> None:
    """The pulse steps the prices without anybody asking."""
    with running_simulator(walk_ms=1, latency_ms=2) as simulator:
        trader = Trader(simulator.port)
        first = trader.raw("GET", "/api/v3/ticker/price?symbol=BTCUSDT")[2]
        path = "/api/v3/ticker/price?symbol=BTCUSDT"
        assert eventually(lambda: trader.raw("GET", path)[2] != first)


def test_server_when_it_is_far_away_then_a_call_takes_at_least_as_long(
    running: RunningSimulator, trader: Trader
) -> None:
    """Latency and jitter may be changed while it runs; the stamp is judged when it has come."""
    running.door.set_habits(latency_ms=40, jitter_ms=40)
    late = trader.signed("GET", "openOrders", recvWindow=10)
    running.door.set_habits(latency_ms=0, jitter_ms=0)
    assert late["code"] == 700003
