"""How the laws of the core are tried: many made-up cases, no stopwatch.

Here are the settings and the amounts that several tests draw from; no test lives here.
"""

from decimal import Decimal

from hypothesis import settings
from hypothesis import strategies as st

from orderdesk.core.money import DIGITS

law = settings(max_examples=60, deadline=None)
"""For every law: a slow machine is no failure."""


def decimals_of(units: st.SearchStrategy[int], places: int) -> st.SearchStrategy[Decimal]:
    """Make amounts of whole units, written with up to so many decimal places."""
    # Text is read exactly; arithmetic would round to the context's digits.
    return st.builds(
        lambda number, exponent: Decimal(f"{number}e-{exponent}"), units, st.integers(0, places)
    )


plain = decimals_of(st.integers(1, 10**24), 18)
"""What an exchange may write: up to 24 digits, up to 18 of them behind the point."""

widest = st.builds(
    lambda units: Decimal(f"{units}e-{DIGITS}"), st.integers(1, 10 ** (2 * DIGITS) - 1)
)
"""What the desk still takes: every digit that an amount may have, on both sides."""

positive = plain | widest
amounts = st.just(Decimal(0)) | positive

steps = decimals_of(st.sampled_from([1, 2, 5, 3, 25]), 18)
"""Ticks and lots: mostly powers of ten, but nothing promises that."""
