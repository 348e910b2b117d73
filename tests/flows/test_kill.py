"""The kill switch: from its commit on nothing is sent, and what rests is cancelled."""

from functools import partial

import pytest

from orderdesk.core.events import EventKind
from orderdesk.core.intents import Switch
from orderdesk.core.orders import OrderStatus
from orderdesk.errors import StoreUnavailable
from orderdesk.flows import kill
from orderdesk.ports import Desk
from tests.flows.stepping import Stepper
from tests.flows.trial import Trial, place_at


def test_engage_when_an_order_is_under_way_then_it_opens_no_attempt(trial: Trial) -> None:
    """However far a worker has come: without a written attempt nothing is sent."""
    # Given a worker that stands right before its attempt
    worker = Stepper(trial.desk, partial(_place, trial))
    while not trial.throttle.admitted or trial.throttle.admitted[-1].cost.orders == 0:
        worker.go(1)
    # When
    _engage(trial)
    worker.go()
    # Then
    assert (trial.stands().status, trial.stands().code) == (OrderStatus.DENIED, "KILL_SWITCH")
    assert trial.venue.calls["place"] == 0


def test_engage_when_redis_is_away_then_it_works_all_the_same(trial: Trial) -> None:
    """It needs the ledger alone."""
    for port in (trial.queue, trial.memory, trial.intake, trial.throttle):
        port.failure = StoreUnavailable("away")
    assert _engage(trial).engaged
    switch = trial.ledger.switch(kill.KILL)
    assert switch is not None
    assert switch.engaged


def test_switch_when_it_is_set_then_who_and_why_is_told_once(trial: Trial) -> None:
    """Both ways."""
    _engage(trial)
    kill.release(trial.desk, reason="over", by="another")
    told = [(event.kind, event.data["reason"], event.data["by"]) for event in trial.events]
    assert told == [
        (EventKind.KILL_ENGAGED, "drill", "a person"),
        (EventKind.KILL_RELEASED, "over", "another"),
    ]


def test_release_when_an_order_was_denied_then_only_a_replay_brings_it_back(
    trial: Trial,
) -> None:
    """A refusal is an answer; releasing sends nothing by itself."""
    _engage(trial)
    denied = trial.place(trial.order())
    kill.release(trial.desk, reason="over", by="a person")
    trial.run(70_000, 1_000)
    assert trial.stands() == denied
    assert trial.place(trial.order("k-2")).status is OrderStatus.NEW


def test_cancel_everything_when_orders_rest_then_they_end_and_foreign_ones_stay(
    trial: Trial,
) -> None:
    """Our own are cancelled one by one; what waits ends unsent; the rest is not ours."""
    # Given
    foreign = trial.force(trial.place(trial.order()), "by-hand")
    trial.keep_waiting(trial.order("k-2"))
    # When
    _engage(trial)
    still_open = kill.cancel_everything(trial.desk, by="a person")
    # Then
    assert still_open == ()
    assert trial.stands("k-1").status is OrderStatus.CANCELED
    assert trial.stands("k-2").status is OrderStatus.CANCELED
    by_id = {order.order_id: order.status for order in trial.venue.orders}
    assert by_id == {"X1": OrderStatus.CANCELED, foreign: OrderStatus.NEW}


@pytest.mark.parametrize("lands", [True, False])
def test_cancel_everything_when_one_is_unknown_then_it_is_named_and_goes_on(
    trial: Trial, lands: bool
) -> None:
    """What may be on the exchange is still open until evidence says otherwise."""
    trial.venue.hold_back = 1
    trial.place(trial.order())
    _engage(trial)
    assert kill.cancel_everything(trial.desk, by="a person") == ("k-1",)
    if lands:
        trial.venue.land()
    trial.run(30_000)
    assert trial.stands().status is OrderStatus.CANCELED
    assert [order.status for order in trial.venue.orders] == [OrderStatus.CANCELED] * lands


@pytest.mark.parametrize("by", ["a person", "Jürgen", "\n", "x" * 300])
def test_cancel_everything_when_somebody_has_any_name_then_it_is_done(
    trial: Trial, by: str
) -> None:
    """Nobody's name may stand in the way."""
    trial.place(trial.order())
    assert kill.cancel_everything(trial.desk, by=by) == ()


def test_cancel_everything_when_called_again_then_nothing_is_left_to_do(trial: Trial) -> None:
    """Twice is as good as once."""
    trial.place(trial.order())
    for _ in range(2):
        assert kill.cancel_everything(trial.desk, by="a person") == ()
    assert trial.venue.calls["cancel"] == 1


def _engage(trial: Trial) -> Switch:
    return kill.engage(trial.desk, reason="drill", by="a person")


def _place(trial: Trial, desk: Desk) -> None:
    place_at(desk, trial.order())
