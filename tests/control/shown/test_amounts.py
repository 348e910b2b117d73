"""Amounts and times as people read them."""

from decimal import Decimal

import pytest

from orderdesk.control.shown import amounts
from orderdesk.core.orders import Side


@pytest.mark.parametrize(
    ("side", "average", "expected"),
    [
        (Side.BUY, "100.05", "+5.0 bps"),
        (Side.BUY, "99.95", "-5.0 bps"),
        (Side.SELL, "99.95", "+5.0 bps"),
        (Side.SELL, "100", "+0.0 bps"),
    ],
)
def test_slippage_when_the_fill_is_worse_then_it_is_positive(
    side: Side, average: str, expected: str
) -> None:
    """Plus is worse, whichever way the order went."""
    assert amounts.slippage(side, Decimal(average), before=Decimal(100)) == expected


def test_slippage_when_a_price_is_missing_then_a_dash() -> None:
    """What is not known is not made up."""
    assert amounts.slippage(Side.BUY, None, before=Decimal(1)) == amounts.NOTHING
    assert amounts.slippage(Side.BUY, Decimal(1), before=None) == amounts.NOTHING


def test_amounts_when_they_are_written_then_without_exponents_and_noise() -> None:
    """Amounts are exact; averages and fees are figures to read."""
    assert amounts.plain(Decimal("1E-8")) == "0.00000001"
    assert amounts.price(Decimal("2.49644486768")) == "2.496445"
    assert amounts.price(Decimal("60010.28")) == "60010.28"
    assert amounts.fees({"USDT": Decimal("0.100205841"), "MX": Decimal(1)}) == (
        "0.1002 USDT + 1 MX"
    )
    assert [amounts.plain(None), amounts.price(None), amounts.fees({})] == [amounts.NOTHING] * 3


@pytest.mark.parametrize(
    ("duration_ms", "expected"),
    [(0, "0 ms"), (999, "999 ms"), (2_345, "2.34 s"), (60_000, "1 min 0 s"), (-84, "84 ms")],
)
def test_span_when_it_grows_then_so_do_its_units(duration_ms: int, expected: str) -> None:
    """A duration is read at a glance."""
    assert amounts.span(duration_ms) == expected


def test_moment_when_it_is_written_then_in_utc() -> None:
    """One clock for everybody who reads a story."""
    assert amounts.moment(1_795_248_995_861) == "2026-11-21 08:16:35 UTC"
    assert amounts.after(1_500, 250) == "1,250"
    assert amounts.after(None, 250) == amounts.NOTHING
