"""The desk itself: the ports together, and the desk's own figures."""

from collections.abc import Callable
from dataclasses import dataclass, field

from orderdesk.core.risk.rules import RiskLimits
from orderdesk.core.tokens import Lane
from orderdesk.ports.exchange import Exchange
from orderdesk.ports.ledger import Ledger
from orderdesk.ports.redis import Clock, Intake, Markets, Memory, Outbox, Queue, Throttle, Time


@dataclass(frozen=True, slots=True)
class Rules:
    """The desk's own figures, from settings."""

    accounts: tuple[str, ...]
    window_ms: int
    """W: recvWindow of orders."""
    risk: RiskLimits
    sleep_bound_ms: int = 1_000
    """A slot nearer than this is slept for; a farther one goes back to the queue."""
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
