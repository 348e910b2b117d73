"""Notice when the ledger or Redis forgot: doubt is detected, not guessed.

The ledger has a random id, a rising attempt counter and rising numbers of events; Redis holds the
id, the highest counter seen and the highest event told, and an epoch key that a Redis which came
back empty does not have. A ledger in PostgreSQL knows the timeline it was written on.

The counter is exact: Redis knows an attempt before its bytes leave. A ledger that forgot refusals
alone counts as before, and is noticed by its events, which Redis is told soon after the commit.
"""

from orderdesk.core.intents import LEDGER_MOVED, LEDGER_RESTORED, Doubt
from orderdesk.errors import DeskHalted
from orderdesk.flows.look import FIRST_START, REDIS_EMPTY
from orderdesk.ports import Desk

DOUBT_MS = 7 * 86_400_000
"""As long as MEXC answers order queries (GET order, look-back 7 days; docs of Jan 2026)."""


def confirm(desk: Desk) -> None:
    """Hold ledger and Redis against each other; begin a doubt where one of them forgot.

    Raises:
        DeskHalted: this Redis belongs to another ledger; two desks must not share it.
    """
    ours = desk.ledger.ledger_id()
    theirs = desk.memory.claim(ours)
    if theirs != ours:
        raise DeskHalted(
            f"this Redis belongs to ledger {theirs}, and this desk has ledger {ours}: "
            "point REDIS_URL to a Redis of its own, or DATABASE_URL to the first ledger"
        )
    if desk.ledger.moved():
        # First, because the doubt ends the difference; until it is written no attempt opens.
        _look_again(desk)
        _doubt(desk, LEDGER_MOVED)
    # In this order: what happens in between is in the ledger before Redis knows of it.
    remembered, told = desk.memory.highest_attempt(), desk.outbox.highest()
    counter, last_event = desk.ledger.attempt_counter(), desk.ledger.last_event_id()
    if counter < remembered or last_event < told:
        _doubt(desk, LEDGER_RESTORED)
        _look_again(desk)
        # Only now: a crash in between finds the same difference again.
        desk.memory.accept_counter(counter)
    if desk.memory.epoch() is None:
        reason = FIRST_START if counter == 0 else REDIS_EMPTY
        _doubt(desk, reason)
        # A Redis that forgot must know the counter again, to notice a restored ledger later.
        desk.memory.note_attempt(counter)
        desk.memory.begin_epoch()


def _look_again(desk: Desk) -> None:
    # What was taken up after the backup has lost its row: look through the intake again.
    desk.intake.move_cursor("0-0")
    # Its numbers of events come again, for other events.
    desk.outbox.begin_after(desk.ledger.last_event_id(), anew=True)


def _doubt(desk: Desk, reason: str) -> None:
    # Held against the intake time of commands, which is Redis'; the later clock is the safer.
    since_ms = max(desk.time.now_ms(), desk.intake.now_ms())
    desk.ledger.begin_doubt(Doubt(since_ms, since_ms + DOUBT_MS, reason))
