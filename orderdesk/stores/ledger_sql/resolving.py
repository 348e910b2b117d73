"""Ending a doubt: absences, the proof that nothing was placed, and what a person answers."""

from dataclasses import replace

from sqlalchemy import insert

from orderdesk.core.events import EventKind
from orderdesk.core.fence import QUARANTINE_EVERY_MS
from orderdesk.core.intents import Attempt, AttemptState, Intent
from orderdesk.core.orders import NEXT, OrderStatus
from orderdesk.errors import UnknownOrder
from orderdesk.stores.ledger_sql import attempt_rows, intent_rows, schema
from orderdesk.stores.ledger_sql.booking import reserved_again
from orderdesk.stores.ledger_sql.chapter import Chapter
from orderdesk.stores.ledger_sql.ending import back_to_received, end
from orderdesk.stores.ledger_sql.evidence import moved, placed
from orderdesk.stores.ledger_sql.store import Work
from orderdesk.stores.ledger_sql.telling import tell


class Resolving(Chapter):
    """Point 8 of the placement protocol, as far as the ledger goes."""

    def note_absence(self, attempt_id: int, asked_ms: int, *, now_ms: int) -> Attempt:
        """Write down one whole absence; return the attempt with all of them.

        The same moment of asking counts once. A closed attempt needs no absences, so
        nothing is added to it.

        Raises:
            UnknownOrder: there is no such attempt.
        """
        with self._store.write() as work:
            intent, attempt = attempt_rows.locked_with_intent(work, attempt_id)
            known = attempt_rows.absences_of(work.connection, attempt_id)
            if attempt.state is AttemptState.OPEN and asked_ms not in known:
                row = {"attempt_id": attempt_id, "asked_ms": asked_ms, "noted_ms": now_ms}
                work.connection.execute(insert(schema.absences).values(row))
                known = sorted([*known, asked_ms])
                kind = EventKind.ORDER_ABSENT
                tell(work, kind, intent, now_ms=now_ms, attempt=attempt_id, asked_ms=asked_ms)
            return replace(attempt, absences_ms=tuple(known))

    def not_placed(self, attempt_id: int, *, now_ms: int) -> Intent:
        """Close an open attempt as proven absent, and return the intent as it then stands.

        It is RECEIVED again and due at once, or CANCELED if a cancel waits, or
        EXPIRED_UNSENT if the deadline has passed. An attempt that is not open, and an
        intent before a person, stay as they are.

        Raises:
            UnknownOrder: there is no such attempt.
        """
        with self._store.write() as work:
            intent, attempt = attempt_rows.locked_with_intent(work, attempt_id)
            if attempt.state is not AttemptState.OPEN or intent.status is OrderStatus.QUARANTINED:
                return intent
            state = AttemptState.NOT_PLACED
            attempt_rows.close(work, attempt, state, answer="proven absent", now_ms=now_ms)
            tell(work, EventKind.ORDER_NOT_PLACED, intent, now_ms=now_ms, attempt=attempt_id)
            if intent.status not in (OrderStatus.SENDING, OrderStatus.UNKNOWN):
                return intent
            return _try_again(work, intent, now_ms=now_ms)

    def quarantine(self, intent_id: int, reason: str, *, now_ms: int) -> Intent:
        """Put an intent before a person: exposure and open attempt stay, and it is still swept.

        What has been found or has ended in the meantime stays as it is.

        Raises:
            UnknownOrder: there is no such intent.
        """
        with self._store.write() as work:
            intent = intent_rows.locked(work, intent_id)
            if intent.status is OrderStatus.SENDING:
                # An attempt whose worker died; the table leads through UNKNOWN.
                intent = _unknown(work, intent, reason, now_ms=now_ms)
            if OrderStatus.QUARANTINED not in NEXT[intent.status]:
                return intent
            after = replace(
                intent,
                status=OrderStatus.QUARANTINED,
                reason=reason,
                next_wake_ms=now_ms + QUARANTINE_EVERY_MS,
            )
            tell(work, EventKind.ORDER_QUARANTINED, after, now_ms=now_ms, reason=reason)
            return intent_rows.save(work, intent, after, now_ms=now_ms)

    def answer_quarantined(
        self, intent_id: int, *, order_id: str | None, reason: str, by: str, now_ms: int
    ) -> Intent:
        """Write down how a person ended a quarantine.

        Placed under `order_id`: the intent is NEW and looked up at once. Not placed (None):
        it ends EXPIRED_UNSENT, or CANCELED if a cancel waits. It is never sent again by
        itself, because a person's word is no fence; a replay is another word of theirs.

        Raises:
            UnknownOrder: the intent is not quarantined, or there is none.
        """
        with self._store.write() as work:
            intent = intent_rows.locked(work, intent_id)
            if intent.status is not OrderStatus.QUARANTINED:
                message = f"order {intent.idempotency_key} is {intent.status}, not QUARANTINED"
                raise UnknownOrder(message, intent.idempotency_key)
            said = f"placed as {order_id}" if order_id else "not placed"
            answer = f"{by}: {said}"
            _close_open_attempt(work, intent, answer, placed=order_id is not None, now_ms=now_ms)
            kind = EventKind.ANSWERED_BY_PERSON
            tell(work, kind, intent, now_ms=now_ms, by=by, reason=reason, answer=said)
            if order_id is None:
                return _answered_no(work, intent, f"{answer}: {reason}", now_ms=now_ms)
            return _answered_yes(work, intent, order_id, now_ms=now_ms)


def _try_again(work: Work, intent: Intent, *, now_ms: int) -> Intent:
    if intent.cancel_requested_ms is None and now_ms > intent.deadline_ms:
        reason = "proven absent after its deadline"
        return end(work, intent, OrderStatus.EXPIRED_UNSENT, reason=reason, now_ms=now_ms)
    return back_to_received(work, intent, now_ms=now_ms, next_wake_ms=now_ms)


def _unknown(work: Work, intent: Intent, reason: str, *, now_ms: int) -> Intent:
    unknown = replace(intent, status=OrderStatus.UNKNOWN)
    tell(work, EventKind.ORDER_UNKNOWN, unknown, now_ms=now_ms, reason=reason)
    return intent_rows.save(work, intent, unknown, now_ms=now_ms)


def _close_open_attempt(
    work: Work, intent: Intent, answer: str, *, placed: bool, now_ms: int
) -> None:
    attempt = attempt_rows.open_of(work.connection, intent.id)
    if attempt is not None:
        state = AttemptState.ACCEPTED if placed else AttemptState.NOT_PLACED
        attempt_rows.close(work, attempt, state, answer=answer, now_ms=now_ms)


def _answered_no(work: Work, intent: Intent, reason: str, *, now_ms: int) -> Intent:
    waits = intent.cancel_requested_ms is not None
    status = OrderStatus.CANCELED if waits else OrderStatus.EXPIRED_UNSENT
    return end(work, intent, status, reason=reason, now_ms=now_ms)


def _answered_yes(work: Work, intent: Intent, order_id: str, *, now_ms: int) -> Intent:
    after = placed(intent, order_id, acknowledged_ms=now_ms)
    after = moved(after, OrderStatus.NEW, known_before=False, now_ms=now_ms)
    after = replace(reserved_again(work, after), next_wake_ms=now_ms)
    tell(work, EventKind.ORDER_FOUND, after, now_ms=now_ms, was=intent.status.value)
    return intent_rows.save(work, intent, after, now_ms=now_ms)
