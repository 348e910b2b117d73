"""Hold the ledger's answers against the result backend: whoever lost a result is answered again.

A worker may die between booking an answer and storing it, and a Redis may come back without
its results. Redis remembers how far the answers were found stored; a Redis that forgot that
too is walked through again from a day ago, which is as long as results are kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

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


_FRESH = "results-fresh"
"""Until when the fresh answers were found stored, whatever the walk through the old ones does."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """A page of answers, held against the results."""

    stored_until_ms: int
    """Every answer of the page before this is stored."""
    missing: Sequence[Intent]
    more: bool
    """True if all of a full page is stored: the next one can be looked at right away."""


def sweep_results(desk: Desk, now_ms: int, at_most: int) -> int:
    """Wake the owners of answers that are not stored; return how many.

    Fresh answers come first, because somebody waits for those: all that a Redis lost takes long
    to be stored again. Neither goes on behind a missing one before that is stored.
    """
    if not desk.memory.once("results", EVERY_MS):
        return 0
    begun_ms = desk.memory.noted_ms(_FRESH) or now_ms - LOOK_BACK_MS
    fresh = _seen(desk, min(begun_ms, now_ms - LOOK_BACK_MS), now_ms)
    desk.memory.note_ms(_FRESH, fresh.stored_until_ms, keep_ms=KEEP_MS)
    woken = _wake(desk, fresh.missing, at_most)
    checked_ms = max(desk.memory.results_checked_ms(), now_ms - KEEP_MS)
    walked = _seen(desk, checked_ms, now_ms) if checked_ms < begun_ms else fresh
    desk.memory.note_results_checked(walked.stored_until_ms)
    if fresh.more or walked.more:
        desk.memory.release("results")
    return woken + _wake(desk, walked.missing, at_most - woken)


def _seen(desk: Desk, since_ms: int, now_ms: int) -> _Seen:
    to_ms = now_ms - SETTLING_MS
    page = desk.ledger.answered_between(since_ms, to_ms, PAGE)
    full = len(page) == PAGE
    absent = desk.queue.missing_results([intent.task_id for _, intent in page])
    missing = [(at, i) for at, i in page if i.answerable and i.task_id in absent]
    if missing:
        return _Seen(missing[0][0], [intent for _, intent in missing], more=False)
    return _Seen(page[-1][0] if full else to_ms, [], more=full)


def _wake(desk: Desk, missing: Sequence[Intent], at_most: int) -> int:
    """Wake as many as may be, without those whose wake-up may still wait in a queue."""
    due = (intent for intent in missing if desk.memory.once(f"answer:{intent.id}", AGAIN_MS))
    woken = 0
    for intent in islice(due, max(0, at_most)):
        wake.owner(desk, intent)
        woken += 1
    return woken
