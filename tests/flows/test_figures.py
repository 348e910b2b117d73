"""How a desk stands, in figures; what is away is said and hides nothing else."""

from decimal import Decimal

from orderdesk.core.figures import OpenWork
from orderdesk.core.orders import OrderStatus
from orderdesk.errors import StoreUnavailable
from orderdesk.flows import figures
from tests.flows.trial import Trial


def test_figures_when_orders_are_open_then_they_are_counted_by_state(trial: Trial) -> None:
    """One rests, one waits for a person."""
    trial.place(trial.order("rests"))
    doubtful = trial.quarantine(trial.order("doubtful"))
    found = figures.look(trial.desk).ledger
    assert found is not None
    assert found.work == OpenWork(
        {OrderStatus.NEW: 1, OrderStatus.QUARANTINED: 1}, in_doubt_since_ms=doubtful.sent_ms
    )


def test_figures_when_an_order_rests_then_what_it_may_cost_is_at_risk(trial: Trial) -> None:
    """By the ledger's own counters; nothing is asked of the exchange."""
    resting = trial.place(trial.order())
    found = figures.look(trial.desk).ledger
    assert found is not None
    (at_risk,) = found.accounts
    assert at_risk.whole.exposure == resting.size.notional(None)
    assert at_risk.day_loss == Decimal(0)
    assert at_risk.drifting == {}


def test_figures_when_messages_wait_then_queues_and_ages_are_told(trial: Trial) -> None:
    """The head of the queue says how long its order has waited."""
    trial.submit(trial.order())
    trial.queue.publish("place_order", {})
    taken_ms = trial.intake.now_ms()
    trial.queue.heads["place_order"] = taken_ms
    trial.clock.advance(1_500)
    found = figures.look(trial.desk).redis
    assert found is not None
    assert found.queues["placing"] == 1
    assert found.oldest_order_ms == 1_500
    assert found.oldest_intake_ms == 1_500
    assert found.pauses == {"main": 0}


def test_figures_when_the_venue_is_paused_then_what_is_left_is_told(trial: Trial) -> None:
    """For everybody, and for how long."""
    trial.throttle.pause("main", 60_000, "429")
    found = figures.look(trial.desk).redis
    assert found is not None
    assert found.pauses == {"main": 60_000}


def test_figures_when_an_order_was_sent_then_the_caps_in_use_are_told(trial: Trial) -> None:
    """Every account's pools, as the throttle has them."""
    trial.place(trial.order())
    found = figures.look(trial.desk).redis
    assert found is not None
    (main,) = found.throttle
    assert {pool.name: pool.used for pool in main.pools}["orders/main"] == 1


def test_figures_when_redis_is_away_then_the_ledgers_are_told(trial: Trial) -> None:
    """Half a picture is better than none, as long as it says so."""
    trial.queue.failure = StoreUnavailable("away")
    found = figures.look(trial.desk)
    assert found.redis is None
    assert found.ledger is not None


def test_figures_when_the_ledger_is_away_then_redis_is_told(trial: Trial) -> None:
    """And the other way round."""
    trial.ledger.close()
    found = figures.look(trial.desk)
    assert found.ledger is None
    assert found.redis is not None
