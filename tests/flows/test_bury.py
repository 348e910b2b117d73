"""Dead letters: what broke is kept for a person, and running it again cannot double an order."""

from collections.abc import Mapping
from typing import Any

import pytest

from orderdesk.contracts import PollOrderStatus, checked
from orderdesk.core.events import EventKind
from orderdesk.core.intents import DeadLetter
from orderdesk.core.orders import OrderStatus
from orderdesk.errors import DeskError, IntentConflict, LedgerUnavailable, UnknownOrder
from orderdesk.flows import bury
from tests.flows.stepping import Fault, Stepper
from tests.flows.trial import Trial


def test_bury_when_the_order_was_never_sent_then_both_are_one_transaction(trial: Trial) -> None:
    """The letter and the end of its intent are there together, or neither is."""
    # Given
    trial.keep_waiting(trial.order())
    letter = _letter(trial.order().wire())
    # When the commit fails, and then does not
    failing = Stepper(trial.desk, lambda desk: _bury(desk, letter))
    with pytest.raises(LedgerUnavailable):
        failing.go(0, Fault.NOT_DONE)
    before = (trial.stands().status, len(trial.ledger.dead_letters()))
    trial.events.clear()
    _bury(trial.desk, letter)
    # Then
    assert before == (OrderStatus.RECEIVED, 0)
    assert trial.stands().status is OrderStatus.EXPIRED_UNSENT
    assert trial.stands().reason == "it broke"
    assert set(trial.kinds()) == {EventKind.DEAD_LETTER, EventKind.ORDER_EXPIRED}


@pytest.mark.parametrize("lost", ["hold_back", "lose_answers"])
def test_bury_when_an_attempt_is_open_then_the_intent_goes_on(trial: Trial, lost: str) -> None:
    """Only evidence ends what may be on the exchange."""
    setattr(trial.venue, lost, 1)
    unknown = trial.place(trial.order())
    _bury(trial.desk, _letter(trial.order().wire()))
    assert trial.stands() == unknown
    assert len(trial.ledger.dead_letters()) == 1


def test_bury_when_the_same_work_breaks_again_then_it_is_one_letter(trial: Trial) -> None:
    """Same task and reason: the count rises, and nobody is alarmed twice."""
    letter = _letter(trial.order().wire())
    for _ in range(3):
        bury.bury(trial.desk, letter)
    (kept,) = trial.ledger.dead_letters()
    assert kept.attempts == 3
    assert trial.kinds() == [EventKind.DEAD_LETTER]


def test_replay_when_the_order_expired_then_it_re_enters_its_own_intent(trial: Trial) -> None:
    """Same row, same client order id, a new deadline; and it is placed once."""
    # Given
    intent = trial.keep_waiting(trial.order())
    letter = _bury(trial.desk, _letter(trial.order().wire()))
    trial.clock.advance(3_600_000)
    # When
    bury.replay(trial.desk, letter.id, by="a person")
    trial.work()
    # Then
    placed = trial.stands()
    assert (placed.id, placed.status) == (intent.id, OrderStatus.NEW)
    assert [order.client_order_id for order in trial.venue.orders] == [intent.client_order_id]
    assert _state(trial, letter) == ("REPLAYED", "by a person")
    assert EventKind.REPLAYED in trial.kinds()


def test_replay_when_the_order_goes_on_then_nothing_doubles(trial: Trial) -> None:
    """A letter of an order that was placed after all only wakes its task."""
    trial.place(trial.order())
    letter = bury.bury(trial.desk, _letter(trial.order().wire()))
    bury.replay(trial.desk, letter.id, by="a person")
    trial.work()
    assert len(trial.venue.orders) == 1
    assert trial.order().task_id in trial.queue.results


def test_replay_when_it_is_unknown_then_it_waits_for_the_evidence(trial: Trial) -> None:
    """A replay is no permission to send what may have landed."""
    trial.venue.lose_answers = 1
    trial.place(trial.order())
    letter = bury.bury(trial.desk, _letter(trial.order().wire()))
    bury.replay(trial.desk, letter.id, by="a person")
    trial.run(3_000)
    assert len(trial.venue.orders) == 1
    assert trial.stands().status is OrderStatus.NEW


def test_replay_when_it_was_done_then_it_cannot_be_done_again(trial: Trial) -> None:
    """A closed letter stays closed."""
    letter = bury.bury(trial.desk, _letter(trial.order().wire()))
    bury.replay(trial.desk, letter.id, by="a person")
    for again in (_replay, _discard):
        with pytest.raises(UnknownOrder, match="REPLAYED"):
            again(trial, letter.id)


