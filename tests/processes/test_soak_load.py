"""The load of a soak on a real desk: every call is answered, and the account ends level."""

import pytest

from orderdesk.control.soaking.load import Load
from tests.processes.running_desk import RunningDesk

pytestmark = pytest.mark.processes

ROUNDS = 3


def test_load_when_it_runs_then_every_call_has_its_answer(desk: RunningDesk) -> None:
    """Four steps a round: bought, placed, cancelled, sold; three of them are orders."""
    load = Load(desk.producer)
    for _ in range(4 * ROUNDS):
        load.step()

    def answered() -> bool:
        load.look()
        return load.waiting == 0

    desk.until(answered)
    counts = load.counts
    assert (counts.placed, counts.errors) == (3 * ROUNDS, ())
    assert sum(counts.by_status.values()) == 4 * ROUNDS
    assert counts.by_status["place_order FILLED"] == 2 * ROUNDS
    assert counts.by_status["cancel_order CANCELED"] == ROUNDS
