"""What stands before a person is still asked about; the evidence is told, and decides nothing."""

from decimal import Decimal

from orderdesk.core.events import Event, EventKind
from orderdesk.core.fence import QUARANTINE_EVERY_MS
from orderdesk.core.intents import AttemptState
from orderdesk.core.orders import OrderStatus
from tests.flows.trial import Trial


def test_quarantine_when_its_order_shows_up_then_that_is_told_once_and_nothing_ends(
    trial: Trial,
) -> None:
    """Exposure and open attempt stay: only a person ends it, with the evidence at hand."""
    # Given
    order_id = _landed(trial)
    # When
    trial.run(10 * QUARANTINE_EVERY_MS, 1_000)
    # Then
    (evidence,) = _evidence(trial)
    assert evidence.data["order_id"] == order_id
    assert evidence.data["shown"] == "NEW"
    intent = trial.stands()
    assert intent.status is OrderStatus.QUARANTINED
    assert intent.reserved_notional > 0
    (attempt,) = trial.ledger.story(intent.id).attempts
    assert attempt.state is AttemptState.OPEN
    assert trial.venue.calls["place"] == 1


def test_quarantine_when_its_order_trades_then_that_is_told_too(trial: Trial) -> None:
    """A person who is asked whether to worry hears that money has moved."""
    order_id = _landed(trial)
    trial.run(2 * QUARANTINE_EVERY_MS, 1_000)
    trial.venue.fill(order_id, Decimal("0.0004"))
    trial.run(2 * QUARANTINE_EVERY_MS, 1_000)
    assert [event.data["executed_quantity"] for event in _evidence(trial)] == ["0", "0.0004"]


def test_quarantine_when_the_found_order_is_not_the_one_sent_then_the_difference_is_named(
    trial: Trial,
) -> None:
    """The person sees what speaks against it."""
    intent = trial.quarantine(trial.order())
    other = trial.order(quantity="0.002")
    lost = Trial(clock=trial.clock)
    lost.venue = trial.venue
    trial.venue.hold_back = 0
    lost.place(other)
    trial.run(2 * QUARANTINE_EVERY_MS, 1_000)
    (evidence,) = _evidence(trial)
    assert "0.002" in str(evidence.data["differs"])
    assert trial.stands().id == intent.id
    assert trial.stands().status is OrderStatus.QUARANTINED


def test_quarantine_when_nothing_is_there_then_it_is_asked_once_a_minute_and_stays(
    trial: Trial,
) -> None:
    """No absence ends it, and asking costs next to nothing."""
    trial.quarantine(trial.order())
    trial.venue.calls.clear()
    trial.run(10 * QUARANTINE_EVERY_MS, 1_000)
    assert trial.stands().status is OrderStatus.QUARANTINED
    assert _evidence(trial) == []
    assert trial.venue.calls["order"] in (9, 10)


def test_quarantine_when_another_order_of_its_symbol_is_unknown_then_it_is_not_asked_more(
    trial: Trial,
) -> None:
    """The rounds of others come by every second; a quarantined order has its own pace."""
    trial.quarantine(trial.order())
    trial.venue.hold_back = 1
    trial.place(trial.order("k-2"))
    trial.venue.calls.clear()
    for _ in range(5):
        trial.resolve()
    assert trial.venue.calls["order"] == 5 + 1


def _landed(trial: Trial) -> str:
    """Put an order before a person whose bytes arrive after all; its id on the exchange."""
    trial.quarantine(trial.order())
    (order_id,) = trial.venue.land()
    return order_id


def _evidence(trial: Trial) -> list[Event]:
    return [event for event in trial.events if event.kind is EventKind.QUARANTINE_EVIDENCE]
