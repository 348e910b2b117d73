"""Laws of faults: which request they strike, and what they do to it over a real connection."""

import http.client
import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from orderdesk.simulator.faults import KINDS, FaultMisspelled, Faults, read_fault, read_header
from orderdesk.simulator.messages import Call
from orderdesk.simulator.running import RunningSimulator
from tests.simulator.floor import Trader, eventually

_POST = {"method": "POST", "path": "/api/v3/order"}


def _call(method: str = "POST", path: str = "/api/v3/order", query: str = "") -> Call:
    return Call(method=method, path=path, query=query)


def _struck(faults: Faults, call: Call) -> list[str]:
    return [fault.kind for fault in faults.strike(call, [])]


def test_strike_when_a_fault_is_narrowed_then_only_what_fits_meets_it() -> None:
    """Method, path and client id must fit; the rest passes untouched."""
    faults = Faults()
    faults.add(read_fault({"kind": "hang", "client_order_id": "x", **_POST}))
    misses = [
        _call("GET", query="newClientOrderId=x"),
        _call(path="/api/v3/order/test", query="newClientOrderId=x"),
        _call(query="newClientOrderId=y"),
    ]
    assert [_struck(faults, call) for call in misses] == [[], [], []]
    assert _struck(faults, _call(query="newClientOrderId=x")) == ["hang"]
    assert faults.listed() == []


def test_strike_when_counts_are_given_then_they_are_used_up_in_turn() -> None:
    """`skip` lets some pass first, then `count` are struck."""
    faults = Faults()
    faults.add(read_fault({"kind": "lose_answer", "skip": 1, "count": 2}))
    assert [bool(_struck(faults, _call())) for _ in range(4)] == [False, True, True, False]


def test_strike_when_two_of_a_kind_wait_then_one_request_uses_one() -> None:
    """Faults of one kind queue; faults of several kinds add up, in the table's order."""
    faults = Faults()
    for kind in ("lose_answer", "lose_answer", "invisible", "clock"):
        faults.add(read_fault({"kind": kind}))
    assert _struck(faults, _call()) == ["clock", "invisible", "lose_answer"]
    assert _struck(faults, _call()) == ["clock", "lose_answer"]
    assert _struck(faults, _call()) == ["clock"]


def test_strike_when_a_request_asks_for_its_own_fault_then_that_one_acts() -> None:
    """A request's own fault goes before a waiting one of its kind, which goes on waiting."""
    faults = Faults()
    faults.add(read_fault({"kind": "hang", "ms": 1}))
    [fault] = faults.strike(_call(), read_header("hang;ms=2"))
    assert fault.ms == 2
    assert len(faults.listed()) == 1


def test_read_header_when_several_are_named_then_each_has_its_options() -> None:
    """`kind;option=value, kind`."""
    first, second = read_header("status;status=503;when=after, lose_answer")
    assert (first.kind, first.status, first.when, second.kind) == (
        "status",
        503,
        "after",
        "lose_answer",
    )


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"kind": "nothing"},
        {"kind": "hang", "seconds": 1},
        {"kind": "hang", "ms": "long"},
        {"kind": "status", "when": "later"},
    ],
)
def test_read_fault_when_it_is_misspelled_then_it_is_refused(options: dict[str, object]) -> None:
    """A fault that would do nothing is an error."""
    with pytest.raises(FaultMisspelled):
        read_fault(options)


def test_kinds_when_read_then_each_does_something() -> None:
    """Every kind bends the call, or acts before or after it."""
    assert all(kind.bend or kind.before or kind.after for kind in KINDS.values())
    assert all(kind.meaning for kind in KINDS.values())


@pytest.mark.processes
@pytest.mark.parametrize(("kind", "placed"), [("lose_answer", True), ("lose_request", False)])
def test_lose_when_the_connection_closes_then_only_the_door_knows_what_happened(
    running: RunningSimulator, trader: Trader, kind: str, placed: bool
) -> None:
    """Both look alike to the client: no answer. One of them left an order."""
    with pytest.raises(ConnectionResetError):
        trader.rest(f"{kind}-1", fault=kind)
    assert (f"{kind}-1" in running.door.state()["orders_by_client_id"]) is placed
    assert ("orderId" in trader.find(f"{kind}-1")) is placed


@pytest.mark.processes
@pytest.mark.parametrize(("when", "placed"), [("before", False), ("after", True)])
def test_status_when_a_gateway_fails_then_the_order_exists_or_not(
    running: RunningSimulator, trader: Trader, when: str, placed: bool
) -> None:
    """A 5xx says nothing about the order."""
    target = trader.target(
        "order",
        symbol="BTCUSDT",
        side="BUY",
        type="LIMIT",
        quantity="0.001",
        price="59000",
        newClientOrderId=f"status-{when}",
    )
    status, headers, text = trader.raw("POST", target, X_Sim_Fault=f"status;when={when}")
    assert (status, headers.get_content_type()) == (503, "text/html")
    assert text.startswith("<html>")
    assert ("orderId" in trader.find(f"status-{when}")) is placed


@pytest.mark.processes
def test_status_when_the_cap_is_hit_then_the_answer_is_json_with_retry_after(
    trader: Trader,
) -> None:
    """429 comes in JSON and tells how long to wait, 403 is the firewall's page and does not."""
    status, headers, text = trader.raw(
        "GET", "/api/v3/time", X_Sim_Fault="status;status=429;retry_after_s=7"
    )
    assert (status, headers["Retry-After"], json.loads(text)["code"]) == (429, "7", 429)
    status, headers, text = trader.raw("GET", "/api/v3/time", X_Sim_Fault="status;status=403")
    assert (status, headers["Retry-After"], headers.get_content_type()) == (403, None, "text/html")


