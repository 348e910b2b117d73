"""How a desk stands at one moment, in figures that cost the same however long it has run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from orderdesk.core.intents import Switch
from orderdesk.core.orders import OrderStatus
from orderdesk.core.risk.exposure import Counters
from orderdesk.core.risk.limits import RiskLimits
from orderdesk.core.throttle_use import Overview


@dataclass(frozen=True, slots=True)
class OpenWork:
    """What the ledger holds that is not over."""

    orders: Mapping[OrderStatus, int] = field(default_factory=dict)
    """Orders that have not ended, by state."""
    in_doubt_since_ms: int | None = None
    """The stamp (exchange ms) of the oldest order that is UNKNOWN or QUARANTINED."""
    dead_letters: int = 0
    """Open ones."""


@dataclass(frozen=True, slots=True)
class AtRisk:
    """One account's money, by the ledger."""

    whole: Counters
    symbols: Sequence[Counters]
    limits: RiskLimits
    """As they hold now."""
    drifting: Mapping[str, Decimal]
    """Assets whose balance was not what our fills say at the last sync, and by how much."""
    day_loss: Decimal
    """What this UTC day has lost, in quote; below 0 for a profit."""


@dataclass(frozen=True, slots=True)
class LedgerFigures:
    """What the ledger alone knows."""

    now_ms: int
    """Exchange time when it was looked at."""
    work: OpenWork
    accounts: Sequence[AtRisk]
    kill: Switch | None
    in_doubt: bool
    """The desk may have forgotten orders, and looks before it sends."""


@dataclass(frozen=True, slots=True)
class RedisFigures:
    """What Redis (or the broker) alone knows."""

    queues: Mapping[str, int]
    """Messages waiting, by queue."""
    oldest_order_ms: int | None
    """How long the order that is next to be placed has waited; None if none waits."""
    oldest_intake_ms: int | None
    """How long the oldest command has waited for its row in the ledger; None if none does."""
    pauses: Mapping[str, int]
    """How long (ms) nothing is sent for each account; 0 if it is not paused."""
    throttle: Sequence[Overview]
    """How the caps are used, by every account; what is the whole address' is in each."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything; None for the part that did not answer."""

    ledger: LedgerFigures | None
    redis: RedisFigures | None
