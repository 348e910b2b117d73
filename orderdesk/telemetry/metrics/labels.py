"""What may stand in a label: never more values than somebody could list.

Whatever comes from outside (symbols, error codes) is held against a list; the rest is "other".
"""

from collections.abc import Collection
from dataclasses import dataclass

OTHER = "other"

TRANSPORT = frozenset({"NO_ANSWER", "UNSENT"})
"""What stands for a code where there was no answer at all."""

_HTTP = frozenset(f"HTTP_{status}" for status in range(200, 600))


@dataclass(frozen=True, slots=True)
class Bounds:
    """The lists."""

    symbols: Collection[str] = frozenset()
    """Symbols that are told by name (ORDERDESK_METRICS_SYMBOLS)."""
    codes: Collection[str] = frozenset()
    """The venue's error codes that are known."""

    def symbol(self, symbol: object) -> str:
        """Return a symbol, or `other` if it is not listed."""
        return symbol if isinstance(symbol, str) and symbol in self.symbols else OTHER

    def code(self, code: str) -> str:
        """Return an error code, or `other` if nobody knows it."""
        known = code in self.codes or code in TRANSPORT or code in _HTTP
        return code if known else OTHER