@pytest.mark.processes
def test_garbled_when_the_answer_is_no_json_then_the_order_exists_all_the_same(
    trader: Trader,
) -> None:
    """200 and JSON by its header, and nothing that can be read: no answer."""
    with pytest.raises(json.JSONDecodeError):
        trader.rest("garbled-1", fault="garbled")
    assert trader.find("garbled-1")["status"] == "NEW"


@pytest.mark.processes
def test_cut_body_when_the_connection_ends_in_the_middle_then_the_order_exists(
    trader: Trader,
) -> None:
    """The head promised more than came."""
    with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
        trader.rest("cut-1", fault="cut_body")
    assert trader.find("cut-1")["status"] == "NEW"


@pytest.mark.processes
def test_slow_body_when_the_head_came_then_the_rest_comes_bit_by_bit(
    running: RunningSimulator, trader: Trader
) -> None:
    """Each byte is in time and the whole is not: only a deadline over all of it helps."""
    assert isinstance(trader.signed("GET", "openOrders", "slow_body;ms=10"), list)
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=5)
    connection.request("GET", "/api/v3/exchangeInfo", headers={"X-Sim-Fault": "slow_body;ms=5000"})
    response = connection.getresponse()
    first = response.read1()
    connection.close()
    assert 0 < len(first) < int(response.headers["Content-Length"])


@pytest.mark.processes
def test_out_of_order_when_a_later_call_is_answered_then_the_earlier_one_is_too(
    running: RunningSimulator, trader: Trader
) -> None:
    """The first order is placed first and answered only when the second is.

    Which answer two threads here read first is theirs; that nothing answered the first before,
    and that its 30 s did not run out, is the simulator's.
    """
    running.door.fault("out_of_order", method="POST", path="/api/v3/order", ms=30_000)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(trader.rest, "first")
        assert eventually(lambda: not running.door.state()["faults"])
        assert not first.done()
        trader.rest("second")
        first.result(timeout=10)
    times = [trader.find(name)["time"] for name in ("first", "second")]
    assert times == sorted(times)


@pytest.mark.processes
def test_out_of_order_when_nothing_else_comes_then_the_answer_comes_after_ms(
    trader: Trader,
) -> None:
    """Alone on the wire a call is not held for ever."""
    assert "orderId" in trader.rest("alone-1", fault="out_of_order;ms=20")


@pytest.mark.processes
def test_hang_when_the_client_goes_away_then_the_order_is_there_all_the_same(
    running: RunningSimulator, trader: Trader
) -> None:
    """`hang` places at once and answers late."""
    impatient = Trader(running.port, timeout_s=0.1)
    with pytest.raises(TimeoutError):
        impatient.rest("hang-1", fault="hang;ms=30000")
    assert eventually(lambda: trader.find("hang-1").get("status") == "NEW")


@pytest.mark.processes
def test_hang_before_when_the_client_goes_away_then_the_order_lands_late(
    running: RunningSimulator, trader: Trader
) -> None:
    """A request that nobody waits for any more is still looked at when its turn comes."""
    impatient = Trader(running.port, timeout_s=0.05)
    with pytest.raises(TimeoutError):
        impatient.rest("late-1", fault="hang_before;ms=1000")
    assert trader.find("late-1")["code"] == -2013
    assert eventually(lambda: trader.find("late-1").get("status") == "NEW")


@pytest.mark.processes
def test_hang_before_when_the_stamp_runs_out_meanwhile_then_the_exchange_refuses(
    trader: Trader,
) -> None:
    """The window is judged when the request is looked at: it fences late landings."""
    answer = trader.signed(
        "POST",
        "order",
        "hang_before;ms=60",
        symbol="BTCUSDT",
        side="BUY",
        type="LIMIT",
        quantity="0.001",
        price="59000",
        newClientOrderId="late-2",
        recvWindow=50,
    )
    assert answer["code"] == 700003
    assert trader.find("late-2")["code"] == -2013


@pytest.mark.processes
def test_invisible_when_an_order_was_acknowledged_then_queries_deny_it_for_a_while(
    running: RunningSimulator, trader: Trader
) -> None:
    """Acknowledged, absent everywhere, and there later: an absence alone proves nothing."""
    order_id = trader.rest("ghost-1", fault="invisible;ms=60000")["orderId"]
    assert trader.find("ghost-1")["code"] == -2013
    for path in ("openOrders", "allOrders", "myTrades"):
        rows = trader.signed("GET", path, symbol="BTCUSDT")
        assert order_id not in [row["orderId"] for row in rows]
    missed = trader.signed("DELETE", "order", symbol="BTCUSDT", orderId=order_id)
    assert missed["code"] == -2011
    # When: the exchange's clock has gone on by more than the lag.
    running.door.fault("clock", offset_ms=61_000)
    later_ms = time.time_ns() // 1_000_000 + 61_000
    assert trader.find("ghost-1", timestamp=later_ms)["orderId"] == order_id


@pytest.mark.processes
def test_clock_when_it_is_off_then_until_cleared(running: RunningSimulator, trader: Trader) -> None:
    """A clock that is behind refuses good stamps as too far ahead."""
    running.door.fault("clock", offset_ms=-3_000)
    answers = [trader.signed("GET", "account") for _ in range(2)]
    assert [answer["code"] for answer in answers] == [700003, 700003]
    running.door.clear_faults()
    assert "balances" in trader.signed("GET", "account")


@pytest.mark.processes
def test_header_when_it_is_misspelled_then_the_request_is_refused(trader: Trader) -> None:
    """A test that asks for a fault that is none must notice."""
    status, _, text = trader.raw("GET", "/api/v3/time", X_Sim_Fault="explode")
    assert status == 400
    assert "X-Sim-Fault" in text
