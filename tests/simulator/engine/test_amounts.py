"""Laws of cutting and writing amounts."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderdesk.simulator.engine.amounts import ceil_to, fits, floor_to, plain, unit


@pytest.mark.parametrize(
    ("value", "text"),
    [("0E-18", "0"), ("1E+3", "1000"), ("0.10", "0.1"), ("1E-8", "0.00000001"), ("100", "100")],
)
def test_plain_when_a_decimal_has_an_exponent_then_none_is_written(value: str, text: str) -> None:
    """An amount is written in digits, without trailing zeros."""
    assert plain(Decimal(value)) == text


@given(
    st.decimals(0, 10**9, allow_nan=False, places=8),
    st.integers(min_value=0, max_value=8),
)
def test_floor_and_ceil_when_cut_then_the_value_lies_between_one_unit(
    value: Decimal, decimals: int
) -> None:
    """Cutting never moves an amount by a whole unit, and what fits is not moved at all."""
    low, high = floor_to(value, decimals), ceil_to(value, decimals)
    assert low <= value <= high
    assert high - low in (0, unit(decimals))
    assert fits(value, decimals) == (low == high)
