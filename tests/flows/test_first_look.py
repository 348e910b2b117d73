"""Before the first order of a desk the books are compared: once, by whoever comes first."""

from dataclasses import replace
from decimal import Decimal

import pytest

from orderdesk.core.orders import OrderStatus
from orderdesk.errors import ExchangeUnreachable, NotYet
from orderdesk.flows import first_look, start
from orderdesk.ports import Desk
from tests.flows.trial import Trial, place_at

DAY_MS = 86_400_000


def started(trial: Trial) -> Desk:
    """A process of a desk that was down: it knows nothing yet."""
    trial.clock.advance(first_look.ALIVE_MS)
    return replace(trial.desk, reconciled=set())


def down_with_a_fill(trial: Trial) -> None:
    """Let an order fill while the desk is down."""
    placed = trial.place(trial.order("before"))
    trial.clock.advance(60_000)
    trial.venue.fill(str(placed.order_id), Decimal("0.001"))
    trial.venue.calls.clear()


def test_first_order_when_the_desk_was_down_then_the_books_are_compared_before_it(
    trial: Trial,
) -> None:
    """What happened meanwhile is booked before anything new is sent, and only then."""
    down_with_a_fill(trial)
    desk = started(trial)
    place_at(desk, trial.order("first"))
    assert trial.stands("before").status is OrderStatus.FILLED
    assert trial.stands("first").status is OrderStatus.NEW
    # And no later order costs a question, in this process or in another one
    trial.venue.calls.clear()
    place_at(desk, trial.order("second"))
    place_at(replace(trial.desk, reconciled=set()), trial.order("third"))
    assert trial.venue.calls == {"place": 2}


def test_first_order_when_the_venue_is_silent_then_it_waits_and_goes_when_it_speaks(
    trial: Trial,
) -> None:
    """No answer means wait: nothing is sent, nothing is buried, no retry is spent."""
    down_with_a_fill(trial)
    desk = started(trial)
    trial.venue.silent_questions = 1
    with pytest.raises(NotYet):
        place_at(desk, trial.order("first"))
    assert trial.venue.calls["place"] == 0
    assert trial.stands("first").status is OrderStatus.RECEIVED
    place_at(desk, trial.order("first"))
    assert trial.stands("first").status is OrderStatus.NEW


def test_first_order_when_another_worker_compares_then_it_comes_back(trial: Trial) -> None:
    """One at a time; a worker that died at it frees the turn after a while."""
    down_with_a_fill(trial)
    desk = started(trial)
    assert trial.memory.beside().once("first-look:main", first_look.LEASE_MS)
    with pytest.raises(NotYet):
        place_at(desk, trial.order("first"))
    trial.clock.advance(first_look.LEASE_MS)
    place_at(desk, trial.order("first", valid_for_ms=600_000))


def test_first_order_when_the_ledger_is_new_then_nobody_is_asked(trial: Trial) -> None:
    """There is nothing to compare."""
    trial.venue.silent_questions = 0
    place_at(started(trial), trial.order())
    assert set(trial.venue.calls) <= {"place", "time"}


def test_start_when_one_worker_restarts_then_nothing_is_compared_again(trial: Trial) -> None:
    """The sweep keeps the desk's start alive: one worker is not the desk."""
    down_with_a_fill(trial)
    place_at(started(trial), trial.order("first"))
    trial.venue.calls.clear()
    for _ in range(600):
        first_look.note_alive(trial.desk)
        trial.clock.advance(1_000)
    place_at(replace(trial.desk, reconciled=set()), trial.order("second", valid_for_ms=DAY_MS))
    assert trial.venue.calls["open_orders"] == 0


def test_start_when_a_desk_is_idle_then_a_worker_is_sent_to_compare_once(trial: Trial) -> None:
    """Whichever worker starts first sends for it; the others see that it did."""
    trial.place(trial.order())
    trial.queue.published.clear()
    for _ in range(3):
        start.confirm(started(trial), desk_id="desk", venue="paper")
    assert [message.task for message in trial.queue.published] == ["reconcile"]


def test_confirm_when_it_failed_then_it_is_not_taken_for_done(trial: Trial) -> None:
    """Half a comparison is none."""
    down_with_a_fill(trial)
    desk = started(trial)
    trial.venue.silent_questions = 1
    with pytest.raises(NotYet) as waits:
        first_look.confirm(desk, "main")
    assert isinstance(waits.value.__cause__, ExchangeUnreachable)
    assert not first_look.compared(desk, "main")
    assert desk.reconciled == set()
