"""PURE: a pre-flight as a person sees it: each check with its answer and what to do."""

from rich.table import Table

from orderdesk.control.screen import table
from orderdesk.core.preflight import Preflight, Verdict

_MARKS = {
    Verdict.YES: "✔ yes",
    Verdict.NO: "✘ NO",
    Verdict.NO_ANSWER: "… no answer",
    Verdict.UNKNOWABLE: "? look",
}


def checks_table(seen: Preflight) -> Table:
    """Return a row for each check."""
    rows = [
        (finding.name, _MARKS[finding.verdict], finding.says, finding.what_to_do)
        for finding in seen.findings
    ]
    return table(["check", "answer", "what was seen", "what to do"], rows)


def checks_summary(seen: Preflight) -> str:
    """Say in a line what follows."""
    if seen.noes:
        return f"NO: {_names(seen, Verdict.NO)}. In LIVE nothing is placed until this is repaired."
    if seen.unanswered:
        names = _names(seen, Verdict.NO_ANSWER)
        return f"No answer yet: {names}. In LIVE nothing is placed until all have one."
    look = _names(seen, Verdict.UNKNOWABLE)
    return f"Passed. For you to look at: {look}." if look else "Passed."


def _names(seen: Preflight, verdict: Verdict) -> str:
    return ", ".join(finding.name for finding in seen.findings if finding.verdict is verdict)
