"""How a kill stands, in words a person can act on."""

from typing import Any

from orderdesk.contracts import KillReport
from orderdesk.control.shown.killing import told
from orderdesk.flows.watch import DESK

STANDS: dict[str, Any] = {
    "engaged": True,
    "at_ms": 1_795_248_995_000,
    "by": "anna",
    "reason": "drill",
}


def test_kill_when_it_is_not_verified_then_that_is_said_with_what_is_open() -> None:
    """Who, when, why, what is still open."""
    text = told(KillReport(**STANDS, still_open=("k-1", "k-2")))
    assert text.startswith("ENGAGED, NOT YET VERIFIED by anna since ")
    assert "drill" in text
    assert "2 may still be open: k-1, k-2" in text


def test_kill_when_it_is_verified_then_only_questions_for_a_person_are_left() -> None:
    """What stands before a person is named until it is answered."""
    text = told(KillReport(**STANDS, verified_ms=1_795_248_999_000, still_open=("k-9",)))
    assert "NOT YET" not in text
    assert "verified at" in text
    assert "1 wait for `orderdesk answer`: k-9" in text


def test_kill_when_there_are_many_then_they_are_counted() -> None:
    """A list of hundreds hides what it says."""
    text = told(KillReport(**STANDS, still_open=tuple(f"k-{n}" for n in range(200))))
    assert "200 may still be open" in text
    assert "k-10" not in text


def test_kill_when_it_is_released_then_sending_is_allowed() -> None:
    """Nothing else is said."""
    assert told(KillReport(**{**STANDS, "engaged": False})) == "Sending is allowed."


def test_kill_when_the_desk_did_it_then_the_way_on_is_said() -> None:
    """A desk that stopped itself goes on only when a person says so; people know that."""
    reason = "main: 5 orders in a row got no answer from the venue (KILL_FAILURES=5)"
    text = told(KillReport(**{**STANDS, "by": DESK, "reason": reason}))
    assert reason in text
    assert "orderdesk release" in text
    assert "orderdesk release" not in told(KillReport(**STANDS))
