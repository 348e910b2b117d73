"""PURE: an order's story, in the order it happened and in words a trader knows."""

from collections import defaultdict
from collections.abc import Callable, Mapping

from rich.table import Table
from rich.text import Text

from orderdesk.control.screen import facts
from orderdesk.control.shown import amounts
from orderdesk.control.shown.orders import order_line
from orderdesk.core.events import ALARMS, Event, EventKind
from orderdesk.core.fence import ABSENCES_NEEDED
from orderdesk.core.intents import Attempt, Intent, Story
from orderdesk.core.money import average_price
from orderdesk.core.orders import Side

E = EventKind

WORDS: Mapping[EventKind, str] = {
    E.ORDER_NEW: "The exchange took it, as its order {order_id}.",
    E.ORDER_PARTIALLY_FILLED: "Partly filled: {executed_quantity} for {executed_quote} so far.",
    E.ORDER_FILLED: "Filled: {executed_quantity} for {executed_quote}.",
    E.ORDER_BLOCKED: "The desk said no, and sent nothing. {reason}.",
    E.ORDER_ERROR: "The exchange said no. {code} {reason}.",
    E.ORDER_CANCELED: "Canceled.",
    E.ORDER_UNKNOWN: "No answer to rely on ({reason}). It may be on the exchange: from here on it "
    "is asked for, and not sent again.",
    E.ORDER_FOUND: "Found on the exchange, as its order {order_id}.",
    E.ORDER_NOT_PLACED: "Proven: that attempt never reached the book.",
    E.ORDER_UNSENT: "That attempt is over and placed nothing: {reason}.",
    E.ORDER_EXPIRED: "Too late to send, and provably never placed: {reason}.",
    E.ORDER_QUARANTINED: "The evidence contradicts itself: {reason}. It counts as open until a "
    "person looks and says `orderdesk answer`.",
    E.QUARANTINE_EVIDENCE: "The exchange shows it as its order {order_id}, {shown}, with "
    "{executed_quantity} executed for {executed_quote}: {differs}. Only a person ends this.",
    E.RISK_SLTP: "Protective prices by the {policy} policy, at an average range of {atr}: "
    "stop-loss {stop_loss}, take-profit {take_profit}. No order is placed for them.",
    E.CANCEL_REQUESTED: "A cancel was asked for ({reason}). No attempt opens after this.",
    E.LATE_EVIDENCE: "It was {was} in our books, and the exchange shows that it traded or is "
    "there all the same. Booked as the exchange has it.",
    E.DUPLICATE_ORDER: "The exchange holds a second order under the same client order id: "
    "{surplus_order_id}.",
    E.DEAD_LETTER: "Work on it could not be finished: dead letter {letter}.",
    E.REPLAYED: "{by} had it run again: the same intent, under the same client order id.",
    E.ANSWERED_BY_PERSON: "{by} looked and answered: {answer} ({reason}).",
    E.UNKNOWN_TOO_LONG: "The exchange has said nothing usable about it for {for_ms} ms.",
}
"""What each event says; the names in braces are keys of its data."""


def story_facts(story: Story) -> Table:
    """Return what stands now."""
    intent = story.intent
    pairs = [
        ("order", f"{_order(intent)}   (account {intent.account})"),
        ("key", intent.idempotency_key),
        ("on the exchange", f"{intent.client_order_id}, order id {intent.order_id or 'unknown'}"),
        ("status", _status(intent)),
        ("executed", _executed(intent)),
        ("received", amounts.moment(intent.received_ms)),
        ("not sent after", amounts.moment(intent.deadline_ms)),
        ("attempts", str(intent.attempts)),
    ]
    return facts([*pairs, ("trace", intent.trace_id)] if intent.trace_id else pairs)


