"""The limits that the rules hold orders against: their names, how they are read and layered.

A limit's setting and the rule that holds it share one name: `max_notional` is set by
`RISK_MAX_NOTIONAL` and refuses as RISK_MAX_NOTIONAL. What a rule does with it is in `rules.py`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from orderdesk.core.markets import normalise_symbol

NO_LIMIT = "none"


@dataclass(frozen=True, slots=True)
class RiskLimits:
    """One value for every limit; None is no limit. Amounts are in quote currency."""

    min_notional: Decimal | None = None
    max_notional: Decimal | None = None
    symbols: frozenset[str] | None = None
    price_max_age_ms: int | None = None
    price_collar_pct: Decimal | None = None
    portfolio_max_age_ms: int | None = None
    cooldown_ms: int | None = None
    max_orders_per_min: int | None = None
    max_open_orders: int | None = None
    max_position: Decimal | None = None
    max_open_positions: int | None = None
    max_exposure: Decimal | None = None
    max_daily_loss_pct: Decimal | None = None
    base_equity: Decimal | None = None

    @property
    def max_daily_loss(self) -> Decimal | None:
        """The daily loss in quote: the percentage of the base equity."""
        if self.max_daily_loss_pct is None or self.base_equity is None:
            return None
        return self.base_equity * self.max_daily_loss_pct / 100


class Kind(StrEnum):
    """What a limit's text must be; `none` is no limit of any kind."""

    AMOUNT = "AMOUNT"
    """Above 0."""
    WHOLE = "WHOLE"
    """A whole number above 0."""
    SYMBOLS = "SYMBOLS"
    """Symbols with commas between."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit by name."""

    name: str
    kind: Kind
    by_symbol: bool
    """True if it may differ by symbol; the others are the whole account's."""

    @property
    def setting(self) -> str:
        """The environment variable that sets it, which is also the name of its rule."""
        return f"RISK_{self.name.upper()}"


LIMITS: Mapping[str, Limit] = {
    limit.name: limit
    for limit in (
        Limit("symbols", Kind.SYMBOLS, by_symbol=False),
        Limit("price_max_age_ms", Kind.WHOLE, by_symbol=True),
        Limit("price_collar_pct", Kind.AMOUNT, by_symbol=True),
        Limit("min_notional", Kind.AMOUNT, by_symbol=True),
        Limit("max_notional", Kind.AMOUNT, by_symbol=True),
        Limit("portfolio_max_age_ms", Kind.WHOLE, by_symbol=False),
        Limit("cooldown_ms", Kind.WHOLE, by_symbol=True),
        Limit("max_orders_per_min", Kind.WHOLE, by_symbol=False),
        Limit("max_open_orders", Kind.WHOLE, by_symbol=False),
        Limit("max_position", Kind.AMOUNT, by_symbol=True),
        Limit("max_open_positions", Kind.WHOLE, by_symbol=False),
        Limit("max_exposure", Kind.AMOUNT, by_symbol=False),
        Limit("max_daily_loss_pct", Kind.AMOUNT, by_symbol=False),
        Limit("base_equity", Kind.AMOUNT, by_symbol=False),
    )
}
"""Every limit there is, in the order their rules run."""

Layer = Mapping[str, str]
"""Some limits by name, each as text."""


@dataclass(frozen=True, slots=True)
class LimitChange:
    """A limit as it was changed at run time: who, when, from what to what."""

    at_ms: int
    account: str
    symbol: str
    """Empty: the account as a whole."""
    name: str
    old: str | None
    """None: it came from the settings until then."""
    new: str | None
    """None: from now on it comes from the settings again."""
    by: str
    reason: str


def read_limit(name: str, text: str, *, symbol: str = "") -> Decimal | int | frozenset[str] | None:
    """Read one limit.

    Raises:
        ValueError: there is no such limit, it cannot differ by symbol, or the text is no value.
    """
    limit = LIMITS.get(name)
    if limit is None:
        raise ValueError(f"{name!r} is no limit: choose one of {', '.join(LIMITS)}")
    if symbol and not limit.by_symbol:
        raise ValueError(f"{name} is the whole account's and cannot differ by symbol")
    if text.strip().lower() == NO_LIMIT:
        return None
    return _value(limit, text.strip())


def layered(base: RiskLimits, *layers: Layer) -> RiskLimits:
    """Return the limits that hold: of several layers that name a limit, the last one counts."""
    named = {name: text for layer in layers for name, text in layer.items()}
    changes: dict[str, object] = {name: read_limit(name, text) for name, text in named.items()}
    return replace(base, **changes) if changes else base  # type: ignore[arg-type]  # by name


def read_scoped(text: str) -> dict[tuple[str, str], dict[str, str]]:
    """Read limits of single accounts and symbols: `main max_exposure=500; main/BTCUSDT max_…`.

    Returns the layer of each (account, symbol); an empty symbol is the account as a whole.

    Raises:
        ValueError: naming the first entry that cannot be read.
    """
    layers: dict[tuple[str, str], dict[str, str]] = {}
    for entry in filter(None, (part.strip() for part in text.split(";"))):
        scope, _, rest = entry.partition(" ")
        account, _, symbol = scope.partition("/")
        symbol = normalise_symbol(symbol) if symbol else ""
        pairs = [pair.partition("=") for pair in rest.split()]
        if not pairs or not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,31}", account):
            raise ValueError(f"{entry!r} is not like `main/BTCUSDT max_notional=50`")
        for name, _, value in pairs:
            read_limit(name, value, symbol=symbol)
            layers.setdefault((account, symbol), {})[name] = value
    return layers


def _value(limit: Limit, text: str) -> Decimal | int | frozenset[str]:
    if limit.kind is Kind.SYMBOLS:
        return frozenset(normalise_symbol(part) for part in text.split(",") if part.strip())
    pattern = r"[0-9]{1,15}" if limit.kind is Kind.WHOLE else r"[0-9]{1,15}(\.[0-9]{1,18})?"
    if not re.fullmatch(pattern, text) or not Decimal(text):
        kind = "a whole number" if limit.kind is Kind.WHOLE else "an amount"
        raise ValueError(f"{limit.name}={text!r} must be {kind} above 0, or {NO_LIMIT}")
    return int(text) if limit.kind is Kind.WHOLE else Decimal(text)
