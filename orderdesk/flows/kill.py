"""The kill switch: from the commit of engage on, no attempt can open."""

from orderdesk.contracts import CancelAllOrders
from orderdesk.core.intents import Switch
from orderdesk.flows.cancel_all import cancel_all
from orderdesk.ports import Desk

KILL = "kill"


def engage(desk: Desk, *, reason: str, by: str) -> Switch:
    """Stop all sending now; the ledger alone is needed for that."""
    return _set(desk, engaged=True, reason=reason, by=by)


def release(desk: Desk, *, reason: str, by: str) -> Switch:
    """Allow sending again; who and why is recorded."""
    return _set(desk, engaged=False, reason=reason, by=by)


def cancel_everything(desk: Desk, *, by: str) -> tuple[str, ...]:
    """Cancel what rests on every account; return the keys of what is still open.

    `by` is whoever asked, in any words; it is kept where it can be traced.
    """
    # A trace id is plain ASCII, and nobody's name may keep the orders from being cancelled.
    trace_id = "kill:" + "".join(letter if "!" <= letter <= "~" else "_" for letter in by)
    still_open: list[str] = []
    for account in desk.rules.accounts:
        report = cancel_all(desk, CancelAllOrders(account=account, trace_id=trace_id[:128]))
        still_open += report.still_open
    return tuple(still_open)


def _set(desk: Desk, *, engaged: bool, reason: str, by: str) -> Switch:
    now_ms = desk.time.now_ms()
    switch = Switch(KILL, engaged, reason, by, now_ms)
    desk.ledger.set_switch(switch)
    return switch
