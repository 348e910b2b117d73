"""A key of another account is refused before anything is asked, or ordered, with it."""

import pytest

from orderdesk.core.tokens import Lane
from orderdesk.errors import DeskHalted, ExchangeUnreachable
from orderdesk.flows.account_binding import AccountBinding
from tests.flows.trial import Trial


def test_confirm_when_the_account_is_the_same_then_it_is_asked_once_a_process(
    trial: Trial,
) -> None:
    """The number is the venue's; asking again would cost budget and tell nothing."""
    for process in (_binding(trial), _binding(trial)):
        for _ in range(3):
            _confirm(trial, process)
    assert trial.venue.calls["uid"] == 2


def test_confirm_when_the_key_is_of_another_account_then_it_is_refused_every_time(
    trial: Trial,
) -> None:
    """Asked again each time, because a person may put the right key back."""
    _confirm(trial, _binding(trial))
    trial.venue.uid = "99999999"
    process = _binding(trial)
    for _ in range(2):
        with pytest.raises(DeskHalted, match="99999999"):
            _confirm(trial, process)
    trial.venue.uid = "10000001"
    _confirm(trial, process)


def test_confirm_when_the_venue_does_not_tell_then_nothing_is_bound_and_nothing_stops(
    trial: Trial,
) -> None:
    """Once it tells, what it tells first is what counts."""
    trial.venue.uid = None
    _confirm(trial, _binding(trial))
    trial.venue.uid = "20000002"
    _confirm(trial, _binding(trial))
    trial.venue.uid = "10000001"
    with pytest.raises(DeskHalted, match="20000002"):
        _confirm(trial, _binding(trial))


def test_confirm_when_there_is_no_answer_then_it_is_asked_again(trial: Trial) -> None:
    """No answer is no permission."""
    process = _binding(trial)
    trial.venue.silent_questions = 1
    with pytest.raises(ExchangeUnreachable):
        _confirm(trial, process)
    _confirm(trial, process)
    assert trial.venue.calls["uid"] == 2


def _binding(trial: Trial) -> AccountBinding:
    """Stand for one process."""
    return AccountBinding(trial.ledger, trial.time.now_ms)


def _confirm(trial: Trial, process: AccountBinding) -> None:
    process.confirm("main", trial.desk.exchange("main", Lane.PLACE))
