"""Positions from fills agree with the slow and obvious way of adding everything up."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderdesk.core.answers import Fill
from orderdesk.core.orders import Side
from orderdesk.core.portfolio import Position, assets_of, booked
from tests.core.laws import law

PRECISE = Fraction(1, 10**12)
"""Parts of a cost are rounded to 1e-18 each; so many fills cannot add up to more than this."""


def a_fill(side: Side, quantity: str, price: str, fee: str = "0", asset: str = "USDT") -> Fill:
    """Make a fill of BTCUSDT."""
    return Fill(
        symbol="BTCUSDT",
        trade_id="T",
        order_id="X",
        client_order_id=None,
        side=side,
        quantity=Decimal(quantity),
        quote_quantity=Decimal(quantity) * Decimal(price),
        price=Decimal(price),
        commission=Decimal(fee),
        commission_asset=asset,
        is_maker=False,
        traded_ms=0,
    )


def position(*fills: Fill) -> Position:
    """Book fills one after another."""
    after = Position()
    for fill in fills:
        after = booked(after, fill, base="BTC", quote="USDT")
    return after


def test_position_when_bought_and_partly_sold_then_the_average_entry_stays() -> None:
    """Selling realises against what was paid on average; what is left keeps its entry."""
    held = position(
        a_fill(Side.BUY, "1", "100"), a_fill(Side.BUY, "1", "200"), a_fill(Side.SELL, "1", "180")
    )
    assert [held.quantity, held.cost, held.average_entry] == [1, 150, 150]
    assert held.realised == 30
    assert held.unrealised(Decimal(140)) == -10


def test_position_when_all_is_sold_then_nothing_is_left_of_its_cost() -> None:
    """Three thirds make a whole, to the last digit."""
    thirds = [a_fill(Side.SELL, "1", "40") for _ in range(3)]
    flat = position(a_fill(Side.BUY, "3", "33.333333333333333333"), *thirds)
    assert [flat.quantity, flat.cost, flat.average_entry] == [0, 0, None]
    assert flat.realised == Decimal(120) - Decimal("99.999999999999999999")


def test_fee_when_paid_in_quote_base_or_another_asset_then_each_is_what_it_is() -> None:
    """In quote it is a loss, in base it is quantity, in MX it is only kept; each by its asset."""
    held = position(
        a_fill(Side.BUY, "1", "100", fee="0.1"),
        a_fill(Side.BUY, "1", "100", fee="0.001", asset="BTC"),
        a_fill(Side.BUY, "1", "100", fee="0.05", asset="MX"),
    )
    assert (held.realised, held.quantity, held.cost) == (
        Decimal("-0.1"),
        Decimal("2.999"),
        Decimal(300),
    )
    assert held.fees == {"USDT": Decimal("0.1"), "BTC": Decimal("0.001"), "MX": Decimal("0.05")}


def test_sale_when_it_is_of_coins_from_elsewhere_then_it_makes_no_profit_here() -> None:
    """Their entry is not known; spot knows no short position."""
    after = position(a_fill(Side.BUY, "1", "100"), a_fill(Side.SELL, "3", "110"))
    assert [after.quantity, after.cost, after.realised] == [0, 0, 10]
    assert after.uncovered == 2


@pytest.mark.parametrize(
    ("symbol", "asset", "expected"),
    [
        ("BTCUSDT", "USDT", ("BTC", "USDT")),
        ("BTCUSDT", "BTC", ("BTC", "USDT")),
        ("BTCUSDT", "MX", ("BTCUSDT", "")),
    ],
)
def test_assets_when_only_a_fee_tells_then_the_symbol_is_cut_where_it_fits(
    symbol: str, asset: str, expected: tuple[str, str]
) -> None:
    """A last resort: orders of ours carry the market's own names."""
    assert assets_of(symbol, asset) == expected


amounts = st.integers(1, 10**9).map(lambda n: Decimal(n) / 10**6)
fees = st.integers(0, 10**5).map(lambda n: Decimal(n) / 10**8)
fills = st.lists(
    st.tuples(
        st.sampled_from(Side), amounts, amounts, fees, st.sampled_from(["USDT", "BTC", "MX"])
    ),
    max_size=30,
)


@law
@given(fills)
def test_position_when_any_fills_are_booked_then_the_obvious_way_says_the_same(
    parts: list[tuple[Side, Decimal, Decimal, Decimal, str]],
) -> None:
    """Fractions, one fill at a time, nothing kept but quantity and cost: slow and obvious."""
    booked_fast = position(
        *(a_fill(side, str(q), str(p), str(fee), asset) for side, q, p, fee, asset in parts)
    )
    quantity = cost = realised = Fraction(0)
    for side, q, p, fee, asset in parts:
        traded, paid = Fraction(q), Fraction(fee)
        if side is Side.BUY:
            quantity, cost = quantity + traded, cost + traded * Fraction(p)
        else:
            sold = min(traded, quantity)
            share = cost * sold / quantity if quantity else Fraction(0)
            realised += sold * Fraction(p) - share
            quantity, cost = quantity - sold, cost - share
        if asset == "USDT":
            realised -= paid
        elif asset == "BTC":
            quantity -= min(paid, quantity)
            if not quantity:
                realised, cost = realised - cost, Fraction(0)
    assert Fraction(booked_fast.quantity) == quantity
    assert abs(Fraction(booked_fast.cost) - cost) < PRECISE
    assert abs(Fraction(booked_fast.realised) - realised) < PRECISE
    assert booked_fast.quantity >= 0
    assert (booked_fast.quantity > 0) or booked_fast.cost == 0


@law
@given(fills)
def test_position_when_any_fills_are_booked_then_no_money_appears_or_vanishes(
    parts: list[tuple[Side, Decimal, Decimal, Decimal, str]],
) -> None:
    """What is realised is what came in, less what went out, plus what is invested: exactly."""
    # Without uncovered sales and base fees, every cent can be followed.
    held, cash, after = Decimal(0), Decimal(0), Position()
    for side, q, p, fee, _ in parts:
        if side is Side.SELL and q > held:
            continue
        fill = a_fill(side, str(q), str(p), str(fee))
        after = booked(after, fill, base="BTC", quote="USDT")
        sign = 1 if side is Side.BUY else -1
        held += sign * q
        cash -= sign * fill.quote_quantity + fill.commission
    assert after.realised == cash + after.cost
