"""Engage the kill switch on a command from the queue, once for each command."""

from contextlib import suppress

from orderdesk.contracts import KillReport, KillSwitch
from orderdesk.core.intents import Switch
from orderdesk.errors import ExchangeUnreachable, NotYet, StoreUnavailable
from orderdesk.flows import kill, kill_switch, taken_up
from orderdesk.ports import Desk


def kill_on(desk: Desk, command: KillSwitch) -> KillReport:
    """Engage the switch, begin to cancel, and report; beat goes on with the cancels.

    A command that comes again after a person released the switch does not engage it anew.
    """
    if not taken_up.was(desk, command):
        kill_switch.engage(desk, reason=command.reason, by=command.by)
        taken_up.note(desk, command.account, task="kill_switch", task_id=command.task_id)
    # From here on nothing is sent; what the exchange does not answer now, beat asks again.
    with suppress(ExchangeUnreachable, NotYet, StoreUnavailable):
        kill.tend(desk)
    return report(desk)


def report(desk: Desk) -> KillReport:
    """Say how the switch stands, by the ledger alone."""
    switch = desk.ledger.switch(kill_switch.KILL)
    switch = switch or Switch(kill_switch.KILL, engaged=False, reason="", by="", at_ms=0)
    return KillReport(
        engaged=switch.engaged,
        at_ms=switch.at_ms,
        by=switch.by,
        reason=switch.reason,
        verified_ms=switch.verified_ms,
        still_open=tuple(intent.idempotency_key for intent in kill.still_open(desk)),
    )
