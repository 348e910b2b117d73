"""A person ends a quarantine, and it is recorded who said what."""

from decimal import Decimal

import pytest

from orderdesk.contracts import PlaceOrder
from orderdesk.core.answers import ExchangeOrder
from orderdesk.core.events import EventKind
from orderdesk.core.intents import AttemptState, Intent
from orderdesk.core.orders import OrderStatus
from orderdesk.errors import NotYet, UnknownOrder
from orderdesk.flows import answer, follow
from tests.flows.trial import Trial


def test_answer_when_it_is_placed_then_the_order_is_followed_again(trial: Trial) -> None:
    """Placed under an id: on the exchange, answered, and brought up to date like any other."""
    # Given an order that landed
    order = _quarantined_and_landed(trial, trial.order())
    # When
    placed = _answer(trial, order.order_id)
    trial.venue.fill(order.order_id, Decimal("0.001"))
    follow.follow(trial.desk, "main")
    trial.work()
    # Then
    assert (placed.status, placed.order_id) == (OrderStatus.NEW, order.order_id)
    assert (trial.stands().status, trial.stands().fills) == (OrderStatus.FILLED, 1)
    assert placed.task_id in trial.queue.results
    assert _attempts(trial) == [AttemptState.ACCEPTED]


def test_answer_when_a_market_order_is_placed_then_its_fills_are_fetched(trial: Trial) -> None:
    """What ends at once is answered when its trades are here."""
    order = _quarantined_and_landed(trial, trial.market_order())
    _answer(trial, order.order_id)
    trial.run(2_000)
    intent = trial.stands()
    assert (intent.status, intent.fills) == (OrderStatus.FILLED, 1)
    assert intent.task_id in trial.queue.results


def test_answer_when_it_is_not_placed_then_it_ends_and_nothing_is_reserved(trial: Trial) -> None:
    """Ended by a person's word; it is not sent again by itself."""
    trial.quarantine(trial.order())
    ended = _answer(trial, None)
    trial.run(60_000, 1_000)
    assert ended.status is OrderStatus.EXPIRED_UNSENT
    assert ended.reserved_notional == 0
    assert ended.task_id in trial.queue.results
    assert _attempts(trial) == [AttemptState.NOT_PLACED]
    assert trial.venue.calls["place"] == 1


def test_answer_when_a_cancel_waits_then_it_is_carried_out_or_was_not_needed(
    trial: Trial,
) -> None:
    """The request that came during the quarantine is not forgotten."""
    for key in ("k-1", "k-2"):
        trial.quarantine(trial.order(key))
        with pytest.raises(NotYet):
            trial.cancel(key)
    _, second = trial.venue.land()
    assert _answer(trial, None).status is OrderStatus.CANCELED
    _answer(trial, second, "k-2")
    trial.run(2_000)
    assert trial.stands("k-2").status is OrderStatus.CANCELED
    assert trial.venue.of(trial.stands("k-2").client_order_id)[0].status is OrderStatus.CANCELED


@pytest.mark.parametrize("order_id", ["X1", None])
def test_answer_when_given_then_who_and_why_stands_in_the_story(
    trial: Trial, order_id: str | None
) -> None:
    """Recorded: who, what, and for what reason."""
    intent = trial.quarantine(trial.order())
    trial.venue.land()
    _answer(trial, order_id)
    told = trial.ledger.story(intent.id).events
    (event,) = [event for event in told if event.kind is EventKind.ANSWERED_BY_PERSON]
    assert (event.data["by"], event.data["reason"]) == ("a person", "I looked")
    assert str(event.data["answer"]).endswith("X1" if order_id else "not placed")


def test_answer_when_it_is_not_in_quarantine_then_it_is_refused(trial: Trial) -> None:
    """A person's word moves nothing that evidence can."""
    trial.venue.lose_answers = 1
    unknown = trial.place(trial.order())
    with pytest.raises(UnknownOrder, match="not QUARANTINED"):
        _answer(trial, None)
    assert trial.stands() == unknown


def test_answer_when_nobody_knows_the_order_then_it_is_said(trial: Trial) -> None:
    """A typing error is no other order."""
    with pytest.raises(UnknownOrder, match="k-1"):
        _answer(trial, None)


def _answer(trial: Trial, order_id: str | None, name: str = "k-1") -> Intent:
    return answer.answer(
        trial.desk, account="main", name=name, order_id=order_id, reason="I looked", by="a person"
    )


def _quarantined_and_landed(trial: Trial, command: PlaceOrder) -> ExchangeOrder:
    trial.quarantine(command)
    trial.venue.land()
    return trial.venue.orders[0]


def _attempts(trial: Trial) -> list[AttemptState]:
    return [attempt.state for attempt in trial.ledger.story(trial.stands().id).attempts]
