"""Laws of the admin door."""

import json

import pytest

from orderdesk.simulator.messages import Call
from orderdesk.simulator.wire.admin import is_loopback
from orderdesk.simulator.wire.routes import answer
from tests.simulator.floor import Floor


@pytest.mark.parametrize(
    ("peer", "good"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("10.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("", False),
        (None, False),
    ],
)
def test_door_when_the_peer_is_not_this_host_then_it_stays_shut(
    floor: Floor, peer: str | None, good: bool
) -> None:
    """Who can reach the exchange may trade there, but only loopback may bend it."""
    assert is_loopback(peer) is good
    outcome = answer(floor.venue, Call(method="GET", path="/admin/state", peer=peer))
    assert (outcome.status == 200) is good


def test_state_when_orders_are_hidden_then_the_door_shows_them(floor: Floor) -> None:
    """The door shows what is, not what a client may see; and counts by client id."""
    call = floor.signed_call(
        "POST",
        "order",
        symbol="BTCUSDT",
        side="BUY",
        type="LIMIT",
        quantity="0.01",
        price="59000",
        newClientOrderId="h",
    )
    call.hidden_ms = 500
    order_id = json.loads(answer(floor.venue, call).text)["orderId"]
    assert floor.signed("GET", "openOrders") == []
    _, state = floor.admin("GET", "state")
    [order] = state["orders"]
    assert (order["orderId"], order["account"], order["locked"]) == (order_id, "paper", "590")
    assert (state["orders_by_client_id"], state["order_count"]) == ({"h": 1}, 1)
    assert state["balances"]["paper"]["USDT"] == {"free": "9410", "locked": "590"}
    assert state["prices"]["BTCUSDT"] == "60000"
    assert floor.admin("GET", "state", query="orders=no")[1]["orders"] == []


def test_set_price_when_it_reaches_an_order_then_the_order_fills(floor: Floor) -> None:
    """Moving the price is how a test makes a resting order trade."""
    order_id = floor.rest()
    status, _ = floor.admin("POST", "price", {"symbol": "BTCUSDT", "price": "58000"})
    assert status == 200
    assert floor.order(order_id)["status"] == "FILLED"
    assert floor.public("ticker/price", symbol="BTCUSDT")["price"] == "58000"


@pytest.mark.parametrize(
    "content",
    [
        {"symbol": "NONE", "price": "1"},
        {"symbol": "BTCUSDT", "price": "0"},
        {"symbol": "BTCUSDT", "price": "1.001"},
        {"symbol": "BTCUSDT", "price": "Infinity"},
        {"symbol": "BTCUSDT"},
        [],
    ],
)
def test_set_price_when_it_makes_no_sense_then_it_says_what_would(
    floor: Floor, content: object
) -> None:
    """A mistake at the door is told in words, and changes nothing."""
    status, answered = floor.admin("POST", "price", content)
    assert status == 400
    assert "must be" in answered["error"]


def test_walk_when_steps_are_asked_then_prices_move_by_the_seed(floor: Floor) -> None:
    """The same steps from the same seed lead to the same prices."""
    other = Floor()
    assert floor.admin("POST", "walk", {"steps": 20}) == (200, {"steps": 20})
    for _ in range(20):
        other.admin("POST", "walk")
    assert floor.public("ticker/price") == other.public("ticker/price")
    assert floor.public("ticker/price", symbol="BTCUSDT")["price"] != "60000"
    assert floor.admin("POST", "walk", {"steps": 0})[0] == 400


def test_faults_when_added_then_they_wait_until_cleared(floor: Floor) -> None:
    """The door lists what waits."""
    status, content = floor.admin("POST", "faults", {"kind": "hang", "ms": 5, "path": "/x"})
    assert status == 200
    [fault] = content["waiting"]
    assert (fault["kind"], fault["ms"], fault["path"], fault["count"]) == ("hang", 5, "/x", 1)
    assert floor.admin("GET", "faults")[1] == content
    assert floor.admin("DELETE", "faults")[1] == {"waiting": [], "plan": None}


def test_faults_when_misspelled_then_the_known_kinds_are_told(floor: Floor) -> None:
    """A fault that could never strike is refused."""
    status, content = floor.admin("POST", "faults", {"kind": "loose_answer"})
    assert status == 400
    assert "lose_answer" in content["error"]


def test_plan_when_it_is_dealt_then_the_door_shows_it_until_cleared(floor: Floor) -> None:
    """A plan says what it does; one that is misspelled does nothing."""
    plan = {"seed": 7, "faults": [{"kind": "hang", "share": 0.5, "ms": 2}]}
    shown = floor.admin("POST", "fault-plan", plan)[1]["plan"]
    assert (shown["seed"], shown["faults"][0]["share"], shown["faults"][0]["ms"]) == (7, 0.5, 2)
    assert floor.admin("POST", "fault-plan", {"faults": "all"})[0] == 400
    assert floor.admin("GET", "faults")[1]["plan"] == shown
    assert floor.admin("DELETE", "faults")[1]["plan"] is None


def test_habits_when_client_ids_are_deduped_then_a_repeat_is_answered_with_its_order(
    floor: Floor,
) -> None:
    """What some believe of MEXC, to see what relies on it; by default every POST is an order."""
    floor.admin("POST", "habits", {"dedupes_client_ids": True})
    first, again = (
        floor.rest(newClientOrderId="same", price=price) for price in ("59000", "58000")
    )
    assert first == again
    assert floor.rest() != floor.rest()
    assert floor.admin("GET", "habits")[1]["dedupes_client_ids"]
    floor.admin("POST", "habits", {"dedupes_client_ids": False})
    assert floor.rest(newClientOrderId="same") != first


def test_habits_when_orders_are_visible_later_then_every_query_denies_them_until_then(
    floor: Floor,
) -> None:
    """The lag is from acceptance on, for every order."""
    floor.admin("POST", "habits", {"visible_after_ms": 500})
    order_id = floor.rest()
    assert floor.order(order_id)["code"] == -2013
    assert floor.signed("GET", "openOrders") == []
    floor.now_ms += 500
    assert floor.order(order_id)["status"] == "NEW"


@pytest.mark.parametrize(
    "options",
    [{"lag": 1}, {"visible_after_ms": -1}, {"dedupes_client_ids": "yes"}, {"jitter_ms": True}],
)
def test_habits_when_misspelled_then_nothing_changes(
    floor: Floor, options: dict[str, object]
) -> None:
    """A habit that there is not is an error."""
    before = floor.admin("GET", "habits")
    assert floor.admin("POST", "habits", options)[0] == 400
    assert floor.admin("GET", "habits") == before
