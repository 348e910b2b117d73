"""The switch alone: engage it, release it, and hear of it before anything is asked or waited for.

What is done about resting orders is in `kill.py`.
"""

from orderdesk.core.intents import Draft, Intent, Switch
from orderdesk.core.markets import Refusal
from orderdesk.ports import Desk

KILL = "kill"
CODE = "KILL_SWITCH"


def standing(desk: Desk) -> Switch | None:
    """Return the kill switch if it is engaged."""
    switch = desk.ledger.switch(KILL)
    return switch if switch is not None and switch.engaged else None


def engage(desk: Desk, *, reason: str, by: str) -> Switch:
    """Stop all sending now; the ledger alone is needed for that.

    A switch that is engaged already stays as it is: who stopped first, and why, is kept.
    """
    return standing(desk) or _set(desk, engaged=True, reason=reason, by=by)


def release(desk: Desk, *, reason: str, by: str) -> Switch:
    """Allow sending again; who and why is recorded, and the triggers count anew."""
    desk.ledger.forgive()
    return _set(desk, engaged=False, reason=reason, by=by)


def stopped(desk: Desk, order: Draft) -> Intent | None:
    """End an order DENIED while the switch is engaged; None if it may go on.

    Nobody waits for a price or a slot only to hear this.
    """
    switch = standing(desk)
    if switch is None:
        return None
    refusal = Refusal(CODE, "", "", switch.reason)
    return desk.ledger.refuse(order, refusal, now_ms=max(desk.time.now_ms(), switch.at_ms))


def _set(desk: Desk, *, engaged: bool, reason: str, by: str) -> Switch:
    switch = Switch(KILL, engaged, reason, by, desk.time.now_ms())
    desk.ledger.set_switch(switch)
    return switch
