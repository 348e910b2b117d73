"""Hold the event stream against the ledger: what a worker could not tell is told all the same.

A worker tells an event after the commit that booked it, and may die in between, or find Redis
away. The ledger has every event, so it is the outbox: what is missing in the stream some time
later is put there from the ledger.
"""

from collections.abc import Sequence
from itertools import takewhile

from orderdesk.core.events import Event
from orderdesk.ports import Desk

EVERY_MS = 5_000

SETTLING_MS = 15_000
"""A younger event is still its worker's to tell: a commit may wait for its lock before it
shows (5 s in SQLite), and a slow Redis may hold up the telling (3 s)."""

NEWS_MS = 60_000
"""An older event goes into the stream alone: who listens takes what it hears for news, and a
position update heard twice would count twice."""

PAGE = 1_000

REFILL = 10_000
"""A Redis that came back empty gets so many of the newest events again."""


def sweep_events(desk: Desk, now_ms: int) -> int:
    """Put into the stream what is missing there; return how many events."""
    if not desk.memory.once("events", EVERY_MS):
        return 0
    cursor = desk.outbox.cursor()
    if cursor is None:
        cursor = max(0, desk.ledger.last_event_id() - REFILL)
        desk.outbox.begin_after(cursor)
    page = _settled(desk.ledger.events_after(cursor, PAGE), now_ms)
    missing = desk.outbox.missing([event.id for event in page])
    for event in page:
        if event.id in missing:
            desk.outbox.deliver(event, aloud=event.at_ms > now_ms - NEWS_MS)
    if page:
        desk.outbox.settle(page[-1].id)
    if len(page) == PAGE:
        desk.memory.release("events")
    return len(missing)


def _settled(events: Sequence[Event], now_ms: int) -> list[Event]:
    """Return the events up to the first one that somebody may still be telling."""
    return list(takewhile(lambda event: event.at_ms <= now_ms - SETTLING_MS, events))
