"""A market's rules as text, and back; amounts stay exact."""

import json
from dataclasses import astuple, fields
from decimal import Decimal
from typing import Any

from orderdesk.core.markets import Market

SHAPE = ",".join(field.name for field in fields(Market))
"""Text that was written under another shape must not be read: its fields mean other things."""

_PLAIN = frozenset(field.name for field in fields(Market) if field.type in (str, bool))


def to_json(market: Market) -> str:
    """Write a market's values in the order of its fields."""
    return json.dumps(astuple(market), default=str, separators=(",", ":"))


def from_json(text: str) -> Market:
    """Read what `to_json` wrote under the same `SHAPE`."""
    values: list[Any] = [
        value if value is None or field.name in _PLAIN else Decimal(value)
        for field, value in zip(fields(Market), json.loads(text), strict=True)
    ]
    return Market(*values)
