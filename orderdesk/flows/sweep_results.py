"""Hold the ledger's answers against the result backend: whoever lost a result is answered again.

A worker may die between booking an answer and storing it, and a Redis may come back without
its results. Redis remembers how far the answers were found stored; a Redis that forgot that
too is walked through again from a day ago, which is as long as results are kept.
"""

from collections.abc import Sequence

from orderdesk.core.intents import Intent
from orderdesk.flows import wake
from orderdesk.ports import Desk

KEEP_MS = 24 * 3_600_000
"""Results are kept so long (`result_expires`), so no older one is missed."""

SETTLING_MS = 5_000
"""A younger answer is still its worker's to store."""

LOOK_BACK_MS = 60_000
"""Looked through every time: a commit that took long may show behind what was checked."""

EVERY_MS = 10_000

AGAIN_MS = 30_000
"""Its wake-up may wait behind others in the queue, or be lost; then its owner is woken again."""

PAGE = 1_000
"""So many answers are checked at a time, in one round trip; a full page is followed by the next."""


def sweep_results(desk: Desk, now_ms: int, at_most: int) -> int:
    """Wake the owners of answers that are not stored; return how many.

    Goes on behind the first one that is missing only once that one is stored.
    """
    if not desk.memory.once("results", EVERY_MS):
        return 0
    checked_ms = max(desk.memory.results_checked_ms(), now_ms - KEEP_MS)
    since_ms = min(checked_ms, now_ms - LOOK_BACK_MS)
    page = desk.ledger.answered_between(since_ms, now_ms - SETTLING_MS, PAGE)
    stored_until_ms, missing = _held_against(desk, page, now_ms - SETTLING_MS)
    desk.memory.note_results_checked(stored_until_ms)
    if len(page) == PAGE and not missing:
        desk.memory.release("results")
    return _wake(desk, missing[:at_most])


def _held_against(
    desk: Desk, page: Sequence[tuple[int, Intent]], to_ms: int
) -> tuple[int, list[Intent]]:
    """Return until when every answer is stored, and the answers that are not."""
    absent = desk.queue.missing_results([intent.task_id for _, intent in page])
    missing = [(at, i) for at, i in page if i.answerable and i.task_id in absent]
    if missing:
        return missing[0][0], [intent for _, intent in missing]
    return (page[-1][0] if len(page) == PAGE else to_ms), []


def _wake(desk: Desk, missing: Sequence[Intent]) -> int:
    due = [intent for intent in missing if desk.memory.once(f"answer:{intent.id}", AGAIN_MS)]
    for intent in due:
        wake.owner(desk, intent)
    return len(due)
