"""The switch: from its commit on nothing is sent, and who, when and why is kept."""

from functools import partial

from orderdesk.core.events import EventKind
from orderdesk.core.intents import Switch
from orderdesk.core.orders import OrderStatus
from orderdesk.errors import StoreUnavailable
from orderdesk.flows import kill_switch
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
    engage(trial)
    worker.go()
    # Then
    assert (trial.stands().status, trial.stands().code) == (OrderStatus.DENIED, "KILL_SWITCH")
    assert trial.venue.calls["place"] == 0


def test_engage_when_redis_is_away_then_it_works_all_the_same(trial: Trial) -> None:
    """It needs the ledger alone."""
    for port in (trial.queue, trial.memory, trial.intake, trial.throttle):
        port.failure = StoreUnavailable("away")
    assert engage(trial).engaged
    assert kill_switch.standing(trial.desk) is not None


def test_order_when_the_switch_is_on_then_it_is_denied_without_waiting_for_anything(
    trial: Trial,
) -> None:
    """No price is asked, no slot is taken: what is queued ends at once, with the reason."""
    engage(trial)
    trial.throttle.failure = StoreUnavailable("nobody may need it")
    denied = trial.place(trial.market_order())
    assert (denied.status, denied.code) == (OrderStatus.DENIED, "KILL_SWITCH")
    assert denied.reason == "drill"


def test_switch_when_it_is_set_then_who_and_why_is_told_once(trial: Trial) -> None:
    """Both ways."""
    engage(trial)
    kill_switch.release(trial.desk, reason="over", by="another")
    told = [(event.kind, event.data["reason"], event.data["by"]) for event in trial.events]
    assert told == [
        (EventKind.KILL_ENGAGED, "drill", "a person"),
        (EventKind.KILL_RELEASED, "over", "another"),
    ]


def test_engage_when_it_is_engaged_then_who_was_first_stays_written_down(trial: Trial) -> None:
    """A second alarm does not hide the first, and does not begin the proof anew."""
    first = engage(trial)
    again = kill_switch.engage(trial.desk, reason="me too", by="another")
    assert again == first
    assert trial.kinds() == [EventKind.KILL_ENGAGED]


def test_release_when_an_order_was_denied_then_only_a_replay_brings_it_back(
    trial: Trial,
) -> None:
    """A refusal is an answer; releasing sends nothing by itself."""
    engage(trial)
    denied = trial.place(trial.order())
    kill_switch.release(trial.desk, reason="over", by="a person")
    trial.run(70_000, 1_000)
    assert trial.stands() == denied
    assert trial.place(trial.order("k-2")).status is OrderStatus.NEW


def engage(trial: Trial) -> Switch:
    """Engage it."""
    return kill_switch.engage(trial.desk, reason="drill", by="a person")


def _place(trial: Trial, desk: Desk) -> None:
    place_at(desk, trial.order())
