"""Stay up, and tell when a process dies and is started again."""

import time
from pathlib import Path
from typing import NoReturn

from orderdesk.control.running.deaths import TOO_OFTEN, Deaths
from orderdesk.control.running.starting import describe_death
from orderdesk.control.running.stopping import Stopping
from orderdesk.control.running.supervisor import Seen, Supervisor
from orderdesk.control.running.supervisor_config import Places
from orderdesk.control.screen import Screen

_LOOK_S = 0.5


def stay(
    screen: Screen, supervisor: Supervisor, *, deaths: Deaths, places: Places, stopping: Stopping
) -> NoReturn:
    """Watch until a signal comes.

    Raises:
        StopAsked: a signal came.
        SupervisorGone: the supervisor itself died.
    """
    while True:
        stopping.wait(_LOOK_S)
        for dead in deaths.see(supervisor.look()):
            told = _told(dead, deaths.count(dead.name), log=places.log_of(dead.name))
            if told:
                screen.say(f"{time.strftime('%H:%M:%S', time.gmtime())} UTC  {told}")


def _told(dead: Seen, count: int, *, log: Path) -> str:
    """Say a death; the more there are, the rarer, and with the end of the log."""
    if dead.state == "FATAL":
        return f"{describe_death(dead, log)}\nIt is not started again."
    if count < TOO_OFTEN:
        return f"{dead.name} ended and is started again; {log} may tell why"
    # 4, 8, 16 …: what dies every second has said it by then.
    if count & (count - 1) == 0:
        return f"for the {count}th time, {describe_death(dead, log)}\nIt is started again."
    return ""
