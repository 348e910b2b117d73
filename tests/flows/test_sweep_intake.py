"""The intake is held against the ledger: accepted means kept, whatever the queue lost."""

from itertools import pairwise
from typing import Any

import pytest

from orderdesk.contracts import CancelAllOrders, CancelOrder, checked
from orderdesk.core.orders import OrderStatus
from orderdesk.errors import NotYet
from orderdesk.flows.sweep import AT_MOST
from orderdesk.flows.sweep_intake import KEEP_MS, OVERTAKEN_MS, TRIM_EVERY_MS
from tests.flows.trial import Trial

HOUR_MS = 3_600_000


def test_entry_when_its_message_was_lost_then_it_is_published_again_and_answered(
    trial: Trial,
) -> None:
    """An entry 10 s older than the head of its queue, without a row: same task id, one order."""
    # Given
    command = trial.order()
    trial.submit(command)
    trial.clock.advance(OVERTAKEN_MS + 1)
    # When
    (woken,) = trial.sweep()
    # Then
    assert (woken.task, woken.task_id) == ("place_order", command.task_id)
    trial.queue.published.append(woken)
    trial.work()
    assert trial.stands().status is OrderStatus.NEW
    assert command.task_id in trial.queue.results


def test_entry_when_published_again_then_its_deadline_still_counts_from_the_intake(
    trial: Trial,
) -> None:
    """An order too old is not sent: losing its message does not make it younger."""
    entry_id = trial.submit(trial.order(valid_for_ms=30_000))
    trial.clock.advance(HOUR_MS)
    (woken,) = trial.sweep()
    assert woken.fields["intake_entry"] == entry_id
    trial.queue.published.append(woken)
    trial.work()
    assert trial.stands().status is OrderStatus.EXPIRED_UNSENT
    assert trial.venue.calls["place"] == 0


def test_entries_when_two_calls_want_one_key_then_the_first_is_woken_first(trial: Trial) -> None:
    """A restored ledger has no row of either: the later call must not take the key."""
    trial.submit(trial.order())
    trial.submit(trial.order(side="SELL"))
    trial.clock.advance(HOUR_MS)
    (woken,) = trial.sweep()
    assert woken.task_id == trial.order().task_id


def test_entry_when_it_lost_its_key_and_its_message_then_its_caller_hears_of_the_conflict(
    trial: Trial,
) -> None:
    """Each call is owed an answer: the row under its key is another call's."""
    # Given one key, two orders; the first is placed, the message of the second is lost
    trial.submit(trial.order())
    trial.queue.results.add(trial.place(trial.order()).task_id)
    loser = trial.order(side="SELL")
    entry_id = trial.submit(loser)
    trial.clock.advance(OVERTAKEN_MS + 1)
    # When
    trial.run(5_000, 1_000)
    # Then it is told, once, and the order that has the key is as it was
    (letter,) = trial.ledger.dead_letters()
    assert (letter.reason, letter.task_id, letter.attempts) == ("IntentConflict", loser.task_id, 1)
    assert loser.task_id in trial.queue.results
    assert trial.intake.cursor() == entry_id
    assert trial.stands().status is OrderStatus.NEW
    assert trial.venue.calls["place"] == 1


def test_entry_when_its_producer_named_the_call_itself_then_its_row_is_its_own(
    trial: Trial,
) -> None:
    """A producer in another language gives a task id of its own: then the parameters tell."""
    entry_id = trial.intake.append("place_order", "of-my-own", trial.order().wire())
    trial.queue.results.add(trial.place(trial.order()).task_id)
    trial.clock.advance(HOUR_MS)
    assert trial.sweep() == []
    assert trial.intake.cursor() == entry_id


