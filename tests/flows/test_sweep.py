"""The sweep: it wakes what makes no progress, by its state, in good time and never in a storm."""

from itertools import pairwise

import pytest

from orderdesk.core.events import EventKind
from orderdesk.core.orders import OrderStatus
from orderdesk.core.queues import PLACING
from orderdesk.errors import DeskHalted, NotYet, StoreUnavailable
from orderdesk.flows import sweep
from tests.flows.trial import WINDOW_MS, Trial


def test_sweep_when_an_order_only_waits_then_its_own_task_is_woken(trial: Trial) -> None:
    """RECEIVED: `place_order` again, under its own task id, so that its result is answered."""
    intent = trial.keep_waiting(trial.order())
    trial.clock.advance(20_000)
    (woken,) = trial.sweep()
    assert (woken.task, woken.task_id, woken.queue) == ("place_order", intent.task_id, PLACING)
    assert trial.place(trial.order(**dict(woken.fields))).status is OrderStatus.NEW


def test_sweep_when_several_are_unknown_then_one_round_of_questions_serves_them(
    trial: Trial,
) -> None:
    """UNKNOWN: `resolve_order`, once a symbol."""
    trial.venue.lose_answers = 3
    for n in range(3):
        trial.place(trial.order(f"k-{n}"))
    trial.queue.published.clear()
    assert [message.task for message in trial.sweep()] == ["resolve_order"]


def test_sweep_when_a_worker_died_with_its_attempt_then_only_after_the_window(
    trial: Trial,
) -> None:
    """SENDING is its owner's until the exchange refuses its bytes."""
    trial.write_attempt(trial.order())
    assert trial.sweep() == []
    trial.clock.advance(WINDOW_MS + 1_000)
    assert [message.task for message in trial.sweep()] == ["resolve_order"]


def test_sweep_when_a_cancel_was_written_down_then_it_is_carried_out(trial: Trial) -> None:
    """On the exchange with a cancel request: `cancel_order`, should its own message be lost."""
    placed = trial.place(trial.order())
    trial.ledger.request_cancel(
        "main", placed.client_order_id, reason="asked", now_ms=trial.time.now_ms()
    )
    trial.clock.advance(10_000)
    trial.run(1_000)
    assert trial.stands().status is OrderStatus.CANCELED


def test_sweep_when_a_cancel_does_not_take_then_its_wake_ups_do_not_add_up(
    trial: Trial,
) -> None:
    """Each goes on for a while and ends; an order that will not end is no storm."""
    # Given a venue that does not see what it should cancel
    placed = trial.place(trial.order())
    trial.venue.visible_from_ms = trial.venue.clock_ms() + 600_000
    trial.venue.blind = frozenset({"cancel"})
    trial.ledger.request_cancel(
        "main", placed.client_order_id, reason="asked", now_ms=trial.time.now_ms()
    )
    # When
    trial.run(300_000, 1_000)
    waiting = [message.task for message in trial.queue.published]
    trial.venue.blind = frozenset()
    trial.run(70_000, 1_000)
    # Then
    assert waiting in ([], ["cancel_order"])
    assert trial.stands().status is OrderStatus.CANCELED


def test_sweep_when_fills_are_missing_then_they_are_collected(trial: Trial) -> None:
    """An order that ends at once and has no end yet: `collect_fills`."""
    trial.place(trial.market_order())
    trial.queue.published.clear()
    trial.clock.advance(1_000)
    assert [message.task for message in trial.sweep()] == ["collect_fills"]


def test_sweep_when_an_order_rests_then_nobody_is_woken(trial: Trial) -> None:
    """What rests is followed with its symbol's open orders."""
    trial.place(trial.order())
    trial.clock.advance(120_000)
    trial.queue.results.add(trial.stands().task_id)
    assert trial.sweep() == []