def story_lines(story: Story) -> Table:
    """Return the story: how long after the order was received, and what happened."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(justify="right", style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    start_ms = story.intent.received_ms
    grid.add_row("0 ms", "The desk received it.")
    for event in story.events:
        style = "bold red" if event.kind in ALARMS else ""
        text = Text(words(event, story), style=style)
        grid.add_row(_relative(event.at_ms - start_ms), text)
    return grid


def words(event: Event, story: Story) -> str:
    """Say one event."""
    special = _SPECIAL.get(event.kind)
    if special is not None:
        return special(event, story) + _risk(event)
    template = WORDS.get(event.kind, event.kind.replace("_", " ").capitalize() + ".")
    known = {name: str(value).rstrip(".") for name, value in event.data.items()}
    said = template.format_map(defaultdict(lambda: "?", known))
    return (f"ALARM. {said}" if event.kind in ALARMS else said) + _risk(event)


def _risk(event: Event) -> str:
    """Say which rules ran, each with its figure and its limit."""
    checks = event.data.get("risk")
    if not isinstance(checks, Mapping) or not checks:
        return ""
    ran = ", ".join(f"{rule} {figure} against {limit}" for rule, (figure, limit) in checks.items())
    return f" Risk rules that ran: {ran}."


def _sending(event: Event, story: Story) -> str:
    attempt = _attempt(event, story)
    if attempt is None:
        return "An attempt was written down, before the wire."
    window = attempt.window
    answer = attempt.answer or "none yet"
    return (
        f"Attempt {attempt.number} was written down, then sent, stamped T = {window.stamp_ms}. "
        f"The exchange refuses it after T + {window.window_ms} ms; from T + "
        f"{window.fence_ms - window.stamp_ms} ms (the fence) on, absence counts as evidence. "
        f"Its answer: {answer}."
    )


def _absent(event: Event, story: Story) -> str:
    attempt = _attempt(event, story)
    asked_ms = _number(event, "asked_ms")
    said = "The order query, open orders, all orders and trades were asked: none shows it."
    if attempt is None:
        return said
    window = attempt.window
    when = amounts.span(asked_ms - window.stamp_ms)
    if asked_ms <= window.fence_ms:
        return f"{said} That was {when} after T, before the fence, and proves nothing yet."
    count = sum(1 for asked in attempt.absences_ms if window.fence_ms < asked <= asked_ms)
    proof = amounts.span(window.proof_ms - window.stamp_ms)
    return (
        f"{said} Absence {count} after the fence, {when} after T; proof takes {ABSENCES_NEEDED} "
        f"of them, the last later than {proof} after T."
    )


def _fill(event: Event, story: Story) -> str:
    data = defaultdict(lambda: "?", event.data)
    verb = "Bought" if story.intent.size.side is Side.BUY else "Sold"
    role = "as maker" if data["is_maker"] is True else "as taker"
    return (
        f"{verb} {data['fill_quantity']} at {data['fill_price']}, {data['fill_quote']} in all, "
        f"{role}; fee {data['commission']} {data['commission_asset']} (trade {data['trade_id']})."
    )


_SPECIAL: Mapping[EventKind, Callable[[Event, Story], str]] = {
    E.ORDER_SENDING: _sending,
    E.ORDER_ABSENT: _absent,
    E.FILL_BOOKED: _fill,
}


def _order(intent: Intent) -> str:
    size = intent.size
    return order_line(
        size.side,
        intent.symbol,
        type_=size.type,
        quantity=size.quantity,
        quote_quantity=size.quote_quantity,
        price=size.price,
    )


def _status(intent: Intent) -> str:
    why = " ".join(part for part in (intent.code, intent.reason) if part)
    return f"{intent.status}  ({why})" if why else intent.status


def _executed(intent: Intent) -> str:
    if not intent.executed_quantity:
        return "nothing"
    fees = amounts.fees(intent.commissions)
    average = average_price(intent.executed_quote, intent.executed_quantity)
    return (
        f"{amounts.plain(intent.executed_quantity)} at {amounts.price(average)} "
        f"on average, {amounts.plain(intent.executed_quote)} in all; fees {fees}; "
        f"{intent.fills} fill{'' if intent.fills == 1 else 's'}"
    )


def _relative(after_ms: int) -> str:
    return f"{'-' if after_ms < 0 else '+'}{amounts.span(after_ms)}"


def _attempt(event: Event, story: Story) -> Attempt | None:
    number = _number(event, "attempt")
    return next((attempt for attempt in story.attempts if attempt.id == number), None)


def _number(event: Event, name: str) -> int:
    value = event.data.get(name)
    return value if isinstance(value, int) else 0
