"""Go on with a kill after it was answered: cancel and look until nothing can be open any more.

Beat does the same every second; this is for the day when Redis, and so every worker, is away.
"""

import logging
import time

from orderdesk.control.http.house import House
from orderdesk.errors import DeskError, Fate
from orderdesk.flows import kill, kill_command, kill_switch
from orderdesk.ports import Desk

_AGAIN_S = 0.5
_LONGEST_S = 5.0
_AT_MOST_S = 300.0
"""What has not come to its end by then is beat's, or waits for a person."""

_log = logging.getLogger(__name__)


def tend_until_verified(house: House) -> None:
    """Sweep until the kill is verified or released, unless another thread of ours does."""
    if not house.tending.acquire(blocking=False):
        return
    try:
        _tend(house.desk_for_a_kill())
    finally:
        house.tending.release()


def _tend(desk: Desk) -> None:
    deadline_s = time.monotonic() + _AT_MOST_S
    while time.monotonic() < deadline_s:
        wait_s = _sweep(desk)
        if wait_s is None:
            return
        time.sleep(wait_s)


def _sweep(desk: Desk) -> float | None:
    """Do one sweep; return how long to wait for the next, None if there is none."""
    try:
        switch = kill_switch.standing(desk)
        if switch is None or switch.verified_ms is not None:
            return None
        kill.tend(desk)
        return None if kill_command.report(desk).verified_ms is not None else _AGAIN_S
    except DeskError as error:
        if error.fate not in (Fate.RETRY, Fate.LATER):
            # The switch holds; who looks at the desk sees that it is not verified.
            _log.error("sending is stopped, but not every cancel got through: %s", error)
            return None
        return min(max((error.retry_after_ms or 0) / 1_000, _AGAIN_S), _LONGEST_S)
