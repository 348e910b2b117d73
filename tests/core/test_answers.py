"""The noes of the exchange say whether the order may be tried again."""

from dataclasses import FrozenInstanceError
from decimal import Decimal

import pytest

from orderdesk.core.answers import Accepted, Balance, Refused, Why


@pytest.mark.parametrize(
    ("why", "again"),
    [
        (Why.REJECT, False),
        (Why.AUTH, False),
        (Why.BUG, False),
        (Why.CLOCK, True),
        (Why.RATE, True),
    ],
)
def test_refusal_when_it_concerns_the_attempt_alone_then_another_may_follow(
    why: Why, *, again: bool
) -> None:
    """Clock and rate are noes to the attempt; the others would be said again."""
    assert Refused(why, "700003", "no").this_attempt_only is again


def test_balance_when_some_is_locked_then_the_total_counts_it() -> None:
    """Locked in orders is still held."""
    assert Balance("BTC", Decimal("0.1"), Decimal("0.2")).total == Decimal("0.3")


def test_answer_when_given_then_it_cannot_be_changed() -> None:
    """What the exchange said stays said."""
    answer = Accepted("7")
    with pytest.raises(FrozenInstanceError):
        answer.order_id = "8"  # type: ignore[misc]  # it is frozen
