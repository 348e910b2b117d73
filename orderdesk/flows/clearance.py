"""Let an order pass only once a pre-flight has passed; all that a no stops is placing.

A pre-flight is asked once per desk and key, and shared for ten minutes: a restarted worker
reuses it, and one that has seen it pass asks no more. What has no answer is asked again.
"""

from orderdesk.core.events import Event, EventKind
from orderdesk.core.markets import Refusal
from orderdesk.core.preflight import Preflight, from_text
from orderdesk.errors import NotYet
from orderdesk.flows import preflight
from orderdesk.ports import Desk

SHARED_MS = 600_000
"""How long a result is shared."""

ONE_RUN_MS = 30_000
"""Longer than a run takes, and shorter than an order is usually valid: when it is over, whoever
took it on has died. A second run beside the first would do no harm.
"""

BUSY_MS = 500
"""When to look again while another process asks."""

AGAIN_MS = 5_000
"""When to ask again what had no answer."""


def refusal(desk: Desk, account: str) -> Refusal | None:
    """Return what stops this desk's orders, or None if nothing does.

    Raises:
        NotYet: it is being asked, or had no answer; come back then, it costs no retry.
        StoreUnavailable: Redis is away, and without it nothing is sent anyway.
    """
    if desk.rules.key_hash is None or account in desk.cleared:
        return None
    if account not in desk.rules.accounts:
        return None  # not ours to ask about; the order is refused for that
    seen = shared(desk, account) or _ask(desk, account)
    if seen.unanswered and not seen.noes:
        first = seen.unanswered[0]
        raise NotYet(f"pre-flight: {first.name} had no answer: {first.says}", AGAIN_MS)
    if seen.passed:
        desk.cleared.add(account)
    return seen.refusal


def shared(desk: Desk, account: str) -> Preflight | None:
    """Return the result that stands, if one does."""
    text = desk.memory.kept(_name(desk, account))
    try:
        return None if text is None else from_text(text)
    except ValueError:  # another version's; this one asks for itself
        return None


def share(desk: Desk, account: str, seen: Preflight) -> None:
    """Let every process of this desk and key see a result that says yes or no."""
    if desk.rules.key_hash is None or not (seen.passed or seen.noes):
        return
    desk.memory.keep(_name(desk, account), seen.to_text(), SHARED_MS)
    kind = EventKind.PREFLIGHT_PASSED if seen.passed else EventKind.PREFLIGHT_FAILED
    data = {finding.name: f"{finding.verdict}: {finding.says}" for finding in seen.findings}
    desk.ledger.tell(Event(kind, seen.at_ms, account=account, data=data))


def _ask(desk: Desk, account: str) -> Preflight:
    name = _name(desk, account)
    if not desk.memory.once(name, ONE_RUN_MS):
        raise NotYet("pre-flight is being asked by another worker", BUSY_MS)
    try:
        seen = preflight.run(desk, account)
        share(desk, account, seen)
        return seen
    finally:
        desk.memory.release(name)


def _name(desk: Desk, account: str) -> str:
    return f"preflight:{account}:{desk.rules.key_hash}"
