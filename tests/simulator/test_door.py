"""Laws of the door's own client."""

import pytest

from orderdesk.simulator.door import Door, DoorClosed
from orderdesk.simulator.running import RunningSimulator
from tests.simulator.floor import Trader


@pytest.mark.processes
def test_lose_next_answer_when_an_order_comes_then_that_one_is_placed_and_unanswered(
    running: RunningSimulator, trader: Trader
) -> None:
    """Only the next order is struck; asking is not."""
    running.door.lose_next_answer()
    trader.signed("GET", "account")
    with pytest.raises(ConnectionResetError):
        trader.rest("door-1")
    assert trader.find("door-1")["status"] == "NEW"
    assert "orderId" in trader.rest("door-2")


@pytest.mark.processes
def test_door_when_it_is_asked_nonsense_then_it_says_what_was_wrong(
    running: RunningSimulator, trader: Trader
) -> None:
    """Mistakes in a test are told in the test."""
    with pytest.raises(DoorClosed, match="kind must be one of"):
        running.door.fault("explode")
    with pytest.raises(DoorClosed, match="steps"):
        running.door.walk(0)
    running.door.walk(2)


@pytest.mark.processes
def test_set_price_when_an_order_waits_there_then_it_fills(
    running: RunningSimulator, trader: Trader
) -> None:
    """The door moves the market, and back."""
    order = trader.signed(
        "POST",
        "order",
        symbol="ETHUSDT",
        side="SELL",
        type="LIMIT",
        quantity="0.01",
        price="3100",
    )
    running.door.set_price("ETHUSDT", "3200")
    found = trader.signed("GET", "order", symbol="ETHUSDT", orderId=order["orderId"])
    running.door.set_price("ETHUSDT", "3000")
    assert found["status"] == "FILLED"


def test_wait_ready_when_nothing_listens_then_it_gives_up_and_says_where() -> None:
    """Port 9 is the discard port: nothing of ours."""
    with pytest.raises(TimeoutError, match=r"127\.0\.0\.1:9 "):
        Door("http://127.0.0.1:9").wait_ready(timeout_s=0.05)