@pytest.mark.parametrize("first", ["place_order", "cancel_order"])
def test_entry_when_its_key_is_also_a_key_of_another_task_then_it_is_not_taken_for_it(
    trial: Trial, first: str
) -> None:
    """A cancel under the key of its order is another call, and so is the order."""
    # Given both under one key, and only one of them taken up
    cancel = checked(CancelOrder, {"order": "k-1", "idempotency_key": "k-1"})
    trial.submit(trial.order())
    trial.intake.append("cancel_order", cancel.task_id, cancel.wire())
    if first == "place_order":
        trial.queue.results.add(trial.place(trial.order()).task_id)
    else:
        with pytest.raises(NotYet):
            trial.cancel_with(cancel)
    trial.clock.advance(HOUR_MS)
    # When
    (woken,) = trial.sweep()
    # Then
    assert {first, woken.task} == {"place_order", "cancel_order"}


def test_entry_when_everything_was_cancelled_before_a_restore_then_not_once_more(
    trial: Trial,
) -> None:
    """A restored ledger has lost its note; what was placed since then must not be cancelled."""
    # Given
    everything = checked(CancelAllOrders, {"idempotency_key": "all-1"})
    entry_id = trial.intake.append("cancel_all_orders", everything.task_id, everything.wire())
    trial.queue.results.add(everything.task_id)
    trial.clock.advance(HOUR_MS)
    # When
    trial.memory.note_attempt(99)
    woken = trial.sweep()
    # Then
    assert woken == []
    assert trial.intake.cursor() == entry_id


@pytest.mark.parametrize("younger_ms", [-1, 0, OVERTAKEN_MS])
def test_entry_when_its_message_may_still_wait_then_it_is_left_alone(
    trial: Trial, younger_ms: int
) -> None:
    """However old it is: as long as the head of its queue is not younger by more than 10 s."""
    trial.submit(trial.order())
    taken_ms = trial.intake.now_ms()
    trial.queue.heads["place_order"] = taken_ms + younger_ms
    trial.clock.advance(HOUR_MS)
    assert trial.sweep() == []
    trial.queue.heads["place_order"] = taken_ms + OVERTAKEN_MS + 1
    assert [message.task for message in trial.sweep()] == ["place_order"]


def test_entry_when_the_queue_is_empty_and_it_is_fresh_then_its_worker_gets_its_time(
    trial: Trial,
) -> None:
    """A worker holds the message in its hands before it writes the row."""
    trial.submit(trial.order())
    trial.clock.advance(OVERTAKEN_MS)
    assert trial.sweep() == []


def test_entry_when_it_has_its_row_then_it_is_never_published_again(trial: Trial) -> None:
    """From the row on the ledger knows what is due."""
    trial.submit(trial.order())
    trial.queue.results.add(trial.place(trial.order()).task_id)
    trial.clock.advance(HOUR_MS)
    assert trial.sweep() == []


def test_entry_when_its_cancel_was_taken_up_then_it_is_never_published_again(
    trial: Trial,
) -> None:
    """A command without a row of its own leaves a note."""
    command = checked(CancelOrder, {"order": "k-1", "idempotency_key": "c-1"})
    trial.intake.append("cancel_order", command.task_id, command.wire())
    with pytest.raises(NotYet):
        trial.cancel_with(command)
    trial.clock.advance(HOUR_MS)
    assert trial.sweep() == []


def test_entry_when_nobody_takes_it_up_then_each_wake_waits_twice_as_long(trial: Trial) -> None:
    """5 s, doubling to a minute."""
    trial.submit(trial.order())
    trial.clock.advance(OVERTAKEN_MS + 1)
    woken_ms = []
    for _ in range(220):
        if trial.sweep():
            woken_ms.append(trial.clock.monotonic_ms())
        trial.clock.advance(1_000)
    waits_ms = [later - sooner for sooner, later in pairwise(woken_ms)]
    assert waits_ms == [5_000, 10_000, 20_000, 40_000, 60_000, 60_000]


