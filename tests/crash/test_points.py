"""A ticket strikes once, in one process only, and is counted although its process is gone."""

import signal
import subprocess
import sys
from pathlib import Path

from tests.crash.nursery import CHECKOUT
from tests.crash.points import Act, Point, Tickets

REACH = """
import sys
from pathlib import Path
from tests.crash.points import Point, Tickets
Tickets(Path(sys.argv[1])).reach(Point.SENT, "od1-a")
print("went on")
"""


def _reach(folder: Path) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-c", REACH, str(folder)]
    return subprocess.run(words, cwd=CHECKOUT, capture_output=True, text=True, check=False)


def test_ticket_when_it_kills_then_nothing_runs_any_more_and_it_is_counted(tmp_path: Path) -> None:
    """SIGKILL, and the count is on disk before it."""
    tickets = Tickets(tmp_path)
    tickets.arm(Point.SENT, "od1-a")
    killed = _reach(tmp_path)
    assert (killed.returncode, killed.stdout) == (-signal.SIGKILL, "")
    (strike,) = tickets.new_strikes()
    assert (strike.point, strike.name, strike.act) == (Point.SENT, "od1-a", Act.KILL)
    assert list(tickets.new_strikes()) == []


def test_ticket_when_it_was_taken_then_the_next_one_goes_on(tmp_path: Path) -> None:
    """One ticket, one strike: whoever takes the order up afterwards is left alone."""
    tickets = Tickets(tmp_path)
    tickets.arm(Point.SENT, "od1-a")
    _reach(tmp_path)
    assert _reach(tmp_path).stdout == "went on\n"
    assert tickets.waiting() == 0


def test_ticket_when_it_is_for_another_then_nobody_is_struck(tmp_path: Path) -> None:
    """A ticket names its order and its point."""
    tickets = Tickets(tmp_path)
    tickets.arm(Point.SENT, "od1-b")
    tickets.arm(Point.WRITTEN, "od1-a")
    assert _reach(tmp_path).stdout == "went on\n"
    assert tickets.waiting() == 2


def test_ticket_when_it_fails_a_call_then_the_caller_is_told(tmp_path: Path) -> None:
    """The process lives; its call was done, and looks as if it had not been."""
    tickets = Tickets(tmp_path)
    tickets.arm(Point.COMMIT_UNHEARD, "od1-a", Act.FAIL)
    assert tickets.reach(Point.COMMIT_UNHEARD, "od1-a")
    assert not tickets.reach(Point.COMMIT_UNHEARD, "od1-a")