def test_sweep_when_hundreds_are_due_then_200_at_most_and_the_rest_next_time(
    trial: Trial,
) -> None:
    """A net, not a storm: the longest due come first, and nobody is forgotten."""
    # Given
    for n in range(230):
        trial.keep_waiting(trial.order(f"k-{n}"))
    trial.clock.advance(20_000)
    # When
    first, second = trial.sweep(), trial.sweep()
    # Then
    assert (len(first), len(second)) == (sweep.AT_MOST, 30)
    assert len({message.task_id for message in first + second}) == 230


def test_sweep_when_called_again_then_each_wake_waits_twice_as_long(trial: Trial) -> None:
    """Nothing is woken twice within its time: 5 s, doubling to a minute."""
    # Given
    trial.keep_waiting(trial.order(valid_for_ms=600_000))
    trial.clock.advance(10_000)
    # When
    woken_ms = []
    for _ in range(300):
        if trial.sweep():
            woken_ms.append(trial.clock.monotonic_ms())
        trial.clock.advance(1_000)
    # Then
    waits_ms = [later - sooner for sooner, later in pairwise(woken_ms)]
    assert waits_ms == [5_000, 10_000, 20_000, 40_000, 60_000, 60_000, 60_000]


def test_sweep_when_it_dies_while_publishing_then_the_next_does_not_begin_anew(
    trial: Trial,
) -> None:
    """The next wake is written down before anything is published."""
    # Given
    intent = trial.keep_waiting(trial.order())
    trial.clock.advance(20_000)
    trial.queue.failure = StoreUnavailable("away")
    # When
    with pytest.raises(StoreUnavailable):
        trial.sweep()
    # Then
    after = trial.stands()
    assert (after.wakes, after.next_wake_ms) == (1, trial.time.now_ms() + 5_000)
    assert intent.next_wake_ms is not None
    trial.queue.failure = None
    assert trial.sweep() == []


def test_sweep_when_the_venue_stays_silent_then_a_person_hears_of_it_once_a_minute(
    trial: Trial,
) -> None:
    """UNKNOWN for 60 s is an alarm, and not one every sweep."""
    # Given
    trial.venue.hold_back = 1
    trial.place(trial.order())
    trial.venue.silent_questions = 1_000_000
    # When
    trial.run(59_000, 1_000)
    before = trial.kinds().count(EventKind.UNKNOWN_TOO_LONG)
    trial.run(186_000, 1_000)
    # Then
    assert before == 0
    assert trial.kinds().count(EventKind.UNKNOWN_TOO_LONG) == 3
    assert trial.stands().status is OrderStatus.UNKNOWN


def test_sweep_when_an_order_waits_past_its_deadline_then_it_ends_there(trial: Trial) -> None:
    """Woken too late, it ends EXPIRED_UNSENT: with a reason, and never sent."""
    trial.keep_waiting(trial.order(valid_for_ms=15_000))
    trial.clock.advance(20_000)
    trial.run(1_000)
    intent = trial.stands()
    assert intent.status is OrderStatus.EXPIRED_UNSENT
    assert intent.task_id in trial.queue.results
    assert trial.venue.calls["place"] == 0


def test_sweep_when_the_ledger_is_another_then_nothing_is_woken(trial: Trial) -> None:
    """Who the desk is comes first, at every sweep."""
    trial.keep_waiting(trial.order())
    trial.clock.advance(20_000)
    trial.memory.forget()
    trial.memory.claim("another ledger")
    with pytest.raises(DeskHalted):
        trial.sweep()
    assert trial.queue.published == []


def test_sweep_when_a_waiting_order_has_no_slot_then_it_keeps_its_place(trial: Trial) -> None:
    """Waiting in line is no trouble: the intent is written down and due after its slot."""
    trial.throttle.pause("main", 30_000, "a test")
    with pytest.raises(NotYet):
        trial.place(trial.order())
    intent = trial.stands()
    assert intent.status is OrderStatus.RECEIVED
    assert intent.next_wake_ms is not None
    assert intent.next_wake_ms >= trial.time.now_ms() + 30_000
