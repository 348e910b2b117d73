"""`orderdesk kill`: from this moment on nothing is sent; then cancel what rests, and make sure.

It needs the ledger and the exchange only. It goes on until it is verified that nothing is open;
whoever interrupts it leaves the switch engaged, and beat goes on where it stopped.
"""

import time
from collections.abc import Callable
from typing import Annotated

import typer

from orderdesk import wiring
from orderdesk.control.arguments import AsJson, Reason, this_person
from orderdesk.control.json_answer import print_json
from orderdesk.control.screen import Screen
from orderdesk.control.shown.amounts import moment
from orderdesk.control.shown.killing import told
from orderdesk.core.intents import Switch
from orderdesk.errors import DeskError, Fate, LedgerUnavailable
from orderdesk.flows import fate, kill, kill_command, kill_switch
from orderdesk.ports import Desk

_AGAIN_S = 0.5
_LONGEST_S = 5.0


EXAMPLES = (
    "orderdesk kill --reason 'prices look wrong'",
    "orderdesk kill --reason 'a drill' --engage-only",
    "orderdesk kill --reason 'prices look wrong' --wait-s 10 --json",
)


def run(
    *,
    reason: Reason,
    engage_only: Annotated[
        bool,
        typer.Option(
            "--engage-only",
            help="Engage the switch and come back at once; beat cancels what rests.",
        ),
    ] = False,
    wait_s: Annotated[
        float | None,
        typer.Option(
            min=0,
            help="Stop looking after so long, and leave the rest to beat.",
            show_default="until verified",
        ),
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Engage the switch, cancel, and verify; 1 if something may still be open."""
    desk, screen = wiring.desk_for_a_kill(), Screen()
    say: Callable[[str], None] = (lambda _text: None) if as_json else screen.say
    deadline_s = float("inf") if wait_s is None else time.monotonic() + wait_s
    switch = _engage(desk, reason, say=say, deadline_s=deadline_s)
    say(f"Sending is stopped since {moment(switch.at_ms)}, by {switch.by}: {switch.reason}.")
    if not engage_only:
        _go_on(desk, say=say, deadline_s=deadline_s)
    report = kill_command.report(desk)
    if as_json:
        print_json(report.wire())
    elif not engage_only:
        say(told(report))
    return 0 if engage_only or report.verified_ms is not None else 1


def _engage(desk: Desk, reason: str, *, say: Callable[[str], None], deadline_s: float) -> Switch:
    """Engage, trying again while the ledger is locked: meanwhile nobody can open an attempt."""
    while True:
        try:
            return kill_switch.engage(desk, reason=reason, by=this_person())
        except LedgerUnavailable as error:
            if time.monotonic() > deadline_s:
                raise
            say(f"The ledger cannot be used now, trying again: {error}")
            time.sleep(_AGAIN_S)


def _go_on(desk: Desk, *, say: Callable[[str], None], deadline_s: float) -> None:
    """Sweep until it is verified; what cannot be done now is waited for."""
    last = ""
    while True:
        wait_s, text = _sweep(desk)
        if text != last:
            say(text)
            last = text
        report = kill_command.report(desk)
        if report.verified_ms is not None or not report.engaged:
            return
        if time.monotonic() + wait_s > deadline_s:
            return
        time.sleep(wait_s)


def _sweep(desk: Desk) -> tuple[float, str]:
    """Do one sweep; return how long to wait for the next, and what there is to say."""
    try:
        done = kill.tend(desk)
    except DeskError as error:
        if error.fate not in (Fate.RETRY, Fate.LATER):
            raise DeskError(
                f"sending is stopped and stays so, but not every cancel got through: {error}; "
                "`orderdesk kill` again goes on with them"
            ) from error
        fate.heed(desk, error, {})
        wait_s = (error.retry_after_ms or 0) / 1_000
        return min(max(wait_s, _AGAIN_S), _LONGEST_S), f"Not everything got through yet: {error}"
    if done is None:
        return _AGAIN_S, "Another process is cancelling."
    return _AGAIN_S, f"{len(done.still_open)} orders may still be open."
