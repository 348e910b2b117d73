"""The three policies, with the user's numbers; everything else about risk is a single limit.

Source: seed S3 L194 (smallest notional) and L216-L223 (the table).
"""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Policy:
    """How much an order may be worth, and how far its protective prices lie."""

    name: str
    stop_atr_multiple: Decimal
    """The stop-loss lies so many average true ranges from the entry."""
    reward_risk: Decimal
    """The take-profit lies so many times as far from the entry as the stop-loss."""
    min_notional: Decimal
    """In quote; `RISK_MIN_NOTIONAL` wins over it."""
    max_notional: Decimal
    """In quote; `RISK_MAX_NOTIONAL` wins over it."""


_SMALLEST = Decimal(5)

POLICIES: dict[str, Policy] = {
    policy.name: policy
    for policy in (
        Policy("conservative", Decimal("1.5"), Decimal(2), _SMALLEST, Decimal(100)),
        Policy("moderate", Decimal("2.0"), Decimal("2.5"), _SMALLEST, Decimal(250)),
        Policy("aggressive", Decimal("2.5"), Decimal(3), _SMALLEST, Decimal(500)),
    )
}
