"""Laws of an order's states."""

from decimal import Decimal

import pytest

from orderdesk.simulator.engine.orders import OPEN, STATES, Side, Status
from tests.simulator.engine.drafts import an_order


def test_states_when_the_table_is_read_then_every_case_has_one_and_all_five_occur() -> None:
    """There is no case without a state and no state without a case."""
    assert set(STATES) == {(f, w) for f in ("none", "some", "all") for w in (True, False)}
    assert set(STATES.values()) == set(Status)


@pytest.mark.parametrize(
    ("executed", "working", "status"),
    [
        (0, True, Status.NEW),
        (1, True, Status.PARTIALLY_FILLED),
        (4, False, Status.FILLED),
        (0, False, Status.CANCELED),
        (1, False, Status.PARTIALLY_CANCELED),
    ],
)
def test_become_when_fills_and_work_are_known_then_the_state_follows(
    executed: int, working: bool, status: Status
) -> None:
    """The state is a function of what is filled and whether the order still works."""
    order = an_order(executed=Decimal(executed))
    order.become(working=working, now_ms=9)
    assert (order.status, order.update_ms) == (status, 9)
    assert order.is_open == (status in OPEN)


def test_filled_when_an_order_is_by_quote_then_the_quote_amount_decides() -> None:
    """An order by quote amount is done when the amount is spent, whatever base it brought."""
    filled = [
        an_order(by_quote=True, executed=Decimal(3), executed_quote=Decimal(spent)).filled
        for spent in (39, 40)
    ]
    assert filled == ["some", "all"]


def test_wanted_at_when_an_order_is_by_quote_then_the_rest_is_cut_down_not_up() -> None:
    """What is bought for the rest of the quote amount never costs more than the rest."""
    order = an_order(by_quote=True, executed_quote=Decimal(30))
    assert order.wanted_at(Decimal(3), decimals=2) == Decimal("3.33")


@pytest.mark.parametrize(("side", "better", "worse"), [(Side.BUY, 9, 11), (Side.SELL, 11, 9)])
def test_accepts_when_a_price_is_better_or_equal_then_yes(
    side: Side, better: int, worse: int
) -> None:
    """A limit is the worst price an order takes."""
    order = an_order(side=side)
    assert order.accepts(Decimal(better))
    assert order.accepts(Decimal(10))
    assert not order.accepts(Decimal(worse))


def test_opposite_when_asked_twice_then_it_is_the_side_itself() -> None:
    """There are two sides."""
    assert [side.opposite.opposite for side in Side] == list(Side)
