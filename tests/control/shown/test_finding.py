"""How a lost order was found, in one sentence."""

from orderdesk.control.shown.finding import how_found
from orderdesk.core.events import EventKind
from tests.control.shown.telling import event, story


def test_how_found_when_it_was_lost_and_found_then_why_and_how_soon() -> None:
    """It says what was lost, what was asked and found, and how often it was sent."""
    told = how_found(
        story(
            event(EventKind.ORDER_UNKNOWN, 100, reason="the connection broke"),
            event(EventKind.ORDER_FOUND, 520),
        )
    )
    assert told is not None
    for part in ("the connection broke", "od1-abc", "420 ms", "C02", "sent once"):
        assert part in told


def test_how_found_when_it_was_never_lost_then_nothing_is_said() -> None:
    """An order that was answered has no such story."""
    assert how_found(story(event(EventKind.ORDER_NEW, 100))) is None
    assert how_found(story(event(EventKind.ORDER_UNKNOWN, 100))) is None
