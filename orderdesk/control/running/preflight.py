"""A pre-flight that a person waits for: what has no answer is asked again for a while."""

import time

from orderdesk.core.preflight import Preflight
from orderdesk.flows import clearance, preflight
from orderdesk.ports import Desk

_AGAIN_S = 1.0


def asked(desk: Desk, account: str, *, wait_s: float) -> Preflight:
    """Ask now, and again what has no answer; share what came of it."""
    deadline = time.monotonic() + wait_s
    seen = preflight.run(desk, account)
    while seen.unanswered and time.monotonic() < deadline:
        time.sleep(_AGAIN_S)
        seen = preflight.run(desk, account, seen)
    clearance.share(desk, account, seen)
    return seen