def test_cursor_when_one_entry_has_no_row_then_it_stops_there_until_it_has(
    trial: Trial,
) -> None:
    """What the cursor has passed is never looked at again, so only rows move it."""
    # Given the second of three without a row
    ids = [trial.submit(trial.order(f"k-{n}")) for n in range(3)]
    trial.place(trial.order("k-0"))
    trial.place(trial.order("k-2"))
    # When
    trial.sweep()
    stopped = trial.intake.cursor()
    trial.place(trial.order("k-1"))
    trial.sweep()
    # Then
    assert (stopped, trial.intake.cursor()) == (ids[0], ids[2])


def test_trim_when_a_day_has_passed_then_just_what_has_its_row_goes(trial: Trial) -> None:
    """Kept for 24 h after its row; without a row kept for ever."""
    # Given one with a row, one without, one with a row behind it, and a young one
    old = trial.submit(trial.order("k-0"))
    trial.clock.advance(1_000)
    lost = trial.submit(trial.order("lost"))
    trial.clock.advance(1_000)
    behind = trial.submit(trial.order("k-1"))
    for key in ("k-0", "k-1"):
        trial.place(trial.order(key))
    # When
    trial.clock.advance(KEEP_MS - 3_000)
    trial.sweep()
    before = _ids(trial)
    trial.clock.advance(TRIM_EVERY_MS)
    young = trial.submit(trial.order("k-2"))
    trial.sweep()
    trial.clock.advance(TRIM_EVERY_MS)
    trial.sweep()
    # Then: up to the cursor, which is the last with a row before the lost one
    assert before == [old, lost, behind]
    assert _ids(trial) == [old, lost, behind, young]
    trial.place(trial.order("lost"))
    trial.clock.advance(TRIM_EVERY_MS)
    trial.sweep()
    assert _ids(trial) == [behind, young]


@pytest.mark.parametrize(
    ("task", "task_id", "fields"),
    [
        ("", "", {"undecodable": "{{"}),
        ("place_order", "t-1", {"undecodable": ""}),
        ("", "t-1", {"account": "main", "idempotency_key": "x"}),
        ("make_coffee", "t-1", {"account": "main", "idempotency_key": "x"}),
        ("place_order", "", {}),
    ],
    ids=["nothing", "no fields", "no task", "no task of ours", "no name"],
)
def test_entry_when_nobody_can_take_it_up_then_it_is_buried_and_the_others_go_on(
    trial: Trial, task: str, task_id: str, fields: dict[str, Any]
) -> None:
    """One bad entry is put before a person, once, and stops nobody behind it."""
    # Given a bad entry, and behind it more than a sweep reads, the last of them lost
    trial.intake.append(task, task_id, fields)
    for _ in range(AT_MOST + 5):
        trial.submit(trial.order())
    trial.queue.results.add(trial.place(trial.order()).task_id)
    lost = trial.order("lost")
    trial.submit(lost)
    trial.clock.advance(OVERTAKEN_MS + 1)
    # When
    woken = [message for _ in range(5) for message in trial.sweep()]
    # Then
    assert [message.task_id for message in woken] == [lost.task_id]
    letters = trial.ledger.dead_letters()
    assert [letter.reason for letter in letters] == ["UndecodableEntry"]


def test_entry_when_the_command_in_it_is_wrong_then_it_is_buried_and_the_cursor_moves(
    trial: Trial,
) -> None:
    """A command that every check refuses ends as one dead letter, not as a wake for ever."""
    # Given an entry of a producer that is newer than this desk
    fields = {**trial.order().wire(), "colour": "blue"}
    entry_id = trial.intake.append("place_order", "t-1", fields)
    trial.clock.advance(OVERTAKEN_MS + 1)
    # When
    trial.run(120_000, 1_000)
    # Then
    (letter,) = trial.ledger.dead_letters()
    assert (letter.reason, letter.attempts) == ("InvalidOrder", 1)
    assert trial.intake.cursor() == entry_id


def _ids(trial: Trial) -> list[str]:
    return [entry.entry_id for entry in trial.intake.entries("0-0", 1_000)]
