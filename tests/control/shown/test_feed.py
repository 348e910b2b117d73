"""Every event can be said in a few words, whatever its data has."""

import pytest

from orderdesk.control.shown.feed import feed_subject, feed_words
from orderdesk.core.events import Event, EventKind


@pytest.mark.parametrize("kind", list(EventKind))
def test_feed_when_an_event_has_no_data_then_it_is_said_all_the_same(kind: EventKind) -> None:
    """Whoever adds a kind has a sentence for it from the start."""
    said = feed_words(Event(kind, 1))
    assert said.endswith(".")
    assert "{" not in said


def test_feed_when_a_limit_had_no_value_of_its_own_then_the_settings_are_named() -> None:
    """None is no word for people."""
    data = {"limit": "max_exposure", "old": None, "new": "500", "by": "anna", "reason": "calm"}
    said = feed_words(Event(EventKind.LIMIT_CHANGED, 1, data=data))
    assert said == "anna changed max_exposure: the settings' became 500. calm."


def test_feed_when_it_is_about_an_order_then_it_names_it_as_a_trader_would() -> None:
    """By quantity, by amount, or not at all."""
    base = {"side": "BUY", "symbol": "BTCUSDT"}
    by_quantity = Event(EventKind.ORDER_NEW, 1, data={**base, "quantity": "0.1"})
    by_amount = Event(EventKind.ORDER_NEW, 1, data={**base, "quote_quantity": "20"})
    assert feed_subject(by_quantity) == "BUY 0.1 BTCUSDT"
    assert feed_subject(by_amount) == "BUY BTCUSDT for 20"
    assert feed_subject(Event(EventKind.KILL_ENGAGED, 1)) == ""
