"""PURE: the venue's book against the ledger, one by one; what contradicts the promise is found.

Each law is a generator of findings over the same evidence. None of them asks the desk anything.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from tests.crash.evidence import Evidence
from tests.crash.laws_of_attempts import (
    absence_is_proven,
    no_second_attempt_before_proof,
    nothing_sent_unwritten,
)
from tests.crash.laws_of_books import balances_agree, caps_hold, fills_agree, sums_agree
from tests.crash.laws_of_orders import (
    ends_are_true,
    everything_ends,
    nothing_lost,
    nothing_unknown_is_there,
    one_order_at_most,
)
from tests.crash.laws_of_reports import reports_agree


@dataclass(frozen=True, slots=True)
class Finding:
    """One contradiction: which law, which order (empty: none), and what was seen."""

    law: str
    key: str
    detail: str


def judged(evidence: Evidence) -> list[Finding]:
    """Hold every law against the evidence."""
    return [
        Finding(name, key, detail) for name, law in LAWS.items() for key, detail in law(evidence)
    ]


LAWS: Mapping[str, Callable[[Evidence], Iterable[tuple[str, str]]]] = {
    "orders per intent": one_order_at_most,
    "lost": nothing_lost,
    "no end": everything_ends,
    "false end": ends_are_true,
    "orphan": nothing_unknown_is_there,
    "fills": fills_agree,
    "sums": sums_agree,
    "balances": balances_agree,
    "reports": reports_agree,
    "sent unwritten": nothing_sent_unwritten,
    "absence unproven": absence_is_proven,
    "second attempt too early": no_second_attempt_before_proof,
    "cap overshoot": caps_hold,
}
"""Every law by the name it has in the report."""
