"""The other way a command answers: JSON on standard output, for machines.

Apart from the screen, because an error must be told where rich is not loaded.
"""

import dataclasses
import json
import sys
from collections.abc import Mapping
from decimal import Decimal

from orderdesk.core.money import canonical


def print_json(value: object) -> None:
    """Write an answer for machines: records as objects, amounts as text."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False, default=_plain) + "\n")


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return canonical(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    return dict(value) if isinstance(value, Mapping) else str(value)
