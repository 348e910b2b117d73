"""What a producer was told stands, whatever a restored ledger has forgotten."""

import pytest

from orderdesk.core.orders import OrderStatus
from orderdesk.errors import IntentConflict
from orderdesk.flows import bury, fate, identity, look
from orderdesk.ports import Told
from tests.flows.doubting import SETTLED_MS, begin_doubt, placed_by_a_lost_ledger
from tests.flows.trial import Trial

S = OrderStatus


@pytest.mark.parametrize("status", [S.DENIED, S.CANCELED, S.EXPIRED_UNSENT, S.REJECTED])
def test_order_when_its_producer_was_told_that_it_ended_unplaced_then_it_ends_so_again(
    trial: Trial, status: OrderStatus
) -> None:
    """The backup does not know of the refusal, the intake still has the order: no placing now."""
    # Given
    _restore(trial, told=Told(status, reason="for a reason", code="A-RULE"))
    # When
    trial.run(SETTLED_MS + 70_000, 1_000)
    # Then
    intent = trial.stands()
    assert (intent.status, intent.code, intent.attempts) == (status, "A-RULE", 0)
    assert "for a reason" in (intent.reason or "")
    assert trial.venue.orders == []


def test_order_when_its_row_waited_in_the_backup_then_it_ends_as_told_too(trial: Trial) -> None:
    """A row that says RECEIVED is as old as the backup; what was told is younger."""
    trial.keep_waiting(trial.order())
    _restore(trial, told=Told(S.DENIED, reason="too large", code="MAX_NOTIONAL"))
    trial.run(SETTLED_MS + 70_000, 1_000)
    assert trial.stands().status is S.DENIED
    assert trial.venue.orders == []


def test_order_when_it_was_told_unplaced_and_is_there_then_it_is_adopted(trial: Trial) -> None:
    """Evidence comes first: a word does not take an order off the exchange."""
    forgotten = placed_by_a_lost_ledger(trial)
    _restore(trial, told=Told(S.EXPIRED_UNSENT))
    trial.run(SETTLED_MS + 70_000, 1_000)
    assert (trial.stands().status, trial.stands().order_id) == (S.NEW, forgotten.order_id)


@pytest.mark.parametrize("told", [Told(S.NEW, "X1"), Told(S.CANCELED, "X1"), Told(S.QUARANTINED)])
def test_order_when_it_was_told_to_be_there_and_is_not_then_a_person_is_asked(
    trial: Trial, told: Told
) -> None:
    """One of the two is wrong; sending it again is not the desk's to decide."""
    _restore(trial, told=told)
    trial.run(SETTLED_MS + 70_000, 1_000)
    assert trial.stands().status is S.QUARANTINED
    assert trial.venue.orders == []


def test_order_when_its_producer_was_told_of_a_failure_then_it_is_not_placed(
    trial: Trial,
) -> None:
    """A failure is an end too; the producer has gone on without this order."""
    _restore(trial, told=Told(error="AttributeError", reason="AttributeError: no client"))
    trial.run(SETTLED_MS + 70_000, 1_000)
    assert trial.stands().status is S.EXPIRED_UNSENT
    assert "no client" in (trial.stands().reason or "")


def test_order_when_it_was_told_of_a_conflict_then_it_does_not_take_the_key(trial: Trial) -> None:
    """The other call had the key; it lies later in the intake, and gets its key back."""
    # Given two calls, of which the second was quicker, and placed
    forgotten = placed_by_a_lost_ledger(trial)
    trial.submit(trial.order(side="SELL"))
    trial.queue.words[trial.order(side="SELL").task_id] = Told(error="IntentConflict")
    _restore(trial, told=None)
    # When
    trial.run(SETTLED_MS + 100_000, 1_000)
    # Then
    assert (trial.stands().status, trial.stands().order_id) == (S.NEW, forgotten.order_id)
    assert [letter.reason for letter in trial.ledger.dead_letters()] == ["IntentConflict"]


def test_order_when_nothing_was_told_then_it_is_placed(trial: Trial) -> None:
    """A restored ledger delays what waits, and no more."""
    _restore(trial, told=None)
    trial.run(SETTLED_MS + 70_000, 1_000)
    assert (trial.stands().status, trial.stands().attempts) == (S.NEW, 1)


def test_replay_when_a_person_asks_for_it_then_the_word_that_was_told_is_void(
    trial: Trial,
) -> None:
    """A replay in doubt is placed, and its producer waits for the new answer."""
    # Given an order that ended with a dead letter, as it is told
    begin_doubt(trial, look.REDIS_EMPTY)
    waiting = trial.keep_waiting(trial.order())
    letter = fate.letter(
        IntentConflict("broken"),
        task="place_order",
        task_id=waiting.task_id,
        fields=waiting.command,
        attempts=1,
    )
    buried = bury.bury(trial.desk, letter, end_as="broken")
    trial.queue.words[waiting.task_id] = Told(S.EXPIRED_UNSENT)
    trial.queue.results.add(waiting.task_id)
    # When
    bury.replay(trial.desk, buried.id, by="anna")
    # Then
    assert trial.queue.missing_results([waiting.task_id]) == {waiting.task_id}
    trial.run(5_000)
    assert (trial.stands().status, trial.stands().attempts) == (S.NEW, 1)


def _restore(trial: Trial, *, told: Told | None) -> None:
    """Have the ledger restored from a backup that is older than the order's end."""
    command = trial.order(valid_for_ms=600_000)
    trial.submit(command)
    if told is not None:
        trial.queue.words[command.task_id] = told
    trial.clock.advance(15_000)
    trial.memory.note_attempt(99)
    identity.confirm(trial.desk)
