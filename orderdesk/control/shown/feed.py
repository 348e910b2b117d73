"""PURE: an event in a few words that need nothing beside it, for a list of what happens now."""

from collections import defaultdict

from orderdesk.control.shown.story import WORDS
from orderdesk.core.events import Event, EventKind

E = EventKind

_SHORT = {
    E.ORDER_SENDING: "Written down, and sent.",
    E.ORDER_ABSENT: "A whole round of questions did not show it.",
    E.FILL_BOOKED: "Traded {fill_quantity} at {fill_price}.",
    E.KILL_ENGAGED: "{by} stopped all sending: {reason}.",
    E.KILL_RELEASED: "{by} allowed sending again: {reason}.",
    E.KILL_VERIFIED: "Nothing is open any more, and nothing can land.",
    E.LIMIT_CHANGED: "{by} changed {limit}: {old} became {new}. {reason}.",
    E.VENUE_PAUSED: "The exchange wants a pause: {reason}.",
    E.DOUBT: "The desk looks before it sends: {reason}.",
}


def feed_words(event: Event) -> str:
    """Say an event in a sentence; what its data lacks is shown as `?`."""
    template = _SHORT.get(event.kind) or WORDS.get(event.kind)
    if template is None:
        template = event.kind.replace("_", " ").capitalize() + "."
    known = {
        # A limit that was not set comes from the settings.
        name: "the settings'" if value is None else str(value).rstrip(".")
        for name, value in event.data.items()
    }
    return template.format_map(defaultdict(lambda: "?", known))


def feed_subject(event: Event) -> str:
    """Say what an event is about: BUY 0.001 BTCUSDT, BUY BTCUSDT for 20; empty without one."""
    data = event.data
    parts = [data.get("side"), data.get("quantity"), data.get("symbol")]
    if data.get("quote_quantity"):
        parts += ["for", data["quote_quantity"]]
    return " ".join(str(part) for part in parts if part)
