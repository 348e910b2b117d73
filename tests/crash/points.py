"""The named fault points, and the tickets that make one of them strike.

A ticket is a file named after a point and an order. Whoever reaches that point with that order
takes it by renaming it, which only one can and which survives `kill -9`; then it does what the
ticket says. Where no ticket lies, a point costs one system call. Production code knows nothing
of all this: the points lie at the desk's ports, in a kombu channel and in an HTTP connection
that only a watched process has (`watched_ports.py`, `watched_wire.py`).
"""

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Point(StrEnum):
    """Every boundary of the protocol at which a process can be made to die, stop or fail."""

    KEPT = "kept"
    """A producer: in the intake, not yet published."""
    POPPED = "popped"
    """Out of the queue in Redis, and not yet in Celery's own note of it."""
    UNCLAIMED = "unclaimed"
    """Before the attempt is written."""
    COMMIT_UNHEARD = "commit-unheard"
    """The attempt is written, and the desk hears that the ledger failed."""
    WRITTEN = "written"
    """The attempt is written; nothing is connected yet."""
    CONNECTED = "connected"
    """Connected, allowed to send, and no byte has left."""
    SENT = "sent"
    """The bytes are sent, and no answer is read."""
    ANSWERED = "answered"
    """The answer is read, and not booked."""
    BOOKED = "booked"
    """The answer is booked; no result is stored."""
    UNACKNOWLEDGED = "unacknowledged"
    """The result is stored; the message is not acknowledged."""
    RETRIED = "retried"
    """The retry is published, and the message is not acknowledged."""
    RESOLVING = "resolving"
    """A question about an order in doubt is answered, and nothing of it is booked."""
    CONCLUDING = "concluding"
    """Absence is proven, and "not placed" is not written."""
    CANCELING = "canceling"
    """The cancel is written down, and not sent."""
    CANCELED = "canceled"
    """The cancel is answered, and what became of the order is not booked."""
    KILL_ENGAGED = "kill-engaged"
    """The kill switch is engaged, and nothing is cancelled yet."""
    KILL_CANCELING = "kill-canceling"
    """The kill switch has sent its first cancel."""


class Act(StrEnum):
    """What a ticket makes of a process."""

    KILL = "kill"
    """SIGKILL to itself: nothing runs any more, no `finally`, no exit handler."""
    STOP = "stop"
    """SIGSTOP to itself; the campaign sends SIGCONT."""
    HOLD = "hold"
    """Only this thread stands still; what it goes on with later is old by then."""
    FAIL = "fail"
    """The call was done, and its caller hears of a failure."""


@dataclass(frozen=True, slots=True)
class Strike:
    """One ticket that was taken; `for_s` is how long it lets stand still."""

    point: Point
    name: str
    act: Act
    pid: int
    for_s: float


class Tickets:
    """The folder of tickets that all processes of a campaign share."""

    def __init__(self, folder: Path) -> None:
        self._armed, self._struck = folder / "armed", folder / "struck"
        self._seen: set[str] = set()
        for place in (self._armed, self._struck):
            place.mkdir(parents=True, exist_ok=True)

    def arm(self, point: Point, name: str, act: Act = Act.KILL, *, for_s: float = 0) -> None:
        """Let the next process that reaches this point with this order take the ticket."""
        new = self._armed / f".{point}~{name}"
        new.write_text(f"{act} {for_s}")
        new.rename(self._armed / f"{point}~{name}")

    def reach(self, point: Point, name: str) -> bool:
        """Say that this process is there; True if its call must look as if it had failed."""
        armed, struck = f"{point}~{name}", f"{point}~{name}~{os.getpid()}"
        try:
            os.rename(self._armed / armed, self._struck / struck)  # noqa: PTH104 - one system call, on the hot way
        except FileNotFoundError:
            return False
        act, for_s = _read(self._struck / struck)
        if act is Act.HOLD:
            time.sleep(for_s)
        elif act is not Act.FAIL:
            os.kill(os.getpid(), signal.SIGKILL if act is Act.KILL else signal.SIGSTOP)
        return act is Act.FAIL

    def waiting(self) -> int:
        """How many tickets nobody has taken yet."""
        return len(os.listdir(self._armed))  # noqa: PTH208 - names are enough

    def new_strikes(self) -> Iterator[Strike]:
        """Give the strikes that were not given before."""
        for entry in sorted(self._struck.iterdir()):
            if entry.name in self._seen:
                continue
            self._seen.add(entry.name)
            point, name, pid = entry.name.split("~")
            act, for_s = _read(entry)
            yield Strike(Point(point), name, act, int(pid), for_s)


def _read(ticket: Path) -> tuple[Act, float]:
    act, for_s = ticket.read_text().split()
    return Act(act), float(for_s)


class Weather:
    """What befalls every call of a port for a while, by the files of a shared folder."""

    def __init__(self, folder: Path) -> None:
        self._ledger_gone = folder / "ledger-gone"

    def ledger_is_gone(self) -> bool:
        """Tell whether the ledger is to look as if it were gone."""
        return os.path.exists(self._ledger_gone)  # noqa: PTH110 - the quick one, on the hot way

    def take_ledger(self, for_s: float) -> None:
        """Let the ledger be gone for everybody, for so long."""
        self._ledger_gone.touch()
        time.sleep(for_s)
        self._ledger_gone.unlink()
