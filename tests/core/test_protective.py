"""Stop-loss and take-profit: the user's table, to the tick, never further away than it says."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderdesk.core.orders import Side
from orderdesk.core.protective import Candle, Stops, average_true_range, protective_prices
from orderdesk.core.risk.policies import POLICIES, Policy
from tests.core.laws import law

FINEST = Fraction(1, 10**30)
"""A third of a range has no end; it is cut at 50 digits."""

STEADY = [Candle(Decimal(101), Decimal(99), Decimal(100))] * 15
"""Each candle reaches from 99 to 101: an average true range of 2."""


def stops(side: Side, policy: Policy, candles: list[Candle], tick: str = "0.01") -> Stops | None:
    """Compute from an entry at 100."""
    return protective_prices(
        side,
        Decimal(100),
        candles,
        policy=policy.name,
        atr_multiple=policy.stop_atr_multiple,
        reward_risk=policy.reward_risk,
        tick=Decimal(tick),
    )


@pytest.mark.parametrize(
    ("name", "stop_loss", "take_profit", "notional"),
    [
        ("conservative", "97", "106", 100),
        ("moderate", "96", "110", 250),
        ("aggressive", "95", "115", 500),
    ],
)
def test_policy_when_it_is_the_users_table_then_these_are_its_prices(
    name: str, stop_loss: str, take_profit: str, notional: int
) -> None:
    """1.5, 2.0, 2.5 ranges away; 2, 2.5, 3 times as much reward; at most 100, 250, 500."""
    found = stops(Side.BUY, POLICIES[name], STEADY)
    assert found is not None
    assert found.atr == 2
    assert (found.stop_loss, found.take_profit) == (Decimal(stop_loss), Decimal(take_profit))
    assert POLICIES[name].max_notional == notional


def test_stops_when_selling_then_they_lie_the_other_way_round() -> None:
    """A sell is protected above and rewarded below."""
    found = stops(Side.SELL, POLICIES["moderate"], STEADY)
    assert found is not None
    assert [found.stop_loss, found.take_profit] == [104, 90]


def test_range_when_price_jumps_between_candles_then_the_gap_counts() -> None:
    """The true range reaches back to the close before."""
    gap = [
        Candle(Decimal(10), Decimal(9), Decimal(10)),
        Candle(Decimal(15), Decimal(14), Decimal(15)),
    ]
    assert average_true_range(gap) == 5


def test_range_when_there_are_many_candles_then_the_last_fourteen_count() -> None:
    """Old candles say nothing about now."""
    wild = Candle(Decimal(1_000), Decimal(1), Decimal(100))
    assert average_true_range([wild, wild, *STEADY]) == 2


@pytest.mark.parametrize("candles", [[], STEADY[:1], [Candle(*[Decimal(100)] * 3)] * 5])
def test_stops_when_candles_show_no_range_then_there_are_none(candles: list[Candle]) -> None:
    """No price is better than one made up."""
    assert stops(Side.BUY, POLICIES["moderate"], candles) is None


def test_stops_when_a_price_would_not_be_above_zero_then_there_are_none() -> None:
    """A range wider than the price protects nothing."""
    wide = [Candle(Decimal(200), Decimal(1), Decimal(100))] * 15
    assert stops(Side.BUY, POLICIES["moderate"], wide) is None


price = st.integers(9_000, 11_000).map(lambda cents: Decimal(cents) / 100)


@law
@given(
    st.lists(st.tuples(price, price, price), min_size=2, max_size=30),
    st.sampled_from(Side),
    st.sampled_from(sorted(POLICIES)),
    st.sampled_from(["0.01", "0.05", "0.3"]),
)
def test_stops_when_rounded_to_the_tick_then_never_away_from_the_entry(
    parts: list[tuple[Decimal, Decimal, Decimal]], side: Side, name: str, tick: str
) -> None:
    """Both prices are on the tick, and at most as far away as the policy says."""
    candles = [Candle(max(p), min(p), p[1]) for p in parts]
    policy = POLICIES[name]
    found = stops(side, policy, candles, tick)
    atr = average_true_range(candles)
    if found is None or atr is None:
        return
    away = Fraction(atr) * Fraction(policy.stop_atr_multiple)
    assert abs(found.stop_loss - 100) <= away + FINEST
    assert abs(found.take_profit - 100) <= away * Fraction(policy.reward_risk) + FINEST
    assert found.stop_loss % Decimal(tick) == 0
    assert found.take_profit % Decimal(tick) == 0
