"""Amounts are exact, have one spelling, and are never rounded against the user."""

import re
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderdesk.core.money import (
    DIGITS,
    ZERO,
    amount,
    average_price,
    canonical,
    floor_to,
    passive_price,
    product,
)
from tests.core.laws import amounts, law, positive, steps

ONE_SPELLING = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?")
any_sign = st.builds(lambda value, sign: value.copy_sign(sign), amounts, st.sampled_from([-1, 1]))


@law
@given(any_sign)
def test_canonical_when_read_again_then_it_is_the_same_amount(value: Decimal) -> None:
    """Writing and reading an amount loses nothing."""
    assert amount(canonical(value)) == value


@law
@given(any_sign)
def test_canonical_when_written_then_it_has_neither_exponent_nor_idle_zeros(value: Decimal) -> None:
    """An amount has one spelling: plain digits, nothing idle."""
    assert ONE_SPELLING.fullmatch(canonical(value))
    assert canonical(amount(canonical(value))) == canonical(value)


@law
@given(any_sign, st.integers(0, 12))
def test_canonical_when_equal_amounts_are_written_otherwise_then_the_text_is_equal(
    value: Decimal, zeros: int
) -> None:
    """0.10 and 0.1 are one amount, so they are one text."""
    padded = Decimal(f"{value:f}{'' if '.' in f'{value:f}' else '.'}{'0' * zeros}")
    assert padded == value
    assert canonical(padded) == canonical(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0", "0"),
        ("-0", "0"),
        ("0E-18", "0"),
        ("0E+3", "0"),
        ("1E+3", "1000"),
        ("100", "100"),
        ("0.10", "0.1"),
        ("1.000", "1"),
        ("1E-8", "0.00000001"),
        ("-2.50", "-2.5"),
    ],
)
def test_canonical_when_an_amount_is_odd_then_its_text_is_plain(value: str, text: str) -> None:
    """Zeros, exponents and signs all have their one form."""
    assert canonical(Decimal(value)) == text


@pytest.mark.parametrize(
    ("value", "exact"),
    [("0.1", "0.1"), (5, "5"), (Decimal("0.30"), "0.3"), ("1E+2", "100"), ("-1", "-1")],
)
def test_amount_when_given_exactly_then_it_is_read_exactly(value: object, exact: str) -> None:
    """Text, whole numbers and Decimals keep every digit."""
    assert amount(value) == Decimal(exact)


@pytest.mark.parametrize("value", [0.1, 1.0, float("nan"), True, False])
def test_amount_when_a_float_or_a_bool_then_it_is_refused_as_not_exact(value: object) -> None:
    """A float has lost the amount already, and True is no amount."""
    with pytest.raises(ValueError, match=re.escape(f"{value!r} is not exact")):
        amount(value)


@pytest.mark.parametrize(
    "value", ["NaN", "sNaN", "Infinity", "-inf", Decimal("NaN"), Decimal("sNaN"), Decimal("Inf")]
)
def test_amount_when_not_finite_then_it_is_refused(value: object) -> None:
    """Nobody can order an infinite amount, or none that can be named."""
    with pytest.raises(ValueError, match="not a finite number"):
        amount(value)


@pytest.mark.parametrize("value", ["", "abc", "1,5", "1.2.3", "0x10", "1 000"])
def test_amount_when_text_is_no_number_then_it_is_refused_by_its_value(value: str) -> None:
    """The refusal shows what was given and how to write it."""
    with pytest.raises(ValueError, match="is not a number: give text") as caught:
        amount(value)
    assert repr(value) in str(caught.value)


@pytest.mark.parametrize("value", [None, [], b"1", 1j, Fraction(1, 2)])
def test_amount_when_of_another_kind_then_it_is_refused(value: object) -> None:
    """What is neither text, whole number nor Decimal is no amount."""
    with pytest.raises(ValueError, match="is not an amount"):
        amount(value)


@pytest.mark.parametrize(
    "text", ["1E+1000", "1E-1000", "9" * 100, "0." + "9" * 100, "1_5"], ids=lambda text: text[:8]
)
def test_amount_when_beyond_any_market_then_it_is_refused(text: str) -> None:
    """What cannot be calculated exactly, or would fill the memory when written, is refused."""
    with pytest.raises(ValueError):
        amount(text)


