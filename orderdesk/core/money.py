"""Amounts: Decimal in, canonical text out, rounding that never enlarges an order."""

from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    InvalidOperation,
)
from functools import reduce

ZERO = Decimal(0)

_TO_READ = Context(prec=12, rounding=ROUND_HALF_EVEN)
_EXACT = Context(prec=100)
"""Room for any amount times any price (50 digits each), without rounding."""


DIGITS = 25
"""On either side of the point: MEXC's finest asset has 18 decimals, and products stay exact."""


def amount(value: object) -> Decimal:
    """Read an amount from text, int or Decimal, exactly.

    Raises:
        ValueError: for floats (they already lost the amount), booleans, NaN, infinity and
            anything that is not a number.
    """
    if isinstance(value, (bool, float)):
        raise ValueError(f"{value!r} is not exact: give amounts as text, like '0.01'")
    if not isinstance(value, (str, int, Decimal)):
        raise ValueError(f"{value!r} is not an amount: give text, like '0.01'")
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise ValueError(f"{value!r} is not a number: give text, like '0.01'") from None
    if not number.is_finite():
        raise ValueError(f"{value!r} is not a finite number")
    if "_" in str(value):
        raise ValueError(f"{value!r} is not a number: write its digits without underscores")
    if number and not _fits(number):
        raise ValueError(
            f"{str(value)[:40]!r} is no amount of any market: at most "
            f"{DIGITS} digits on either side of the point"
        )
    return number


def _fits(number: Decimal) -> bool:
    _, digits, exponent = number.as_tuple()
    # Idle zeros at the end need no place; counted by hand, because no context rounds here.
    idle = next((n for n, digit in enumerate(reversed(digits)) if digit), 0)
    behind = -(int(exponent) + idle)
    return number.adjusted() < DIGITS and behind <= DIGITS


def canonical(value: Decimal) -> str:
    """Write an amount in its one form: no exponent, no trailing zeros (0.10 → '0.1')."""
    if value == 0:
        return "0"
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def product(left: Decimal, right: Decimal) -> Decimal:
    """Multiply without rounding, whatever the caller's decimal context."""
    return _EXACT.multiply(left, right)


def plus(*amounts: Decimal) -> Decimal:
    """Add without rounding, whatever the caller's decimal context; nothing adds up to 0."""
    return reduce(_EXACT.add, amounts, ZERO)


def minus(left: Decimal, right: Decimal) -> Decimal:
    """Subtract without rounding, whatever the caller's decimal context."""
    return _EXACT.subtract(left, right)


def average_price(quote: Decimal, quantity: Decimal) -> Decimal | None:
    """Return quote per base to 12 digits, rounded half even; None if nothing was traded.

    A figure to read, not one to trade on.
    """
    return _TO_READ.divide(quote, quantity) if quantity else None


def floor_to(value: Decimal, step: Decimal) -> Decimal:
    """Round a positive amount down to a multiple of `step`; a step of 0 leaves it alone."""
    return _to_multiple(value, step, ROUND_DOWN)


def passive_price(price: Decimal, tick: Decimal, *, buying: bool) -> Decimal:
    """Round a price to the tick on the side that cannot cost more: down to buy, up to sell."""
    return _to_multiple(price, tick, ROUND_FLOOR if buying else ROUND_CEILING)


def _to_multiple(value: Decimal, step: Decimal, rounding: str) -> Decimal:
    if step <= 0:
        return value
    units = _EXACT.divide(value, step).to_integral_value(rounding=rounding)
    return _EXACT.multiply(units, step)
