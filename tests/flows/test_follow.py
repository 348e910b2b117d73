"""Following costs a question a symbol, at a symbol's pace, whatever rests there."""

from dataclasses import replace
from decimal import Decimal

import pytest

from orderdesk.core.orders import OrderStatus
from orderdesk.core.tokens import Lane
from orderdesk.errors import ExchangeUnreachable, NotYet
from orderdesk.flows import follow
from orderdesk.stores.memory import FakeMarkets, example_market
from tests.flows.trial import Trial

CAP_ORDERS, SYMBOLS = 500, 20
"""MEXC lets 500 orders of an account rest (FAQ, Nov 2026)."""

SHARE_PER_S = 24 // 4
"""A quarter of mexc-2026-09 at a buffer of 0.8; written here once more."""


def rest(trial: Trial, orders: int, symbols: int) -> list[str]:
    """Let so many orders rest on so many symbols; their keys."""
    names = [f"A{n:02}USDT" for n in range(symbols)]
    listed = FakeMarkets({name: example_market(name) for name in names})
    trial.desk = replace(trial.desk, markets=listed)
    keys = [f"k-{n}" for n in range(orders)]
    for n, key in enumerate(keys):
        trial.place(trial.order(key, symbol=names[n % symbols]))
    trial.venue.calls.clear()
    trial.throttle.admitted.clear()
    return keys


def cycles(trial: Trial, seconds: int) -> None:
    """Let beat follow every second."""
    for _ in range(seconds):
        follow.follow(trial.desk, "main")
        trial.clock.advance(1_000)


def test_follow_when_500_orders_rest_then_it_costs_no_more_than_its_share(trial: Trial) -> None:
    """A question a symbol and cycle, not one an order, at a pace that 20 symbols share."""
    rest(trial, CAP_ORDERS, SYMBOLS)
    cycles(trial, 60)
    polls = [one for one in trial.throttle.admitted if one.lane is Lane.POLL]
    assert set(trial.venue.calls) == {"open_orders"}
    assert sum(one.cost.weight for one in polls) <= SHARE_PER_S * 60 + 3 * SYMBOLS
    # And every symbol had its turns
    assert len(polls) >= SYMBOLS * 5


def test_follow_when_everything_vanishes_then_the_questions_are_still_o_of_symbols(
    trial: Trial,
) -> None:
    """Somebody cancels all: three questions a symbol bring 500 orders to their end."""
    keys = rest(trial, CAP_ORDERS, SYMBOLS)
    for order in list(trial.venue.orders):
        trial.venue.end(order.order_id)
    cycles(trial, 12)
    assert {trial.stands(key).status for key in keys} == {OrderStatus.CANCELED}
    assert sum(trial.venue.calls.values()) <= 3 * SYMBOLS
    # Then nothing is asked for what has ended
    trial.venue.calls.clear()
    cycles(trial, 30)
    assert not trial.venue.calls


def test_follow_when_an_order_fills_on_a_busy_desk_then_the_next_cycle_knows(
    trial: Trial,
) -> None:
    """Partly or whole, with its fills, among many that rest."""
    keys = rest(trial, 60, 2)
    follow.follow(trial.desk, "main")
    orders = {order.client_order_id: order.order_id for order in trial.venue.orders}
    for key, quantity in ((keys[7], "0.0004"), (keys[8], "0.001")):
        trial.venue.fill(orders[trial.stands(key).client_order_id], Decimal(quantity))
    trial.clock.advance(1_000)
    moved = follow.follow(trial.desk, "main")
    assert {intent.idempotency_key for intent in moved} == {keys[7], keys[8]}
    assert trial.stands(keys[7]).filled_quantity == Decimal("0.0004")
    assert trial.stands(keys[8]).status is OrderStatus.FILLED


def test_follow_when_it_is_called_twice_at_once_then_one_asks(trial: Trial) -> None:
    """Two beats, two workers: a symbol's turn is one's."""
    rest(trial, 3, 1)
    follow.follow(trial.desk, "main")
    follow.follow(trial.desk, "main")
    assert trial.venue.calls == {"open_orders": 1}


@pytest.mark.parametrize("error", [ExchangeUnreachable, NotYet])
def test_follow_when_a_question_fails_then_the_next_cycle_goes_on_there(
    trial: Trial, error: type[Exception]
) -> None:
    """No symbol waits behind one that failed, and none loses its turn."""
    rest(trial, 3, 3)
    if error is NotYet:
        trial.throttle.failure = NotYet("a test", 1)
    else:
        trial.venue.silent_questions = 1
    with pytest.raises(error):
        follow.follow(trial.desk, "main")
    trial.throttle.failure = None
    trial.venue.calls.clear()
    follow.follow(trial.desk, "main")
    assert trial.venue.calls == {"open_orders": 3}
