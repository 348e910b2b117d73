"""Wait until every process of the desk is ready, and say which one is not, and why."""

import time
from collections.abc import Sequence
from pathlib import Path

from orderdesk.control.running.deaths import TOO_OFTEN, Deaths
from orderdesk.control.running.logs import last_lines
from orderdesk.control.running.readiness import Check
from orderdesk.control.running.stopping import Stopping
from orderdesk.control.running.supervisor import Seen, Supervisor
from orderdesk.control.running.supervisor_config import Places
from orderdesk.control.screen import Screen
from orderdesk.errors import DeskError

PATIENCE_S = 120.0
"""A cold start takes a few seconds; a busy machine may take a minute."""

PATIENCE_WITH_OTHERS_S = 15.0
"""What somebody else runs should be there already."""

_LOOK_S = 0.1


def wait_until_ready(
    screen: Screen,
    supervisor: Supervisor,
    *,
    checks: Sequence[Check],
    deaths: Deaths,
    places: Places,
    stopping: Stopping,
) -> None:
    """Return when every check has said yes, telling each as it does.

    Raises:
        DeskError: a process keeps dying, or is not ready in time; with the end of its log.
        StopAsked: a signal came.
        SupervisorGone: the supervisor itself died.
    """
    waiting = list(checks)
    began = time.monotonic()
    with screen.waiting("starting") as status:
        while waiting:
            stopping.check()
            processes = {process.name: process for process in supervisor.look()}
            for dead in deaths.see(list(processes.values())):
                _give_up_on(dead, deaths, places=places)
            for check in list(waiting):
                if _is_ready(check, processes.get(check.name)):
                    waiting.remove(check)
                    _tell(screen, check, began_s=began)
            if status is not None:
                status.update(f"waiting for {', '.join(check.name for check in waiting)}")
            for check in waiting:
                _give_up_waiting(check, places, waited_s=time.monotonic() - began)
            stopping.wait(_LOOK_S)


def describe_death(process: Seen, log: Path) -> str:
    """Say how a process ended, with the end of its log."""
    # Of one that runs again, supervisord no longer knows how it ended.
    why = process.trouble or (f"exit code {process.exit_code}" if process.pid == 0 else "")
    how = f" ({why})" if why else ""
    return f"{process.name} ended{how}. The end of {log}:\n{last_lines(log)}"


def _is_ready(check: Check, process: Seen | None) -> bool:
    # What the supervisor does not run is somebody else's, and can only be asked.
    if process is not None and process.state not in ("RUNNING", "STARTING"):
        return False
    if check.is_ready is not None:
        return check.is_ready()
    return process is not None and process.state == "RUNNING"


def _tell(screen: Screen, check: Check, *, began_s: float) -> None:
    seconds = f"{time.monotonic() - began_s:.1f} s"
    screen.say(f"  ✔ {check.name:<11} {check.says:<44} {seconds:>7}")


def _give_up_on(process: Seen, deaths: Deaths, *, places: Places) -> None:
    if deaths.count(process.name) >= TOO_OFTEN:
        log = places.log_of(process.name)
        raise DeskError(f"the desk does not come up: {describe_death(process, log)}")


def _give_up_waiting(check: Check, places: Places, *, waited_s: float) -> None:
    if check.theirs and waited_s > PATIENCE_WITH_OTHERS_S:
        raise DeskError(
            f"the desk does not come up: nothing {check.says}. {check.theirs} says that somebody "
            f"else runs the {check.name} there: start it, or leave {check.theirs} out"
        )
    if waited_s > PATIENCE_S:
        log = places.log_of(check.log)
        raise DeskError(
            f"the desk does not come up: {check.name} is not ready after {waited_s:.0f} s. "
            f"The end of {log}:\n{last_lines(log)}"
        )
