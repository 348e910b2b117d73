"""Events have one name each, and the alarms among them are those a person must see."""

from dataclasses import FrozenInstanceError

import pytest

from orderdesk.core.events import ALARMS, Event, EventKind


def test_events_when_named_then_the_users_five_come_first() -> None:
    """The user's own names stand, and stand first."""
    assert list(EventKind)[:5] == [
        "ORDER_NEW",
        "ORDER_FILLED",
        "ORDER_BLOCKED",
        "ORDER_ERROR",
        "RISK_SLTP",
    ]


def test_alarms_when_the_promise_is_at_stake_then_they_are_rung() -> None:
    """Late truth, double orders, strangers with our name, contradictions and lost memory."""
    assert {
        EventKind.LATE_EVIDENCE,
        EventKind.DUPLICATE_ORDER,
        EventKind.ORPHAN_ORDER,
        EventKind.MISMATCH,
        EventKind.ORDER_QUARANTINED,
        EventKind.QUARANTINE_EVIDENCE,
        EventKind.UNKNOWN_TOO_LONG,
        EventKind.DRIFT,
        EventKind.DEAD_LETTER,
        EventKind.DOUBT,
        EventKind.BALANCE_MOVED,
        EventKind.KILL_ENGAGED,
        EventKind.VENUE_PAUSED,
        EventKind.PREFLIGHT_FAILED,
    } == ALARMS


def test_event_when_told_then_it_cannot_be_changed_and_shares_nothing() -> None:
    """A record of what happened is frozen, and two records never share their data."""
    first, second = Event(EventKind.DOUBT, 1), Event(EventKind.DOUBT, 1)
    with pytest.raises(FrozenInstanceError):
        first.at_ms = 2  # type: ignore[misc]  # it is frozen
    assert first == second
    assert (first.account, first.order, first.trace_id, first.data) == ("", "", "", {})
    assert first.data is not second.data
