"""The desk itself: the ports together, and the desk's own figures."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from orderdesk.core.pools import LATE_MS
from orderdesk.core.risk.limits import Layer, RiskLimits
from orderdesk.core.risk.policies import POLICIES, Policy
from orderdesk.core.risk.triggers import TriggerLimits
from orderdesk.core.tokens import Lane
from orderdesk.ports.exchange import Exchange
from orderdesk.ports.ledger import Ledger
from orderdesk.ports.redis import Clock, Intake, Markets, Memory, Outbox, Queue, Time
from orderdesk.ports.throttle import Throttle


@dataclass(frozen=True, slots=True)
class Rules:
    """The desk's own figures, from settings."""

    accounts: tuple[str, ...]
    window_ms: int
    """W: recvWindow of orders."""
    risk: RiskLimits
    """The limits of every account and symbol that has none of its own."""
    scoped: Mapping[tuple[str, str], Layer] = field(default_factory=dict)
    """Limits of single accounts (symbol empty) and symbols, from settings."""
    policy: Policy = POLICIES["moderate"]
    triggers: TriggerLimits = field(default_factory=TriggerLimits)
    kills_foreign: bool = False
    """True: the kill switch cancels foreign orders of the account too."""
    sleep_bound_ms: int = 1_000
    """A slot nearer than this is slept for; a farther one goes back to the queue."""
    late_ms: int = LATE_MS
    """A sender later for its slot than this gives it up for a new one."""
    key_hash: str | None = None
    """What a pre-flight is shared under: a hash of venue and key, never the key itself.

    None: nothing is asked before sending, as on paper.
    """


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything a flow may use, wired once per process."""

    rules: Rules
    ledger: Ledger
    exchange: Callable[[str, Lane], Exchange]
    """(account, lane) → the venue seen from there."""
    throttle: Throttle
    clock: Clock
    time: Time
    intake: Intake
    queue: Queue
    memory: Memory
    markets: Markets
    outbox: Outbox
    cleared: set[str] = field(default_factory=set, compare=False)
    """The accounts for which this process has seen a pre-flight pass; it asks no more of them."""
    reconciled: set[str] = field(default_factory=set, compare=False)
    """Accounts whose books this process knows to have been compared since the desk started."""
