"""Doubt is detected, not guessed."""

from dataclasses import replace
from typing import Any, cast

import pytest

from orderdesk.core.events import EventKind
from orderdesk.core.intents import LEDGER_MOVED, LEDGER_RESTORED, Doubt
from orderdesk.errors import DeskHalted
from orderdesk.flows import identity, look
from orderdesk.flows.identity import DOUBT_MS
from orderdesk.ports import Ledger
from orderdesk.stores.memory import FakeMemory
from tests.flows.doubting import SETTLED_MS, doubt_of, placed_by_a_lost_ledger
from tests.flows.stepping import Stepper
from tests.flows.trial import Trial


def test_confirm_when_the_desk_is_new_then_the_first_start_is_a_doubt(trial: Trial) -> None:
    """An account may have been traded by a desk whose ledger is gone."""
    trial.memory.forget()
    identity.confirm(trial.desk)
    assert doubt_of(trial).reason == look.FIRST_START
    assert trial.memory.claim("another") == trial.ledger.ledger_id()
    assert trial.memory.epoch() is not None


def test_confirm_when_redis_came_back_empty_then_it_is_noticed_by_its_epoch(
    trial: Trial,
) -> None:
    """Intents that had no row yet are gone: that is an alarm, and a doubt for 7 days."""
    trial.place(trial.order())
    trial.memory.forget()
    identity.confirm(trial.desk)
    doubt = doubt_of(trial)
    assert doubt.reason == look.REDIS_EMPTY
    assert doubt.until_ms - doubt.since_ms == DOUBT_MS
    assert doubt.since_ms >= max(trial.time.now_ms(), trial.intake.now_ms())
    assert trial.kinds().count(EventKind.DOUBT) == 1


def test_confirm_when_redis_came_back_empty_then_it_learns_the_counter_again(
    trial: Trial,
) -> None:
    """Otherwise a ledger restored after that would go unnoticed."""
    trial.place(trial.order())
    trial.memory.forget()
    identity.confirm(trial.desk)
    assert trial.memory.highest_attempt() == trial.ledger.attempt_counter()


class _Moved:
    """A ledger that says it lives elsewhere now, until a doubt is begun."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._is_moved = True

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)

    def moved(self) -> bool:
        return self._is_moved

    def begin_doubt(self, doubt: Doubt) -> None:
        self._is_moved = False
        self._ledger.begin_doubt(doubt)


def test_confirm_when_the_ledger_lives_elsewhere_then_it_may_have_forgotten(trial: Trial) -> None:
    """Restored, or a standby that took over: a doubt, and everything kept is looked through."""
    trial.place(trial.order())
    trial.intake.move_cursor("9-9")
    desk = replace(trial.desk, ledger=cast("Ledger", _Moved(trial.ledger)))
    for _ in range(2):
        identity.confirm(desk)
    doubt = doubt_of(trial)
    assert doubt.reason == LEDGER_MOVED
    assert look.absence_counts_from_ms(desk, doubt) == doubt.since_ms + SETTLED_MS
    assert trial.kinds().count(EventKind.DOUBT) == 1
    assert trial.intake.cursor() == "0-0"


def test_confirm_when_an_attempt_opens_in_between_then_it_is_no_doubt(trial: Trial) -> None:
    """What Redis remembers is read first: the ledger then has it, and whatever came since."""

    class _Busy(FakeMemory):
        def highest_attempt(self) -> int:
            found = super().highest_attempt()
            trial.place(trial.order(f"k-{found}"))
            return found

    memory = _Busy(trial.clock, trial.memory._kept)
    trial.place(trial.order("first"))
    identity.confirm(replace(trial.desk, memory=memory))
    assert trial.ledger.doubt() is None


def test_confirm_when_the_ledger_counts_lower_then_it_was_restored(trial: Trial) -> None:
    """Redis remembers attempts that this ledger does not know."""
    trial.place(trial.order())
    trial.memory.note_attempt(99)
    identity.confirm(trial.desk)
    assert doubt_of(trial).reason == LEDGER_RESTORED


def test_confirm_when_the_ledger_forgot_refusals_alone_then_it_was_restored(trial: Trial) -> None:
    """No attempt opened since the backup, so the counter is right; but Redis was told of events."""
    trial.place(trial.order())
    trial.intake.move_cursor("9-9")
    trial.outbox.deliver(replace(trial.events[-1], id=trial.events[-1].id + 1), aloud=True)
    for _ in range(2):
        identity.confirm(trial.desk)
    assert doubt_of(trial).reason == LEDGER_RESTORED
    assert trial.kinds().count(EventKind.DOUBT) == 1
    assert trial.intake.cursor() == "0-0"


@pytest.mark.parametrize("forgot", ["redis", "ledger"])
def test_confirm_when_it_is_called_again_then_the_doubt_does_not_begin_anew(
    trial: Trial, forgot: str
) -> None:
    """Every start and every sweep confirms; one loss is one doubt."""
    if forgot == "redis":
        trial.memory.forget()
    else:
        trial.memory.note_attempt(99)
    for _ in range(3):
        identity.confirm(trial.desk)
    assert trial.kinds().count(EventKind.DOUBT) == 1


def test_confirm_when_it_dies_half_way_then_the_next_one_finds_the_same(trial: Trial) -> None:
    """The doubt is written before Redis is told that the lower counter is right."""
    # Given
    trial.memory.note_attempt(99)
    dying = Stepper(trial.desk, identity.confirm)
    while not trial.events:
        dying.go(1)
    dying.kill()
    # When
    trial.events.clear()
    identity.confirm(trial.desk)
    identity.confirm(trial.desk)
    # Then
    assert doubt_of(trial).reason == LEDGER_RESTORED
    assert trial.kinds() == [EventKind.DOUBT]


def test_confirm_when_redis_belongs_to_another_ledger_then_nothing_starts(trial: Trial) -> None:
    """Two desks on one Redis would share a throttle and nothing else."""
    trial.memory.forget()
    trial.memory.claim("another")
    with pytest.raises(DeskHalted, match="another"):
        identity.confirm(trial.desk)
    assert trial.ledger.doubt() is None
    assert trial.memory.epoch() is None


def test_confirm_when_the_ledger_was_restored_then_the_intake_is_read_again(
    trial: Trial,
) -> None:
    """What was taken up after the backup has lost its row, and its entry is still there."""
    # Given an entry that the cursor has passed, of an order that the backup does not know
    trial.submit(trial.order())
    forgotten = placed_by_a_lost_ledger(trial)
    trial.intake.move_cursor(trial.intake.entries("", 1)[0].entry_id)
    trial.clock.advance(60_000)
    trial.memory.note_attempt(99)
    # When
    trial.run(SETTLED_MS + 70_000, 1_000)
    # Then
    assert trial.stands().order_id == forgotten.order_id
    assert len(trial.venue.orders) == 1
