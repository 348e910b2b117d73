"""Laws of the count at the door, over real connections."""

import json
from collections import Counter

import pytest

from orderdesk.simulator.door import Door, DoorClosed
from orderdesk.simulator.keys import uid_of
from orderdesk.simulator.running import RunningSimulator
from tests.simulator.floor import Trader

pytestmark = pytest.mark.processes


@pytest.fixture
def door(running: RunningSimulator) -> Door:
    """Give the door of a simulator that only counts, with nothing counted yet."""
    running.door.set_caps("mexc-2026-09", holds=False)
    return running.door


def _row(door: Door, name: str) -> dict[str, object]:
    return next(row for row in door.caps()["caps"] if row["name"] == name)


def test_caps_when_orders_arrive_then_the_count_is_of_each_one(door: Door, trader: Trader) -> None:
    """Totals and peaks are those of the requests that were sent; the door itself is not counted."""
    for number in range(5):
        trader.rest(f"count-{number}")
    trader.raw("GET", "/api/v3/ping")
    told = door.caps()
    assert told["requests"] == 6
    assert told["by_endpoint"] == {"POST /api/v3/order": 5, "GET /api/v3/ping": 1}
    assert (told["overshoots"], told["turned_away"], told["holds"]) == (0, {}, False)
    orders = _row(door, "orders_per_s")
    assert (orders["total"], orders["peak_of"]) == (5, uid_of("paper"))
    assert _row(door, "requests_per_s")["peak_of"] == "127.0.0.1"
    assert _row(door, "weight_per_10_s")["total"] == 6


def test_arrivals_when_listed_then_the_count_can_be_made_again(door: Door, trader: Trader) -> None:
    """Each has a stamp in microseconds of its own, and what it was."""
    for number in range(3):
        trader.rest(f"stamp-{number}")
    stamps = [at_us for at_us, *_ in door.arrivals()]
    assert len(set(stamps)) == 3
    assert Counter(row[1:] for row in door.arrivals()) == {
        ("POST /api/v3/order", uid_of("paper"), 0): 3
    }
    assert [row[0] for row in door.arrivals(since_us=stamps[1])] == stamps[1:]


def test_caps_when_they_are_held_then_429_418_and_the_firewall_s_page_come_in_turn(
    door: Door, trader: Trader
) -> None:
    """JSON with Retry-After, a ban for who goes on, and at last a page that tells no time."""
    door.set_caps(holds=True, numbers={"weight_per_10_s": 1, "firewall": 16})
    try:
        answers = [trader.raw("GET", "/api/v3/ping") for _ in range(18)]
        told = door.caps()
    finally:
        door.set_caps("mexc-2026-09", holds=False)
    assert [status for status, _, _ in answers] == [200] + [429] * 10 + [418] * 5 + [403] * 2
    limited, banned, walled = answers[1], answers[12], answers[17]
    assert 1 <= int(limited[1]["Retry-After"]) <= 10
    assert json.loads(limited[2])["code"] == 429
    assert (banned[1]["Retry-After"], json.loads(banned[2])["code"]) == ("120", 418)
    assert (walled[1]["Retry-After"], walled[1].get_content_type()) == (None, "text/html")
    assert told["turned_away"] == {"429": 10, "418": 5, "403": 2}


def test_caps_when_a_request_is_turned_away_then_nothing_happened_and_no_fault_is_used_up(
    door: Door, trader: Trader
) -> None:
    """An order that met 429 is not there; a waiting fault strikes the next one that comes in."""
    door.set_caps(holds=True, numbers={"weight_per_10_s": 1})
    try:
        door.fault("invisible", ms=60_000)
        door.fault("invisible", ms=60_000)
        trader.rest("in-1")
        assert trader.rest("out-1")["code"] == 429
        waiting = door.state()["faults"]
    finally:
        door.set_caps("mexc-2026-09", holds=False)
    assert len(waiting) == 1
    assert "out-1" not in door.state()["orders_by_client_id"]


@pytest.mark.parametrize(
    ("profile", "numbers"), [("binance", None), (None, {"orders": 4}), (None, {"orders_per_s": 0})]
)
def test_set_caps_when_there_is_no_such_cap_then_the_door_refuses(
    door: Door, profile: str | None, numbers: dict[str, int] | None
) -> None:
    """And what held before goes on."""
    with pytest.raises(DoorClosed):
        door.set_caps(profile, numbers=numbers)
    assert door.caps()["profile"] == "mexc-2026-09"
