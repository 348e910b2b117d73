"""What the ledger knows of risk: counters, positions, limits, and what the kill switch needs."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Protocol

from orderdesk.core.intents import Intent
from orderdesk.core.risk.exposure import Counters, Standing
from orderdesk.core.risk.limits import LimitChange


class RiskLedger(Protocol):
    """The part of `Ledger` that has to do with risk; each method is one transaction."""

    def standing(self, account: str, symbol: str) -> Standing:
        """Return what is at risk now, on the account and on a symbol."""

    def exposures(self, account: str) -> Sequence[Counters]:
        """Return the account's counters and every symbol's, the account first."""

    def value(self, account: str, prices: Mapping[str, Decimal], *, now_ms: int) -> Counters:
        """Value open positions at prices (quote per base); return the account's counters.

        The account counts as valued now only if no open position is missing among them.
        """

    def note_drift(self, account: str, *, drifted: bool) -> int:
        """Count a sync that found less than our fills say, or begin anew; return how many."""

    def set_limit(self, change: LimitChange) -> LimitChange:
        """Change a limit, recorded; from its commit on it holds. Returns it with its old value."""

    def limit_changes(self, limit: int = 50) -> Sequence[LimitChange]:
        """Return changes of limits, newest first."""

    # -- the kill switch
    def stand_down(self, account: str, *, reason: str, now_ms: int, limit: int) -> Sequence[Intent]:
        """Write a cancel request down for what is live, end DENIED what waits to be sent.

        Returns what was ended, at most `limit` of it.
        """

    def proof_ms(self) -> int:
        """Return when (exchange ms) absence of every open attempt is proof; 0 if none is open."""

    def verify_kill(self, *, engaged_ms: int, now_ms: int) -> bool:
        """Note that nothing is open any more, for the kill that was engaged then; True once."""

    def forgive(self) -> None:
        """Begin every count anew that a trigger looks at, as a release does."""

    def beat(self, name: str, at_ms: int) -> None:
        """Note a sign of life; an `at_ms` of 0 ends the watch over this name."""

    def heartbeats(self) -> Mapping[str, int]:
        """Return when each watched name gave its last sign of life."""
