"""The rules an order must pass before it is sent; each is one small pure function."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from orderdesk.core.markets import Refusal
from orderdesk.core.money import canonical


@dataclass(frozen=True, slots=True)
class RiskLimits:
    """The figures the rules hold orders against, in quote currency; None is no limit."""

    min_notional: Decimal | None
    max_notional: Decimal | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """An order as the risk gate sees it. `notional` is None if nothing values the order."""

    symbol: str
    notional: Decimal | None


Rule = Callable[[Proposal, RiskLimits], Refusal | None]


def min_notional(order: Proposal, limits: RiskLimits) -> Refusal | None:
    """Refuse an order smaller than the desk's minimum."""
    if limits.min_notional is None or order.notional is None:
        return None
    if order.notional >= limits.min_notional:
        return None
    message = f"the desk's minimum is {canonical(limits.min_notional)} (RISK_MIN_NOTIONAL)"
    return Refusal("RISK_MIN_NOTIONAL", "notional", canonical(order.notional), message)


def max_notional(order: Proposal, limits: RiskLimits) -> Refusal | None:
    """Refuse an order larger than the desk's maximum."""
    if limits.max_notional is None or order.notional is None:
        return None
    if order.notional <= limits.max_notional:
        return None
    message = f"the desk's maximum is {canonical(limits.max_notional)} (RISK_MAX_NOTIONAL)"
    return Refusal("RISK_MAX_NOTIONAL", "notional", canonical(order.notional), message)


def valued(order: Proposal, limits: RiskLimits) -> Refusal | None:
    """Refuse an order that nothing values while a limit would have to hold it."""
    limited = limits.min_notional is not None or limits.max_notional is not None
    if order.notional is not None or not limited:
        return None
    message = "no fresh price values this order, so its limit cannot be held"
    return Refusal("RISK_UNVALUED", "symbol", order.symbol, message)


RULES: tuple[Rule, ...] = (valued, min_notional, max_notional)
"""In the order they run; the first no is the answer."""


def assess(order: Proposal, limits: RiskLimits) -> Refusal | None:
    """Return the first rule's refusal, or None if the order passes."""
    verdicts = (rule(order, limits) for rule in RULES)
    return next((refusal for refusal in verdicts if refusal is not None), None)
