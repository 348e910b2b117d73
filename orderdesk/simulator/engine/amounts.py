"""Decimal amounts: how they are cut to a number of decimals, and how they are written.

Only arithmetic lives here; what is allowed for which symbol is in `rules.py`.
"""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

ZERO = Decimal(0)


def unit(decimals: int) -> Decimal:
    """Give the smallest step at so many decimals: 2 -> 0.01."""
    return Decimal(1).scaleb(-decimals)


def floor_to(value: Decimal, decimals: int) -> Decimal:
    """Cut towards minus infinity to so many decimals."""
    return value.quantize(unit(decimals), rounding=ROUND_FLOOR)


def ceil_to(value: Decimal, decimals: int) -> Decimal:
    """Round towards plus infinity to so many decimals."""
    return value.quantize(unit(decimals), rounding=ROUND_CEILING)


def fits(value: Decimal, decimals: int) -> bool:
    """Say whether the value has at most so many decimals; trailing zeros do not count."""
    return value == floor_to(value, decimals)


def plain(value: Decimal) -> str:
    """Write a Decimal without exponent and without trailing zeros."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