def test_letter_when_its_order_is_in_quarantine_then_neither_replay_nor_discard(
    trial: Trial,
) -> None:
    """What may be on the exchange is answered, not replayed and not swept under the carpet."""
    intent = trial.place(trial.order())
    letter = bury.bury(trial.desk, _letter(trial.order().wire()))
    trial.quarantine(trial.order("k-2"))
    other = bury.bury(trial.desk, _letter(trial.order("k-2").wire(), task_id="t-2"))
    for refused in (_replay, _discard):
        with pytest.raises(DeskError, match="quarantine"):
            refused(trial, other.id)
    assert _state(trial, other) == ("OPEN", None)
    assert trial.queue.published == []
    assert intent.status is OrderStatus.NEW
    _discard(trial, letter.id)


def test_letter_when_another_order_wanted_the_key_then_the_first_is_left_alone(
    trial: Trial,
) -> None:
    """The letter of a conflict is not the letter of the order that has the key."""
    # Given an order that was denied, and a conflict that was buried
    denied = trial.place(trial.order(quantity="1"))
    other = trial.order()
    letter = bury.bury(trial.desk, _letter(other.wire(), task_id=other.task_id))
    # When
    bury.replay(trial.desk, letter.id, by="a person")
    # Then
    assert trial.stands() == denied
    (message,) = trial.queue.published
    assert message.task_id == other.task_id
    with pytest.raises(IntentConflict):
        trial.place(other)


def test_replay_when_the_work_was_a_question_then_it_is_asked_again(trial: Trial) -> None:
    """Other tasks are published again as they were, under their own task id."""
    question = checked(PollOrderStatus, {"order": "k-1"})
    letter = bury.bury(trial.desk, _letter(question.wire(), task="poll_order_status"))
    bury.replay(trial.desk, letter.id, by="a person")
    (message,) = trial.queue.published
    assert (message.task, message.task_id) == ("poll_order_status", "t-1")
    assert message.fields == question.wire()


def test_replay_when_it_left_no_row_then_its_time_counts_from_the_replay(trial: Trial) -> None:
    """A person asks for it now; its old intake time would only let it expire."""
    entry = trial.submit(trial.order())
    trial.clock.advance(3_600_000)
    letter = bury.bury(trial.desk, _letter({**trial.order().wire(), "intake_entry": entry}))
    _replay(trial, letter.id)
    trial.work()
    assert trial.stands().status is OrderStatus.NEW


def test_discard_when_a_reason_is_given_then_who_and_why_is_kept(trial: Trial) -> None:
    """Closed for good."""
    letter = bury.bury(trial.desk, _letter(trial.order().wire()))
    _discard(trial, letter.id)
    assert _state(trial, letter) == ("DISCARDED", "not needed (by a person)")
    assert trial.ledger.dead_letters() == []


def test_letter_when_it_was_never_readable_then_it_can_only_be_discarded(trial: Trial) -> None:
    """There is nothing in it that could be run."""
    letter = bury.bury(trial.desk, _letter({}, task="(unreadable)", task_id=""))
    with pytest.raises(DeskError, match="discarded"):
        _replay(trial, letter.id)
    _discard(trial, letter.id)
    assert _state(trial, letter)[0] == "DISCARDED"


def test_letter_when_nobody_knows_its_number_then_it_is_said(trial: Trial) -> None:
    """A typing error is no other letter."""
    with pytest.raises(UnknownOrder, match="there is no dead letter 7"):
        _replay(trial, 7)


def _letter(
    fields: Mapping[str, Any], *, task: str = "place_order", task_id: str = "t-1"
) -> DeadLetter:
    order = fields.get("idempotency_key") if task == "place_order" else None
    return DeadLetter(0, 0, task, task_id, fields, "Broken", "it broke", 1, "", order, "main")


def _bury(desk: Any, letter: DeadLetter) -> DeadLetter:
    return bury.bury(desk, letter, end_as="it broke")


def _replay(trial: Trial, letter_id: int) -> None:
    bury.replay(trial.desk, letter_id, by="a person")


def _discard(trial: Trial, letter_id: int) -> None:
    bury.discard(trial.desk, letter_id, reason="not needed", by="a person")


def _state(trial: Trial, letter: DeadLetter) -> tuple[str, str | None]:
    kept = trial.ledger.dead_letter(letter.id)
    assert kept is not None
    return kept.state, kept.note
