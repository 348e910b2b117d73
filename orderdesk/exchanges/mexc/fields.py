"""Read fields of MEXC's JSON strictly: what is not understood is an error, never a guess."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from orderdesk.core import money
from orderdesk.errors import ExchangeUnreachable

Record = TypeVar("Record")
Row = Mapping[str, Any]

_FURTHEST_DIGIT = 40
"""No amount is beyond 10^±40; "1E-999999999" is a legal Decimal that fills the memory as text."""

_NAMES = ("symbol", "asset", "orderId", "id", "status", "type", "side")


def amount(value: object, missing: Decimal = money.ZERO) -> Decimal:
    """Read an amount that comes as text or as a JSON number; empty and null are `missing`."""
    if value is None or value == "":
        return missing
    number = money.amount(value)
    if abs(number.adjusted()) > _FURTHEST_DIGIT:
        raise ValueError("an amount beyond all measure")
    return number


def required_amount(value: object) -> Decimal:
    """Read an amount that must be there."""
    if value is None or value == "":
        raise ValueError("an amount is missing")
    return amount(value)


def unsigned_amount(value: object) -> Decimal:
    """Read an amount that must be there, and that cannot be below zero."""
    number = required_amount(value)
    if number < 0:
        raise ValueError(f"{value!r} is below zero")
    return number


def whole(value: object) -> int:
    """Read a whole number, also from text."""
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise ValueError(f"{value!r} is not a whole number")
    return int(value)


def flag(value: object) -> bool:
    """Read true or false; text like "false" is neither."""
    if not isinstance(value, bool):
        raise ValueError(f"{value!r} is neither true nor false")
    return value


def text(value: object) -> str | None:
    """Read a text that may be empty or null: then None."""
    return None if value in (None, "") else str(value)


def name(value: object) -> str:
    """Read a name that must be there: text, or a number that stands for one."""
    if isinstance(value, bool) or not isinstance(value, (int, str)) or value == "":
        raise ValueError(f"{value!r} is not a name")
    return str(value)


def read(row: object, build: Callable[[Row], Record]) -> Record:
    """Build a record of a row.

    Raises:
        ExchangeUnreachable: the row has a shape or a word that we do not know.
    """
    if not isinstance(row, Mapping):
        raise ExchangeUnreachable(f"MEXC answered with {type(row).__name__} instead of a row")
    try:
        return build(row)
    except (KeyError, ValueError, TypeError, ArithmeticError) as error:
        known = {key: str(row[key])[:64] for key in _NAMES if key in row}
        raise ExchangeUnreachable(
            f"MEXC answered with a row that we do not understand ({error!r}): {known}"
        ) from error


def rows(content: object, inside: str = "data") -> Sequence[Any]:
    """Return a list, bare or wrapped as `{code, data: […]}`.

    Raises:
        ExchangeUnreachable: there is none, which is not the same as an empty one.
    """
    found = content.get(inside) if isinstance(content, Mapping) else content
    if not isinstance(found, list):
        raise ExchangeUnreachable("MEXC answered without the list that was asked for")
    return found
