"""A worker starts only when it is fit; what may only be starting too is waited for."""

from dataclasses import replace

import pytest

from orderdesk.core.events import EventKind
from orderdesk.core.tokens import Lane
from orderdesk.errors import (
    DeskError,
    DeskHalted,
    ExchangeDenied,
    ExchangeUnreachable,
    NotYet,
    StoreUnavailable,
)
from orderdesk.flows import start
from orderdesk.ports import Desk, Exchange
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


def test_start_when_the_key_is_of_another_account_then_it_does_not(trial: Trial) -> None:
    """An order of the first account is neither found nor ended with a second one's key."""

    def refusing(_account: str, _lane: Lane) -> Exchange:
        raise DeskHalted("the key belongs to another account")

    with pytest.raises(DeskHalted, match="another account"):
        _confirm(replace(trial.desk, exchange=refusing))


@pytest.mark.parametrize(
    "error", [ExchangeUnreachable("silent"), NotYet("busy", 5_000), ExchangeDenied("no", "10072")]
)
def test_start_when_the_venue_does_not_answer_for_the_account_then_it_starts_all_the_same(
    trial: Trial, error: DeskError
) -> None:
    """The venue may be down, or the key refused: the desk is still there to be asked and killed."""

    def failing(_account: str, _lane: Lane) -> Exchange:
        raise error

    _confirm(replace(trial.desk, exchange=failing))


def _confirm(desk: Desk) -> None:
    start.confirm(desk, desk_id="a", venue="paper")
