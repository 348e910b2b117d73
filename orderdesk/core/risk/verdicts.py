"""What the risk gate says: each rule that ran with its figures, and the no if there is one."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from orderdesk.core.markets import Refusal
from orderdesk.core.risk.advice import WHAT_TO_DO


@dataclass(frozen=True, slots=True)
class Check:
    """One rule that ran. `figure` was held against `limit`; both are text as people read it."""

    rule: str
    passed: bool
    field: str
    figure: str
    limit: str
    message: str
    """Why not; told only if it did not pass."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says to one order; the rules behind a no did not run any more."""

    checks: tuple[Check, ...] = field(default=())

    @property
    def refusal(self) -> Refusal | None:
        """The no, if there is one."""
        for check in self.checks:
            if not check.passed:
                message = f"{check.message}: {WHAT_TO_DO[check.rule]}"
                return Refusal(check.rule, check.field, check.figure, message)
        return None

    def told(self) -> Mapping[str, list[str]]:
        """Return rule → figure and limit, in the order they ran: what is kept with the order."""
        return {check.rule: [check.figure, check.limit] for check in self.checks}


PASSED = Verdict()
"""Nothing was asked, and nothing speaks against it."""
