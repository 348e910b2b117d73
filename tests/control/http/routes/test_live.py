"""The kill switch by the user's endpoints (seed S5): it holds when it answers."""

from orderdesk.core.orders import OrderStatus
from tests.control.http.served import Served


def test_kill_when_it_answers_then_nothing_is_sent_and_what_rests_is_cancelled(
    desk: Served,
) -> None:
    """S5's body, and how far the kill has come beside it."""
    resting = desk.trial.place(desk.trial.order("k-1"))
    assert resting.status is OrderStatus.NEW

    answer = desk.post("/live/kill?on=true&reason=drill").json()

    said = {name: answer[name] for name in ("kill_switch", "reason", "mode", "active")}
    assert said == {"kill_switch": True, "reason": "drill", "mode": "paper", "active": False}
    assert answer["kill"]["by"] == "anna"
    assert desk.trial.place(desk.trial.order("k-2")).status is OrderStatus.DENIED
    assert desk.trial.stands("k-1").status is OrderStatus.CANCELED
    assert desk.get("/live/status").json()["kill"]["verified_ms"] is not None


def test_kill_when_it_comes_twice_then_the_first_reason_stands(desk: Served) -> None:
    """Who stopped first, and why, is kept."""
    desk.post("/live/kill?on=true&reason=first")
    assert desk.post("/live/kill?on=true&reason=second").json()["reason"] == "first"


def test_release_when_it_comes_without_a_reason_then_it_is_taken_and_recorded_so(
    desk: Served,
) -> None:
    """S5's own curl has none."""
    desk.post("/live/kill?on=true")
    answer = desk.post("/live/kill?on=false").json()
    assert (answer["kill_switch"], answer["active"]) == (False, True)
    switch = desk.trial.ledger.switch("kill")
    assert switch is not None
    assert (switch.by, switch.reason) == ("anna", "no reason given (by HTTP)")


def test_kill_when_it_does_not_say_which_way_then_422_and_nothing_moves(desk: Served) -> None:
    """A half-typed URL neither stops nor starts anything."""
    assert desk.post("/live/kill").status_code == 422
    assert desk.trial.ledger.switch("kill") is None


def test_status_when_the_venue_has_paused_us_then_it_is_not_active(desk: Served) -> None:
    """Nothing is sent, though nobody pulled the switch."""
    desk.trial.throttle.pause("main", 5_000, "429")
    answer = desk.get("/live/status").json()
    assert (answer["kill_switch"], answer["active"]) == (False, False)
