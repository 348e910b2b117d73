"""Find what makes no progress and wake it: the net under the queue, which may lose messages."""

from collections.abc import Sequence

from orderdesk.core.backoff import doubling_ms
from orderdesk.core.events import Event, EventKind
from orderdesk.core.fence import QUARANTINE_EVERY_MS
from orderdesk.core.intents import Intent
from orderdesk.core.orders import IN_DOUBT, OrderStatus
from orderdesk.flows import first_look, identity, sweep_events, sweep_intake, sweep_results, wake
from orderdesk.ports import Desk

AT_MOST = 200
"""So many wake-ups a sweep: a net, not a storm."""

UNKNOWN_ALARM_MS = 60_000


def sweep(desk: Desk) -> int:
    """Look over everything that is due; return how many wake-ups were published."""
    identity.confirm(desk)
    first_look.note_alive(desk)
    now_ms = desk.time.now_ms()
    due = desk.ledger.due(now_ms, AT_MOST)
    # Scheduled first: a sweep that dies half way must not wake the same ones every second.
    desk.ledger.schedule({intent.id: now_ms + _again_ms(intent) for intent in due})
    _wake(desk, due)
    _alarm_silence(desk, due, now_ms)
    sweep_events.sweep_events(desk, now_ms)
    woken = len(due) + sweep_intake.sweep_intake(desk, AT_MOST)
    return woken + sweep_results.sweep_results(desk, now_ms, AT_MOST)


def _again_ms(intent: Intent) -> int:
    """Return how long an intent is left alone now; one in doubt is asked about more often."""
    if intent.status is OrderStatus.QUARANTINED:
        return QUARANTINE_EVERY_MS
    if intent.status in IN_DOUBT:
        return doubling_ms(intent.wakes, first_ms=1_000, cap_ms=10_000)
    return doubling_ms(intent.wakes)


def _wake(desk: Desk, due: Sequence[Intent]) -> None:
    asked: set[tuple[str, str]] = set()
    for intent in due:
        if intent.status is OrderStatus.RECEIVED:
            wake.owner(desk, intent)
        elif intent.status in IN_DOUBT:
            # One round asks for every order of its symbol that may be there.
            if (intent.account, intent.symbol) not in asked:
                asked.add((intent.account, intent.symbol))
                wake.resolver(desk, intent)
        else:
            wake.for_what_is_left(desk, intent)


def _alarm_silence(desk: Desk, due: Sequence[Intent], now_ms: int) -> None:
    for intent in due:
        silent_ms = now_ms - (intent.sent_ms or now_ms)
        unknown = intent.status is OrderStatus.UNKNOWN and silent_ms > UNKNOWN_ALARM_MS
        if unknown and desk.memory.once(f"unknown:{intent.id}", UNKNOWN_ALARM_MS):
            desk.ledger.tell(
                Event(
                    EventKind.UNKNOWN_TOO_LONG,
                    now_ms,
                    account=intent.account,
                    order=intent.idempotency_key,
                    trace_id=intent.trace_id,
                    data={"symbol": intent.symbol, "for_ms": silent_ms},
                )
            )
