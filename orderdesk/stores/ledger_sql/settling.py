"""Settling an attempt with what the exchange answered: yes, no, or don't know."""

from dataclasses import replace

from orderdesk.core.answers import Accepted, Answer, Refused, Unclear, Unsent, Why
from orderdesk.core.events import EventKind
from orderdesk.core.intents import Attempt, AttemptState, Intent
from orderdesk.core.orders import OrderStatus
from orderdesk.stores.ledger_sql import attempt_rows, intent_rows
from orderdesk.stores.ledger_sql.booking import reserved_again
from orderdesk.stores.ledger_sql.chapter import Chapter
from orderdesk.stores.ledger_sql.duplicates import alarm_surplus
from orderdesk.stores.ledger_sql.ending import back_to_received, end
from orderdesk.stores.ledger_sql.evidence import moved, placed
from orderdesk.stores.ledger_sql.exposure_rows import note_answer
from orderdesk.stores.ledger_sql.store import Work
from orderdesk.stores.ledger_sql.telling import tell

FILLS_EXPECTED_AFTER_MS = 200
"""An order that ends at once has its fills about then; the sweep looks if nobody did."""

TRY_AGAIN_AFTER_MS = 5_000
"""So long after a no to one attempt the sweep tries again if nobody did."""


class Settling(Chapter):
    """Points 6 and 7 of the placement protocol."""

    def settle(self, attempt_id: int, answer: Answer, *, now_ms: int) -> Intent:
        """Book what the exchange said to an attempt; return the intent as it stands.

        While the attempt is open: a yes makes the intent NEW, a no to the order ends it
        REJECTED, a no to this attempt lets another follow (or ends it CANCELED if a cancel
        waits), and `Unclear` leaves the attempt open and makes the intent UNKNOWN.
        Afterwards a no and an `Unclear` are only recorded, and a yes is adopted with an
        alarm. An intent known to be on the exchange, and one before a person, is not
        moved by a no.

        Raises:
            UnknownOrder: there is no such attempt.
        """
        with self._store.write() as work:
            intent, attempt = attempt_rows.locked_with_intent(work, attempt_id)
            note_answer(work, intent, answer, now_ms=now_ms)
            settle = _settle_open if attempt.state is AttemptState.OPEN else _settle_late
            return settle(work, intent, attempt, answer, now_ms)


def _settle_open(
    work: Work, intent: Intent, attempt: Attempt, answer: Answer, now_ms: int
) -> Intent:
    match answer:
        case Accepted():
            return _accept(work, intent, attempt, answer, now_ms)
        case Unclear():
            return _doubt(work, intent, attempt, answer, now_ms)
        case Refused() | Unsent():
            state = AttemptState.UNSENT if isinstance(answer, Unsent) else AttemptState.REFUSED
            attempt_rows.close(work, attempt, state, answer=_told(answer), now_ms=now_ms)
            if intent.status not in (OrderStatus.SENDING, OrderStatus.UNKNOWN):
                return _only_record(work, intent, attempt, answer, now_ms)
            return _refuse(work, intent, attempt, answer, now_ms)


def _settle_late(
    work: Work, intent: Intent, attempt: Attempt, answer: Answer, now_ms: int
) -> Intent:
    if isinstance(answer, Accepted):
        return _accept(work, intent, attempt, answer, now_ms)
    return _only_record(work, intent, attempt, answer, now_ms)


def _accept(work: Work, intent: Intent, attempt: Attempt, answer: Accepted, now_ms: int) -> Intent:
    late = attempt.state is not AttemptState.OPEN
    if attempt.state is not AttemptState.ACCEPTED:
        state = AttemptState.ACCEPTED
        attempt_rows.close(work, attempt, state, answer=_told(answer), now_ms=now_ms)
    if intent.order_id == answer.order_id:
        # Evidence was faster than the answer: there is nothing new in it.
        return intent
    if intent.order_id is not None:
        alarm_surplus(work, intent, answer.order_id, now_ms=now_ms)
        return intent
    # When we heard of it, not the venue's transactTime: one clock for all times of a report.
    after = placed(intent, answer.order_id, acknowledged_ms=now_ms)
    after = moved(after, OrderStatus.NEW, known_before=False, now_ms=now_ms)
    after = reserved_again(work, after)
    after = replace(after, next_wake_ms=now_ms if late else _look_again_ms(after, now_ms))
    intent_rows.save(work, intent, after, now_ms=now_ms)
    if late:
        was = {"was": intent.status.value, "attempt_was": attempt.state.value}
        tell(work, EventKind.LATE_EVIDENCE, after, now_ms=now_ms, attempt=attempt.id, **was)
    tell(work, EventKind.ORDER_NEW, after, now_ms=now_ms, attempt=attempt.id)
    return after


def _look_again_ms(intent: Intent, now_ms: int) -> int | None:
    if intent.cancel_requested_ms is not None:
        return now_ms
    # What rests is followed with all other open orders of its symbol, and not woken alone.
    return now_ms + FILLS_EXPECTED_AFTER_MS if intent.size.type.ends_at_once else None


def _doubt(work: Work, intent: Intent, attempt: Attempt, answer: Unclear, now_ms: int) -> Intent:
    attempt_rows.note_answer(work, attempt, _told(answer))
    if intent.status is not OrderStatus.SENDING:
        return intent
    unknown = replace(intent, status=OrderStatus.UNKNOWN, next_wake_ms=now_ms)
    intent_rows.save(work, intent, unknown, now_ms=now_ms)
    tell(
        work,
        EventKind.ORDER_UNKNOWN,
        unknown,
        now_ms=now_ms,
        attempt=attempt.id,
        reason=answer.reason,
    )
    return unknown


def _refuse(
    work: Work, intent: Intent, attempt: Attempt, answer: Refused | Unsent, now_ms: int
) -> Intent:
    if isinstance(answer, Refused) and not answer.this_attempt_only:
        return end(
            work,
            intent,
            OrderStatus.REJECTED,
            code=answer.code,
            reason=answer.message,
            now_ms=now_ms,
        )
    told = _told(answer)
    tell(work, EventKind.ORDER_UNSENT, intent, now_ms=now_ms, attempt=attempt.id, reason=told)
    return back_to_received(work, intent, now_ms=now_ms, next_wake_ms=now_ms + TRY_AGAIN_AFTER_MS)


def _only_record(
    work: Work,
    intent: Intent,
    attempt: Attempt,
    answer: Refused | Unsent | Unclear,
    now_ms: int,
) -> Intent:
    match answer:
        case Unclear():
            kind = EventKind.ORDER_UNKNOWN
        case Refused(why=Why.REJECT | Why.AUTH | Why.BUG):
            kind = EventKind.ORDER_ERROR
        case _:
            kind = EventKind.ORDER_UNSENT
    told = _told(answer)
    tell(work, kind, intent, now_ms=now_ms, attempt=attempt.id, reason=told, late=True)
    return intent


def _told(answer: Answer) -> str:
    """Say an answer in one line, for the attempt's row."""
    match answer:
        case Accepted():
            return f"accepted as {answer.order_id}"
        case Refused():
            return f"{answer.why} {answer.code}: {answer.message}"
        case Unsent():
            return f"never sent: {answer.reason}"
        case Unclear():
            return f"no usable answer: {answer.reason}"
