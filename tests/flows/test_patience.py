"""Long reads wait where they stand; single questions go back to the queue."""

import threading

import pytest

from orderdesk.contracts import Reconcile
from orderdesk.core.tokens import Lane
from orderdesk.errors import NotYet
from orderdesk.flows import reconcile
from orderdesk.flows.patience import at_least, patiently
from tests.flows.trial import Trial


def test_patiently_when_inside_the_block_then_the_longer_bound_holds() -> None:
    """Inside it, and only there; blocks may be nested."""
    assert at_least(1_000) == 1_000
    with patiently(5_000):
        assert at_least(1_000) == 5_000
        with patiently(100):
            assert at_least(1_000) == 1_000
        assert at_least(9_000) == 9_000
    assert at_least(1_000) == 1_000


def test_patiently_when_another_thread_works_then_it_is_as_quick_as_ever() -> None:
    """Nobody becomes patient because a neighbour is."""
    seen = []
    with patiently(5_000):
        neighbour = threading.Thread(target=lambda: seen.append(at_least(1_000)))
        neighbour.start()
        neighbour.join()
    assert seen == [1_000]


def test_reconcile_when_slots_are_far_then_its_lists_are_read_to_their_end(trial: Trial) -> None:
    """A question goes back to the queue; a list that did would begin anew for ever."""
    trial.place(trial.order())
    trial.throttle.pause("main", 4_000, "a busy desk")
    with pytest.raises(NotYet):
        trial.desk.exchange("main", Lane.POLL).ping()
    report = reconcile.reconcile(trial.desk, Reconcile())
    assert (report.symbols, report.compared) == (("BTCUSDT",), 1)
