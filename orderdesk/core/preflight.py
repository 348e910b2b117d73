"""What a pre-flight found: one finding a check, and what follows from all of them.

How the checks ask is in `flows/preflight.py`.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

from orderdesk.core.markets import Refusal

RULE = "PREFLIGHT"
"""The rule that a report names when a pre-flight's no stopped an order."""


class Verdict(StrEnum):
    """What a check came to."""

    YES = "YES"
    NO = "NO"
    """Stops placing, and nothing else."""
    NO_ANSWER = "NO_ANSWER"
    """It could not be asked now: ask again; nothing is placed until then."""
    UNKNOWABLE = "UNKNOWABLE"
    """Nobody tells: a person must look. It stops nothing."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One check with its answer."""

    name: str
    verdict: Verdict
    says: str
    what_to_do: str = ""
    """Empty where there is nothing to do."""


@dataclass(frozen=True, slots=True)
class Preflight:
    """All findings of one run."""

    at_ms: int
    """Exchange time in ms, as well as it was known."""
    findings: tuple[Finding, ...]

    @property
    def passed(self) -> bool:
        """True if nothing said no, and nothing was left without an answer."""
        return not self.noes and not self.unanswered

    @property
    def noes(self) -> tuple[Finding, ...]:
        """What said no."""
        return self._with(Verdict.NO)

    @property
    def unanswered(self) -> tuple[Finding, ...]:
        """What has to be asked again."""
        return self._with(Verdict.NO_ANSWER)

    @property
    def refusal(self) -> Refusal | None:
        """What an order is told while something says no; None while nothing does."""
        if not self.noes:
            return None
        first = self.noes[0]
        names = ", ".join(finding.name for finding in self.noes)
        return Refusal(RULE, "preflight", names, f"{first.says}; {first.what_to_do}")

    def to_text(self) -> str:
        """Write it as JSON, to be shared between processes."""
        return json.dumps(asdict(self))

    def _with(self, verdict: Verdict) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.verdict is verdict)


def from_text(text: str) -> Preflight:
    """Read what `to_text` wrote.

    Raises:
        ValueError: it is something else.
    """
    try:
        content = json.loads(text)
        findings = tuple(
            Finding(**{**row, "verdict": Verdict(row["verdict"])}) for row in content["findings"]
        )
        return Preflight(int(content["at_ms"]), findings)
    except (KeyError, TypeError) as error:
        raise ValueError(f"no pre-flight: {error!r}") from error


def merged(earlier: Preflight, later: Sequence[Finding], *, at_ms: int) -> Preflight:
    """Return a run in which what was asked again has its later answer."""
    again = {finding.name: finding for finding in later}
    findings = tuple(again.get(finding.name, finding) for finding in earlier.findings)
    return Preflight(at_ms, findings)
