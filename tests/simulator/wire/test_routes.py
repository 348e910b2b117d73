"""Laws of the table of endpoints."""

import json

import pytest

from orderdesk.simulator.messages import Call
from orderdesk.simulator.wire.routes import ENDPOINTS, answer
from tests.simulator.floor import Floor


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/api/v3/klines/x", 404),
        ("PUT", "/api/v3/order", 405),
        ("POST", "/api/v3/time", 405),
    ],
)
def test_answer_when_there_is_no_such_endpoint_then_it_says_so_in_json(
    floor: Floor, method: str, path: str, status: int
) -> None:
    """A wrong path or method never looks like a page."""
    outcome = answer(floor.venue, Call(method=method, path=path))
    assert outcome.status == status
    assert json.loads(outcome.text)["code"] == status


def test_endpoints_when_they_touch_an_account_then_all_are_signed(floor: Floor) -> None:
    """Without a key nothing of an account is shown or done."""
    public = set()
    for path, methods in ENDPOINTS.items():
        for method in methods:
            outcome = answer(floor.venue, Call(method=method, path=path, peer="127.0.0.1"))
            if "api key required" not in outcome.text and not path.startswith("/admin/"):
                public.add(path.removeprefix("/api/v3/"))
    assert public == {
        "ping",
        "time",
        "defaultSymbols",
        "exchangeInfo",
        "depth",
        "avgPrice",
        "ticker/price",
        "ticker/bookTicker",
        "ticker/24hr",
        "symbol/offline",
        "/api/v1/contract/detail",
        "trades",
        "historicalTrades",
        "aggTrades",
        "klines",
    }


def test_answer_when_the_clock_is_bent_then_time_and_window_are(floor: Floor) -> None:
    """There is one clock: what /time tells is what stamps are judged by."""
    call = Call(method="GET", path="/api/v3/time", clock_offset_ms=-2_000)
    assert json.loads(answer(floor.venue, call).text)["serverTime"] == floor.now_ms - 2_000
    late = floor.signed_call("GET", "account")
    late.clock_offset_ms = -2_000
    assert json.loads(answer(floor.venue, late).text)["code"] == 700003
