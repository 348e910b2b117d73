"""A worker starts only when it is fit; what may only be starting too is waited for."""

import pytest

from orderdesk.core.events import EventKind
from orderdesk.errors import DeskHalted, StoreUnavailable
from orderdesk.flows import start
from orderdesk.ports import Desk
from tests.flows.stepping import Fault, Stepper
from tests.flows.trial import Trial


def test_start_when_all_is_well_then_the_accounts_are_bound_for_ever(trial: Trial) -> None:
    """Starting again changes nothing."""
    for _ in range(2):
        _confirm(trial.desk)
    assert trial.clock.slept_ms == []
    assert trial.events == []


@pytest.mark.parametrize(("desk_id", "venue"), [("b", "paper"), ("a", "mexc")])
def test_start_when_an_account_is_bound_otherwise_then_it_does_not(
    trial: Trial, desk_id: str, venue: str
) -> None:
    """Paper and live, or two desks, never share an account's ledger."""
    _confirm(trial.desk)
    with pytest.raises(DeskHalted, match="main"):
        start.confirm(trial.desk, desk_id=desk_id, venue=venue)


def test_start_when_redis_belongs_to_another_ledger_then_it_does_not(trial: Trial) -> None:
    """Waiting would not help, so it does not wait."""
    trial.memory.forget()
    trial.memory.claim("another")
    with pytest.raises(DeskHalted):
        _confirm(trial.desk)
    assert trial.clock.slept_ms == []


def test_start_when_redis_comes_up_later_then_it_is_waited_for(trial: Trial) -> None:
    """Everything starts at once; who comes first waits."""
    worker = Stepper(trial.desk, _confirm)
    assert worker.go(1, Fault.NOT_DONE)
    assert trial.clock.slept_ms == [start.STEP_MS]


def test_start_when_redis_never_comes_up_then_it_gives_up_after_its_patience(
    trial: Trial,
) -> None:
    """The supervisor starts it again; a worker that hangs would tell nobody."""
    trial.memory.failure = StoreUnavailable("away")
    with pytest.raises(StoreUnavailable):
        _confirm(trial.desk)
    assert sum(trial.clock.slept_ms) == start.PATIENCE_MS


def test_start_when_redis_came_back_empty_then_the_doubt_stands_before_the_first_task(
    trial: Trial,
) -> None:
    """Whoever starts first notices."""
    trial.place(trial.order())
    trial.memory.forget()
    _confirm(trial.desk)
    assert trial.ledger.doubt() is not None
    assert EventKind.DOUBT in trial.kinds()


def _confirm(desk: Desk) -> None:
    start.confirm(desk, desk_id="a", venue="paper")