@pytest.mark.parametrize(
    "text",
    ["1E+9999999", "1E-9999999", "0." + "9" * 101, "0." + "9" * 400],
    ids=lambda text: text[:12],
)
def test_amount_when_far_beyond_any_market_then_it_is_refused_all_the_same(text: str) -> None:
    """The bound holds however far beyond it an amount is: never rounded first, never too big."""
    with pytest.raises(ValueError, match="no amount of any market"):
        amount(text)


@law
@given(st.integers(0, DIGITS - 1), st.integers(0, DIGITS), st.integers(0, 300))
def test_amount_when_within_the_bound_then_idle_zeros_do_not_count(
    whole: int, places: int, zeros: int
) -> None:
    """Every digit that means something counts, and no other; one more is too many."""
    start, end = Decimal(f"1e{whole}"), Decimal(f"1e-{places}")
    assert amount(f"{start:f}.{'0' * zeros}") == start
    assert amount(f"{end:f}{'' if places else '.'}{'0' * zeros}") == end
    for beyond in (f"1e{DIGITS + whole}", f"1e-{DIGITS + places + 1}", f"{start:f}.{'0' * 25}1"):
        with pytest.raises(ValueError, match="at most 25 digits on either side"):
            amount(beyond)


@pytest.mark.parametrize(
    ("quote", "quantity", "average"),
    [
        ("100", "3", "33.3333333333"),
        ("200", "3", "66.6666666667"),
        ("1", "0.3", "3.33333333333"),
        ("1000000000000.5", "1", "1000000000000"),
        ("1000000000001.5", "1", "1000000000000"),
        ("10", "4", "2.5"),
        ("0", "1", "0"),
    ],
)
def test_average_when_something_was_traded_then_it_is_a_figure_of_twelve_digits(
    quote: str, quantity: str, average: str
) -> None:
    """Quote per base, rounded half even, whatever the caller's decimal context."""
    with localcontext() as context:
        context.prec = 3
        assert average_price(Decimal(quote), Decimal(quantity)) == Decimal(average)


def test_average_when_nothing_was_traded_then_there_is_none() -> None:
    """No division by nothing, and no price that nobody paid."""
    assert average_price(ZERO, ZERO) is None


@law
@given(amounts, positive)
def test_product_when_two_amounts_are_multiplied_then_nothing_is_rounded(
    left: Decimal, right: Decimal
) -> None:
    """A value in quote is exact, whatever the caller's decimal context."""
    with localcontext() as context:
        context.prec = 3
        result = product(left, right)
    assert Fraction(result) == Fraction(left) * Fraction(right)


@law
@given(amounts, steps)
def test_floor_when_an_amount_is_cut_then_it_never_grows(value: Decimal, step: Decimal) -> None:
    """Floored amounts are multiples of the step, at most one step below, never above."""
    with localcontext() as context:
        context.prec = 3
        floored = Fraction(floor_to(value, step))
    assert floored <= Fraction(value) < floored + Fraction(step)
    assert (floored / Fraction(step)).denominator == 1


@law
@given(amounts, steps)
def test_floor_when_done_twice_then_nothing_more_is_lost(value: Decimal, step: Decimal) -> None:
    """Rounding what is round changes nothing."""
    once = floor_to(value, step)
    assert floor_to(once, step) == once


@law
@given(positive, steps)
def test_price_when_rounded_then_it_never_costs_more(price: Decimal, tick: Decimal) -> None:
    """A buyer never pays more than asked for, a seller never takes less; both within a tick."""
    buy = Fraction(passive_price(price, tick, buying=True))
    sell = Fraction(passive_price(price, tick, buying=False))
    assert buy <= Fraction(price) <= sell
    assert sell - buy in (0, Fraction(tick))
    assert (buy / Fraction(tick)).denominator == 1


@pytest.mark.parametrize("step", ["0", "-1"])
def test_rounding_when_the_venue_names_no_step_then_the_amount_stays(step: str) -> None:
    """A step of 0 means that there is none."""
    value = Decimal("1.23456789")
    assert ZERO == 0
    assert floor_to(value, Decimal(step)) == value
    assert passive_price(value, Decimal(step), buying=False) == value
