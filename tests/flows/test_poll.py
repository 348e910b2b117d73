"""Asking for one order now, and following it to its end."""

from decimal import Decimal
from typing import Any

import pytest

from orderdesk.contracts import PollOrderStatus, checked
from orderdesk.core.intents import Intent
from orderdesk.core.money import ZERO
from orderdesk.core.orders import OrderStatus
from orderdesk.core.tokens import Lane
from orderdesk.errors import ExchangeUnreachable, NotYet, UnknownOrder
from orderdesk.flows import poll
from tests.flows.trial import Trial


def test_poll_when_it_traded_then_the_order_and_its_fills_are_booked(trial: Trial) -> None:
    """The answer is what the exchange shows now."""
    placed = trial.place(trial.order())
    trial.venue.fill(str(placed.order_id), Decimal("0.0004"))
    intent = _poll(trial)
    assert (intent.status, intent.fills) == (OrderStatus.PARTIALLY_FILLED, 1)
    assert intent.filled_quantity == intent.executed_quantity == Decimal("0.0004")


def test_poll_when_nothing_traded_then_the_trades_are_not_asked_for(trial: Trial) -> None:
    """One question of weight 2, not one of 10 beside it."""
    trial.place(trial.order())
    trial.venue.calls.clear()
    _poll(trial)
    assert trial.venue.calls == {"order": 1}


def test_poll_when_it_has_ended_with_its_fills_then_nobody_is_asked(trial: Trial) -> None:
    """What cannot change costs no budget."""
    trial.place(trial.order())
    ended = trial.cancel()
    trial.venue.calls.clear()
    assert _poll(trial) == ended
    assert not trial.venue.calls


def test_poll_when_a_query_does_not_show_it_yet_then_nothing_is_concluded(trial: Trial) -> None:
    """It may not exist, or not be visible yet."""
    placed = trial.place(trial.order())
    trial.venue.visible_from_ms = trial.venue.clock_ms() + 5_000
    assert _poll(trial) == placed


def test_poll_when_it_is_unknown_then_the_resolver_is_woken_not_doubled(trial: Trial) -> None:
    """One place decides about evidence."""
    trial.venue.lose_answers = 1
    unknown = trial.place(trial.order())
    trial.queue.published.clear()
    assert _poll(trial) == unknown
    assert [message.task for message in trial.queue.published] == ["resolve_order"]


def test_poll_when_named_by_its_client_order_id_then_it_is_found(trial: Trial) -> None:
    """Key or client order id: both name it."""
    placed = trial.place(trial.order())
    assert _poll(trial, order=placed.client_order_id) == placed


def test_poll_when_nobody_knows_the_order_then_it_is_said(trial: Trial) -> None:
    """With the name that was asked for."""
    with pytest.raises(UnknownOrder, match="nobody"):
        _poll(trial, order="nobody")


def test_poll_when_the_venue_is_silent_then_nothing_moves(trial: Trial) -> None:
    """Asking again is safe."""
    placed = trial.place(trial.order())
    trial.venue.silent_questions = 1
    with pytest.raises(ExchangeUnreachable):
        _poll(trial)
    assert trial.stands() == placed


def test_poll_until_closed_when_it_rests_then_it_comes_back_until_it_ended(
    trial: Trial,
) -> None:
    """Following costs no retry."""
    placed = trial.place(trial.order())
    with pytest.raises(NotYet):
        _poll(trial, until="closed")
    trial.venue.fill(str(placed.order_id), Decimal("0.001"))
    assert _poll(trial, until="closed").status is OrderStatus.FILLED


def test_poll_until_closed_when_its_time_is_over_then_it_is_told_as_it_stands(
    trial: Trial,
) -> None:
    """For at most as long as was asked for."""
    trial.place(trial.order())
    until_ms = trial.time.now_ms() + 5_000
    with pytest.raises(NotYet):
        _poll(trial, until="closed", valid_until_ms=until_ms)
    trial.clock.advance(5_000)
    told = _poll(trial, until="closed", valid_until_ms=until_ms)
    assert told.status is OrderStatus.NEW


def test_poll_until_closed_when_its_time_counts_then_from_its_first_run(trial: Trial) -> None:
    """`valid_for_ms` ends it, though each run of it is later than the one before."""
    trial.place(trial.order())
    call: dict[str, Any] = {"until": "closed", "valid_for_ms": 5_000, "idempotency_key": "p-1"}
    with pytest.raises(NotYet):
        _poll(trial, **call)
    trial.clock.advance(4_000)
    with pytest.raises(NotYet):
        _poll(trial, **call)
    trial.clock.advance(1_000)
    assert _poll(trial, **call).status is OrderStatus.NEW


def test_poll_until_closed_when_it_rests_for_an_hour_then_its_questions_are_bounded(
    trial: Trial,
) -> None:
    """One at first and one every 30 s, however often it comes back; more and more seldom."""
    # Given an order that rests
    trial.place(trial.order(valid_for_ms=7_200_000))
    trial.venue.calls.clear()
    call: dict[str, Any] = {"until": "closed", "valid_for_ms": 3_600_000, "idempotency_key": "p-1"}
    # When it is followed for an hour
    runs = 0
    while True:
        runs += 1
        try:
            _poll(trial, **call)
        except NotYet as error:
            trial.clock.advance(int(error.retry_after_ms or 0))
        else:
            break
    # Then
    assert trial.venue.calls["order"] <= 1 + 3_600 // 30
    assert runs < 3_600 // 9


def test_now_when_a_second_order_has_the_client_id_then_the_intent_keeps_its_own(
    trial: Trial,
) -> None:
    """The surplus is booked and alarmed; it is not taken for ours."""
    placed = trial.place(trial.order())
    surplus = trial.force(placed)
    trial.venue.fill(surplus, Decimal("0.0004"))
    intent = poll.now(trial.desk, placed, Lane.POLL)
    assert (intent.order_id, intent.filled_quantity) == ("X1", ZERO)
    booked = trial.ledger.story(intent.id).fills
    assert [fill.order_id for fill in booked] == [surplus]


def _poll(trial: Trial, *, order: str = "k-1", **fields: Any) -> Intent:
    return poll.poll(trial.desk, checked(PollOrderStatus, {"order": order, **fields}))
