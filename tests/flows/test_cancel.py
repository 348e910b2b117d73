"""Cancelling obeys the same physics as placing."""

import pytest

from orderdesk.contracts import CancelAllOrders
from orderdesk.core.orders import OrderStatus
from orderdesk.errors import NotYet
from orderdesk.flows.cancel_all import cancel_all
from tests.flows.trial import Trial


def test_cancel_when_the_order_rests_then_it_ends_canceled(trial: Trial) -> None:
    """A resting order is cancelled and its end is read back, not assumed."""
    trial.place(trial.order())
    intent = trial.cancel()
    assert intent.status is OrderStatus.CANCELED
    assert trial.venue.orders[0].status is OrderStatus.CANCELED


def test_cancel_when_it_comes_first_then_the_order_is_never_sent(trial: Trial) -> None:
    """A tombstone ends the intent CANCELED, unsent."""
    with pytest.raises(NotYet):
        trial.cancel()
    intent = trial.place(trial.order())
    assert intent.status is OrderStatus.CANCELED
    assert trial.venue.calls["place"] == 0


def test_cancel_when_the_outcome_is_unknown_then_it_is_cancelled_once_found(
    trial: Trial,
) -> None:
    """A cancel of an order in doubt waits for the evidence, then acts on it."""
    trial.venue.lose_answers = 1
    trial.place(trial.order())
    with pytest.raises(NotYet):
        trial.cancel()
    trial.run(5_000)
    assert trial.stands().status is OrderStatus.CANCELED


def test_cancel_when_it_filled_meanwhile_then_the_fill_stands(trial: Trial) -> None:
    """What was filled before the cancel is booked and reported."""
    placed = trial.place(trial.order())
    assert placed.size.quantity is not None
    trial.venue.fill(str(placed.order_id), placed.size.quantity)
    intent = trial.cancel()
    assert intent.status is OrderStatus.FILLED
    assert intent.fills == 1


def test_cancel_all_when_some_rest_then_all_end_and_are_counted(trial: Trial) -> None:
    """Every order of the desk is asked for; the report says what is still open."""
    for n in range(3):
        trial.place(trial.order(f"k-{n}"))
    report = cancel_all(trial.desk, CancelAllOrders())
    assert (report.requested, report.canceled, report.still_open) == (3, 3, ())
