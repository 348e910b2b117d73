"""A symbol of which the venue does not speak keeps no kill and no comparison from their end."""

from dataclasses import replace
from decimal import Decimal

import pytest

from orderdesk.contracts import Reconcile
from orderdesk.core.orders import OrderStatus
from orderdesk.errors import ExchangeRefused
from orderdesk.flows import kill, kill_switch, reconcile
from orderdesk.stores.memory import FakeMarkets, example_market
from tests.flows.test_kill import open_orders
from tests.flows.test_kill_switch import engage
from tests.flows.trial import Trial


@pytest.fixture
def trial() -> Trial:
    """A desk whose venue lists BTCUSDT and AAAUSDT, and refuses to speak of anything else."""
    made = Trial()
    listed = {name: example_market(name) for name in ("AAAUSDT", "BTCUSDT")}
    prices = dict.fromkeys(listed, Decimal(60_000))
    made.venue.listed = listed
    made.desk = replace(made.desk, markets=FakeMarkets(listed, prices))
    return made


def test_kill_when_an_order_only_named_a_symbol_then_it_is_verified_all_the_same(
    trial: Trial,
) -> None:
    """A typo was denied and never sent: that nobody speaks of it leaves nothing unproven."""
    trial.place(trial.order())
    assert trial.place(trial.order("typo", symbol="NOPEUSDT")).code == "SYMBOL"
    engage(trial)
    done = kill.sweep(trial.desk)
    assert done is not None
    assert done.verified
    assert open_orders(trial) == []


def test_kill_when_a_symbol_is_delisted_then_the_others_are_done_and_it_is_named(
    trial: Trial,
) -> None:
    """What was sent there may rest, so nothing is verified; but it keeps no other one open."""
    # Given a symbol that comes first in every list
    trial.place(trial.order("gone", symbol="AAAUSDT"))
    trial.place(trial.order("rests"))
    orphan = trial.force(trial.stands("rests"), "od1-nobody-knows-it")
    trial.venue.listed = {"BTCUSDT": example_market()}
    engage(trial)
    # When
    with pytest.raises(ExchangeRefused, match="AAAUSDT"):
        kill.sweep(trial.desk)
    # Then
    by_id = {order.order_id: order for order in trial.venue.orders}
    assert by_id[orphan].status is OrderStatus.CANCELED
    assert trial.stands("rests").status is OrderStatus.CANCELED
    switch = trial.ledger.switch(kill_switch.KILL)
    assert switch is not None
    assert switch.verified_ms is None


def test_reconcile_when_a_symbol_was_only_named_then_there_is_nothing_to_say_of_it(
    trial: Trial,
) -> None:
    """A typo that was denied is no gap; a symbol that somebody asked for is told."""
    trial.place(trial.order())
    trial.place(trial.order("typo", symbol="NOPEUSDT"))
    report = reconcile.reconcile(trial.desk, Reconcile())
    assert (report.symbols, report.not_compared) == (("BTCUSDT",), ())
    asked = reconcile.reconcile(trial.desk, Reconcile(symbol="NOSUCHUSDT", idempotency_key="k"))
    assert len(asked.not_compared) == 1
