"""How the venue answers is told to the throttle, and an open circuit to everybody."""

import pytest

from orderdesk.core.circuit import FAILURES, FIRST_MS
from orderdesk.core.events import EventKind
from orderdesk.core.orders import OrderStatus
from orderdesk.errors import NotYet, StoreUnavailable
from orderdesk.flows.circuit import Circuit
from tests.flows.trial import Trial


def test_circuit_when_it_opens_then_it_is_told_once_and_says_why(trial: Trial) -> None:
    """An alarm with the reason, not one for every failure."""
    hear = Circuit(trial.throttle, trial.ledger, trial.time.now_ms)
    for _ in range(FAILURES + 2):
        hear("HTTP 503")
    told = [event for event in trial.events if event.kind is EventKind.VENUE_PAUSED]
    assert [event.data["for_ms"] for event in told] == [FIRST_MS]
    assert "HTTP 503" in str(told[0].data["reason"])


def test_circuit_when_redis_is_away_then_the_answer_stands_all_the_same(trial: Trial) -> None:
    """What cannot be noted must not change what the venue said."""
    trial.throttle.failure = StoreUnavailable("away")
    Circuit(trial.throttle, trial.ledger, trial.time.now_ms)("HTTP 503")


def test_place_when_the_circuit_is_open_then_the_order_is_unsent_and_never_in_doubt(
    trial: Trial,
) -> None:
    """It waits without an attempt, costs no retry, and goes when the venue answers."""
    trial.time.measure()
    for _ in range(FAILURES):
        trial.throttle.heard(answered=False, reason="HTTP 503")
    with pytest.raises(NotYet):
        trial.place(trial.order())
    waiting = trial.stands()
    assert (waiting.status, waiting.attempts) == (OrderStatus.RECEIVED, 0)
    trial.throttle.heard(answered=True)
    assert trial.place(trial.order()).status is OrderStatus.NEW
