"""Attempts in their table: opened once, closed once, by compare-and-set."""

from decimal import Decimal

from sqlalchemy import Connection, bindparam, insert, select, update

from orderdesk.core.fence import Window
from orderdesk.core.intents import Attempt, AttemptState, Intent
from orderdesk.errors import UnknownOrder
from orderdesk.stores.ledger_sql import intent_rows
from orderdesk.stores.ledger_sql.prepared import Change, Question
from orderdesk.stores.ledger_sql.rows import attempt_of
from orderdesk.stores.ledger_sql.schema import OPEN_ATTEMPT, absences, attempts
from orderdesk.stores.ledger_sql.store import Work

# Built once, as in `intent_rows`.
_OF_ID = select(attempts).where(attempts.c.id == bindparam("attempt"))
_BY_ID = Question(_OF_ID)
_LOCKED = Question(_OF_ID.with_for_update())
_OPEN_OF = select(attempts).where(attempts.c.intent_id == bindparam("intent"), OPEN_ATTEMPT)
_ABSENCES_OF = (
    select(absences.c.asked_ms)
    .where(absences.c.attempt_id == bindparam("attempt"))
    .order_by(absences.c.asked_ms)
)
_INSERT = Change(insert(attempts))
_CHANGE = Change(update(attempts).where(attempts.c.id == bindparam("attempt")))


def locked_with_intent(work: Work, attempt_id: int) -> tuple[Intent, Attempt]:
    """Return an attempt (without its absences) and its intent, both locked until the commit.

    Raises:
        UnknownOrder: there is none.
    """
    row = _BY_ID.first(work.connection, attempt=attempt_id)
    if row is None:
        raise UnknownOrder(f"the ledger knows no attempt number {attempt_id}", str(attempt_id))
    # The intent is locked first, as everywhere; only then does the attempt's state count.
    intent = intent_rows.locked(work, row["intent_id"])
    if work.locks_rows:
        row = _LOCKED.first(work.connection, attempt=attempt_id) or row
    return intent, attempt_of(row)


def open_of(connection: Connection, intent_id: int) -> Attempt | None:
    """Return the attempt of an intent that may still land, if any."""
    row = connection.execute(_OPEN_OF, {"intent": intent_id}).mappings().first()
    return None if row is None else attempt_of(row, absences_of(connection, row["id"]))


def absences_of(connection: Connection, attempt_id: int) -> list[int]:
    """Return when the whole absences of an attempt were asked, oldest first."""
    return list(connection.scalars(_ABSENCES_OF, {"attempt": attempt_id}))


def opened(
    work: Work, intent: Intent, window: Window, *, request_hash: str, notional: Decimal
) -> Attempt:
    """Write the next attempt down; a second open one breaks a constraint."""
    row = {
        "intent_id": intent.id,
        "number": intent.attempts + 1,
        "stamp_ms": window.stamp_ms,
        "window_ms": window.window_ms,
        "request_hash": request_hash,
        "notional": notional,
        "state": AttemptState.OPEN.value,
    }
    return Attempt(
        id=_INSERT.numbered(work.connection, row),
        intent_id=intent.id,
        number=intent.attempts + 1,
        window=window,
        state=AttemptState.OPEN,
        request_hash=request_hash,
    )


def close(work: Work, attempt: Attempt, state: AttemptState, *, answer: str, now_ms: int) -> None:
    """Close an attempt with its answer, or correct what a closed one was judged to be."""
    closed = {"state": state.value, "answer": answer, "closed_ms": now_ms}
    _CHANGE.run(work.connection, {"attempt": attempt.id, **closed})


def note_answer(work: Work, attempt: Attempt, answer: str) -> None:
    """Write an answer down that settles nothing."""
    _CHANGE.run(work.connection, {"attempt": attempt.id, "answer": answer})


def last_notional(connection: Connection, intent_id: int) -> Decimal | None:
    """Return what the newest attempt of an intent reserved, in quote."""
    query = select(attempts.c.notional).where(attempts.c.intent_id == intent_id)
    return connection.scalar(query.order_by(attempts.c.number.desc()).limit(1))
