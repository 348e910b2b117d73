"""PURE: how a kill stands, in words."""

from orderdesk.contracts import KillReport
from orderdesk.control.shown.amounts import moment
from orderdesk.flows.watch import DESK

_MOST = 10
"""So many keys are named; more are counted."""

_BY_ITSELF = "a trigger stopped it, and only `orderdesk release --reason …` lets it go on"


def told(report: KillReport) -> str:
    """Say who stopped the desk, when and why, whether that is verified, and what is still open."""
    if not report.engaged:
        return "Sending is allowed."
    by_whom = f"by {report.by} since {moment(report.at_ms)}: {report.reason}"
    if report.by == DESK:
        by_whom += f"; {_BY_ITSELF}"
    if report.verified_ms is not None:
        checked = f"verified at {moment(report.verified_ms)} that nothing is open"
        waiting = _names(report.still_open, "wait for `orderdesk answer`")
        return f"ENGAGED {by_whom}; {checked}{waiting}"
    left = _names(report.still_open, "may still be open") or "; nothing is known to be open"
    return f"ENGAGED, NOT YET VERIFIED {by_whom}{left}"


def _names(keys: tuple[str, ...], what: str) -> str:
    if not keys:
        return ""
    more = "" if len(keys) <= _MOST else ", …"
    return f"; {len(keys)} {what}: {', '.join(keys[:_MOST])}{more}"
