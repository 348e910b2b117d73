"""Laws of live prices, with another simulator in MEXC's place."""

import asyncio
import json
from decimal import Decimal

import pytest

from orderdesk.simulator.live_prices import LivePrices, NoLivePrices
from orderdesk.simulator.running import NotStarted, RunningSimulator, running_simulator
from orderdesk.simulator.server import Server
from orderdesk.simulator.venue import Venue
from tests.simulator.floor import Trader

pytestmark = pytest.mark.processes

_NOBODY = "http://127.0.0.1:1"


def test_prices_when_live_then_they_are_there_before_the_first_order(
    running: RunningSimulator,
) -> None:
    """It opens where MEXC stands, and follows from there."""
    running.door.set_price("MXUSDT", "3.21")
    with running_simulator(
        options=("--prices", "live", "--prices-from", running.base_url)
    ) as simulator:
        text = Trader(simulator.port).raw("GET", "/api/v3/ticker/price?symbol=MXUSDT")[2]
    assert json.loads(text)["price"] == "3.21"
    running.door.set_price("MXUSDT", "2.5")


def test_prices_when_nobody_tells_them_then_it_does_not_start() -> None:
    """Paper prices that pretend to be live ones would be worse than none."""
    with (
        pytest.raises(NotStarted),
        running_simulator(options=("--prices", "live", "--prices-from", _NOBODY)),
    ):
        pass


def test_prices_when_they_fail_later_then_it_says_so_and_goes_on(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A venue that runs is not stopped by somebody else's trouble."""
    server = Server(Venue(seed=1), live=LivePrices(_NOBODY))
    assert asyncio.run(server.named_prices()) == {}
    assert _NOBODY in capsys.readouterr().err


def test_read_when_the_answer_holds_no_prices_then_it_is_none(running: RunningSimulator) -> None:
    """Only a list of symbols with prices is one."""
    assert asyncio.run(LivePrices(running.base_url).read())["BTCUSDT"] > Decimal(0)
    running.door.fault("garbled", path="/api/v3/ticker/price")
    with pytest.raises(NoLivePrices, match="no prices"):
        asyncio.run(LivePrices(running.base_url).read())
    running.door.fault("status", path="/api/v3/ticker/price", status=403)
    with pytest.raises(NoLivePrices, match="403"):
        asyncio.run(LivePrices(running.base_url).read())
