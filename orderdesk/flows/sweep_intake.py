"""Hold the intake stream against the ledger: accepted means kept, whatever the queue lost."""

from collections.abc import Sequence

from orderdesk.core.intents import DeadLetter
from orderdesk.flows import taken_up
from orderdesk.flows.fate import UNREADABLE
from orderdesk.ports import Desk, IntakeEntry

OVERTAKEN_MS = 10_000
"""An entry is woken once the head of its queue is so much younger: its own message is gone."""

KEEP_MS = 24 * 3_600_000
"""No entry is trimmed sooner after it was taken up."""

TRIM_EVERY_MS = 60_000


def sweep_intake(desk: Desk, at_most: int) -> int:
    """Wake entries that no worker ever took up; return how many."""
    entries = desk.intake.entries(desk.intake.cursor(), at_most)
    if not entries:
        return 0
    now_ms = desk.intake.now_ms()
    known = taken_up.among(desk, entries)
    _move_cursor(desk, entries, known, now_ms)
    waiting = [entry for entry in entries if entry.entry_id not in known]
    for entry in waiting:
        if not taken_up.readable(entry):
            _bury(desk, entry, now_ms)
    lost = _overtaken(desk, _first_of_each(waiting), now_ms)
    due = desk.intake.wake_due([entry.entry_id for entry in lost], now_ms)
    woken = [entry for entry in lost if entry.entry_id in due]
    for entry in woken:
        # The entry's own id goes along: the deadline still counts from when it was taken.
        fields = {**entry.fields, "intake_entry": entry.entry_id}
        desk.queue.publish(entry.task, fields, task_id=entry.task_id)
    return len(woken)


def _bury(desk: Desk, entry: IntakeEntry, now_ms: int) -> None:
    """Put an entry that nobody can read before a person, once; it must not hold up the rest."""
    letter = DeadLetter(
        id=0,
        at_ms=now_ms,
        task=entry.task or UNREADABLE,
        task_id=entry.task_id or f"intake:{entry.entry_id}",
        arguments={},
        reason="UndecodableEntry",
        message=str(entry.fields.get(taken_up.UNDECODABLE, dict(entry.fields))),
        attempts=1,
        trace="",
    )
    desk.ledger.bury(letter, end_as=None, now_ms=now_ms)
    taken_up.note_unreadable(desk, entry)


def _move_cursor(desk: Desk, entries: Sequence[IntakeEntry], known: set[str], now_ms: int) -> None:
    """Move past the leading entries that were taken up; trim what is a day old and taken up."""
    cursor = ""
    for entry in entries:
        if entry.entry_id not in known:
            break
        cursor = entry.entry_id
    if cursor:
        desk.intake.move_cursor(cursor)
    if desk.memory.once("trim", TRIM_EVERY_MS):
        reached_ms = int((cursor or desk.intake.cursor()).split("-")[0])
        desk.intake.trim(f"{min(reached_ms, now_ms - KEEP_MS)}-0")


def _first_of_each(entries: Sequence[IntakeEntry]) -> list[IntakeEntry]:
    """Return the oldest readable entry of each key: a later call must not take the key from it."""
    first: dict[tuple[str, str, str], IntakeEntry] = {}
    for entry in entries:
        if taken_up.readable(entry):
            fields = entry.fields
            name = entry.task, str(fields["account"]), str(fields["idempotency_key"])
            first.setdefault(name, entry)
    return list(first.values())


def _overtaken(desk: Desk, entries: Sequence[IntakeEntry], now_ms: int) -> list[IntakeEntry]:
    """Return entries older than the head of their queue by so much that their message is lost."""
    heads: dict[str, int] = {}
    lost = []
    for entry in entries:
        if entry.task not in heads:
            head_ms = desk.queue.head_ms(entry.task)
            heads[entry.task] = now_ms if head_ms is None else head_ms
        if entry.taken_ms < heads[entry.task] - OVERTAKEN_MS:
            lost.append(entry)
    return lost
