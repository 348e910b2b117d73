"""Long lists in pieces, because a statement takes only so many values."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

_AT_MOST = 500
"""SQLite takes 32,766 values (sqlite.org/limits.html, 3.32), older ones 999."""

T = TypeVar("T")


def in_pieces(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Yield the values in order, at most 500 at a time."""
    for start in range(0, len(values), _AT_MOST):
        yield values[start : start + _AT_MOST]
