"""Orders by HTTP: the way of every producer, and their stories."""

import pytest

from orderdesk.core.order_ids import client_order_id
from tests.control.http.served import ORDER, Served


def test_place_when_the_key_comes_again_then_it_is_the_same_order(desk: Served) -> None:
    """By header or in the body; kept in the intake before anything is published."""
    first = desk.post("/orders", json=ORDER, headers={"Idempotency-Key": "k/1?a"})
    again = desk.post("/orders", json={**ORDER, "idempotency_key": "k/1?a"})
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json() == again.json()
    assert first.json()["client_order_id"] == client_order_id("main", "k/1?a")
    desk.trial.work()
    assert len(desk.trial.venue.orders) == 1
    assert [e.task for e in desk.trial.intake.entries("0-0", 9)] == ["place_order"] * 2


def test_place_when_no_key_is_given_then_one_is_made_and_told(desk: Served) -> None:
    """Two calls without a key are two orders."""
    keys = {desk.post("/orders", json=ORDER).json()["idempotency_key"] for _ in range(2)}
    assert len(keys) == 2


def test_place_when_a_report_is_waited_for_then_it_is_in_the_answer(desk: Served) -> None:
    """A no of the desk is a report too."""
    desk.producing.works = True
    placed = desk.post("/orders?wait_s=5", json=ORDER).json()
    denied = desk.post("/orders?wait_s=5", json={**ORDER, "quantity": "9"}).json()
    assert placed["order"]["status"] == "NEW"
    assert denied["order"]["status"] == "DENIED"
    assert denied["order"]["code"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"quantity": "-1"}, "quantity"),
        ({"colour": "red"}, "colour"),
        ({"symbol": "<script>"}, "symbol"),
        ({"key_minted": True}, "key_minted"),
        ({"intake_entry": "1-1"}, "intake_entry"),
        ({"idempotency_key": ""}, "idempotency_key"),
        ({"idempotency_key": {"a": 1}}, "idempotency_key"),
    ],
)
def test_place_when_a_field_is_wrong_then_422_names_it_and_nothing_is_kept(
    desk: Served, change: dict[str, object], field: str
) -> None:
    """As at `delay()`; what is the desk's own cannot be given by anybody."""
    answer = desk.post("/orders", json={**ORDER, **change})
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert desk.trial.intake.entries("0-0", 9) == []


def test_place_when_header_and_body_name_two_keys_then_422(desk: Served) -> None:
    """Nobody guesses which order was meant."""
    body = {**ORDER, "idempotency_key": "one"}
    answer = desk.post("/orders", json=body, headers={"Idempotency-Key": "two"})
    assert answer.status_code == 422
    assert desk.trial.intake.entries("0-0", 9) == []


@pytest.mark.parametrize("body", ["[1]", "null", '"text"', "{", ""])
def test_place_when_the_body_is_no_object_then_422(desk: Served, body: str) -> None:
    """Whatever JSON may be, or not."""
    headers = {"Content-Type": "application/json"}
    assert desk.post("/orders", content=body, headers=headers).status_code == 422


def test_story_when_an_order_is_named_by_key_or_by_id_then_it_is_told_in_order(
    desk: Served,
) -> None:
    """Attempts, trades and words."""
    intent = desk.trial.place(desk.trial.market_order("a/b"))
    desk.trial.work()
    for name in ("a/b", intent.client_order_id):
        told = desk.get(f"/orders/{name}").json()
        assert told["order"]["status"] == "FILLED"
        assert told["order"]["live"] is False
        assert [one["state"] for one in told["attempts"]] == ["ACCEPTED"]
        assert len(told["fills"]) == 1
        assert "written down, then sent" in told["story"][0]["says"]
    assert desk.get("/orders/nobody").status_code == 404


def test_orders_when_listed_in_pages_then_each_comes_once_the_newest_first(desk: Served) -> None:
    """`next_before` leads to the end; live ones alone can be asked for."""
    for key in ("a", "b", "c"):
        desk.trial.place(desk.trial.order(key))
    desk.trial.cancel("b")

    first = desk.get("/orders?limit=2").json()
    rest = desk.get(f"/orders?limit=2&before={first['next_before']}").json()
    assert [o["idempotency_key"] for o in first["orders"] + rest["orders"]] == ["c", "b", "a"]
    assert rest["next_before"] is None
    live = desk.get("/orders?live=true").json()
    assert [o["idempotency_key"] for o in live["orders"]] == ["c", "a"]


def test_cancel_when_it_is_asked_for_then_it_goes_the_way_of_every_cancel(desk: Served) -> None:
    """Kept, published, and done by a worker."""
    desk.trial.place(desk.trial.order("a/b"))
    answer = desk.delete("/orders/a/b")
    assert (answer.status_code, answer.json()["name"]) == (202, "a/b")
    desk.trial.work()
    assert desk.trial.stands("a/b").status == "CANCELED"


def test_unknown_when_an_answer_was_lost_then_the_fence_is_told_by_the_exchanges_clock(
    desk: Served,
) -> None:
    """What a page counts down to."""
    desk.trial.venue.hold_back += 1
    desk.trial.place(desk.trial.order("lost"))
    told = desk.get("/unknown").json()
    [row] = told["orders"]
    assert (row["idempotency_key"], row["status"]) == ("lost", "UNKNOWN")
    assert row["fence_ms"] > told["now_ms"]
    assert row["proof_ms"] > row["fence_ms"]
    assert (row["absences"], row["absences_needed"]) == (0, 3)
