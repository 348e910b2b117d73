"""PURE: how an order whose answer was lost was found again, in one sentence."""

from orderdesk.control.shown.amounts import span
from orderdesk.core.events import EventKind
from orderdesk.core.intents import Story


def how_found(story: Story) -> str | None:
    """Say how it was found; None if it was never in doubt, or is so still."""
    doubted = next((e for e in story.events if e.kind is EventKind.ORDER_UNKNOWN), None)
    found = next((e for e in story.events if e.kind is EventKind.ORDER_FOUND), None)
    if doubted is None or found is None:
        return None
    why = str(doubted.data.get("reason") or "no answer came")
    sent = "once" if story.intent.attempts == 1 else f"{story.intent.attempts} times"
    took = span(found.at_ms - doubted.at_ms)
    return (
        f"No answer came for it: {why}. The desk did not send it again, it asked for "
        f"{story.intent.client_order_id}, and {took} later found it as the exchange's order "
        f"{story.intent.order_id}. It was sent {sent}."
    )
