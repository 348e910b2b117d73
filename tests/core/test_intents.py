"""An intent knows whether it has ended, whether its fills are here, and when it is answered."""

from decimal import Decimal
from itertools import product

import pytest

from orderdesk.core.intents import AttemptState, DeadLetter
from orderdesk.core.orders import ENDED, ON_EXCHANGE, OrderStatus, OrderType
from tests.core.pieces import a_size, an_intent

S = OrderStatus
RESTING = {OrderType.LIMIT, OrderType.LIMIT_MAKER}


@pytest.mark.parametrize("status", list(OrderStatus))
def test_intent_when_asked_whether_it_ended_then_the_table_of_states_answers(
    status: OrderStatus,
) -> None:
    """There is one list of ends."""
    assert an_intent(status=status).ended is (status in ENDED)


@pytest.mark.parametrize(
    ("executed", "filled", "complete"),
    [("0", "0", True), ("1", "0.9", False), ("1", "1.0", True), ("0", "0.1", True)],
)
def test_fills_when_they_sum_up_to_what_was_executed_then_they_are_complete(
    executed: str, filled: str, *, complete: bool
) -> None:
    """Fills may come before the order's own figures; they are missing only if they are less."""
    intent = an_intent(executed_quantity=Decimal(executed), filled_quantity=Decimal(filled))
    assert intent.fills_complete is complete


@pytest.mark.parametrize(("status", "kind"), list(product(OrderStatus, OrderType)))
def test_answer_when_an_intent_stands_somewhere_then_it_is_due_or_not(
    status: OrderStatus, kind: OrderType
) -> None:
    """Resting orders are answered when acknowledged, others at their end; never while unknown."""
    intent = an_intent(status=status, size=a_size(type=kind))
    due = status in ENDED or status is S.QUARANTINED
    if kind in RESTING:
        due = due or status in ON_EXCHANGE
    assert intent.answerable is due


@pytest.mark.parametrize("kind", [kind for kind in OrderType if kind.ends_at_once])
def test_answer_when_an_order_ended_at_once_then_it_waits_for_its_fills(kind: OrderType) -> None:
    """A MARKET, IOC or FOK report without its fills would be no report."""
    done = Decimal(1)
    sold = {"status": S.FILLED, "size": a_size(type=kind), "executed_quantity": done}
    assert not an_intent(**sold, filled_quantity=Decimal("0.5")).answerable
    assert an_intent(**sold, filled_quantity=done).answerable


def test_intent_when_new_then_everything_is_counted_from_nothing() -> None:
    """A new row owes nothing to another."""
    intent = an_intent()
    assert (intent.fills, intent.attempts, intent.wakes) == (0, 0, 0)
    assert intent.executed_quantity == intent.filled_quantity == intent.reserved_notional == 0
    assert intent.commissions == {}
    assert intent.commissions is not an_intent().commissions


def test_dead_letter_when_written_then_it_is_open() -> None:
    """It waits for a person until it is replayed or discarded."""
    letter = DeadLetter(
        id=1,
        at_ms=0,
        task="place_order",
        task_id="t",
        arguments={},
        reason="InvalidOrder",
        message="m",
        attempts=1,
        trace="",
    )
    assert (letter.state, letter.order, letter.account, letter.note) == ("OPEN", None, None, None)


def test_attempts_when_listed_then_one_state_alone_is_open() -> None:
    """Only OPEN can still land unseen; every other state says how it was closed."""
    assert set(AttemptState) - {AttemptState.OPEN} == {
        AttemptState.ACCEPTED,
        AttemptState.REFUSED,
        AttemptState.UNSENT,
        AttemptState.NOT_PLACED,
    }
