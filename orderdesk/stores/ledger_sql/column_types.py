"""How what we know is written into columns: amounts as canonical text, JSON as text."""

import json
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator

from orderdesk.core.money import canonical

RowId = BigInteger().with_variant(Integer(), "sqlite")
"""SQLite counts rows by itself only in a column that is INTEGER to the letter."""


# Made once: `json.dumps` makes one for each text that is not written its own way.
_written = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


class Amount(TypeDecorator[Decimal]):
    """A Decimal as canonical text: exact, whatever the database thinks of numbers.

    Text cannot be compared or summed by the database; what a query asks of an amount is
    therefore kept in a column of its own (`intents.awaiting_fills`).
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, _dialect: Dialect) -> str | None:
        """Write the amount in its one form."""
        return None if value is None else canonical(value)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> Decimal | None:
        """Read it back, digit for digit."""
        return None if value is None else Decimal(value)


class JsonText(TypeDecorator[Any]):
    """Maps, lists, text and whole numbers as JSON text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: object, _dialect: Dialect) -> str | None:
        """Write it compactly; a float or a NaN is a mistake that must not be stored."""
        return None if value is None else _written(value)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> object:
        """Read it back."""
        return None if value is None else json.loads(value)
