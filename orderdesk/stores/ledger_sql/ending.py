"""Ending an intent that is provably not on the exchange, and the moves every chapter shares."""

from dataclasses import replace

from orderdesk.core.events import EventKind
from orderdesk.core.intents import Draft, Intent
from orderdesk.core.markets import Refusal
from orderdesk.core.money import ZERO
from orderdesk.core.orders import OrderStatus
from orderdesk.core.risk.verdicts import PASSED, Verdict
from orderdesk.errors import DeskError
from orderdesk.stores.ledger_sql import doubt_rows, intent_rows
from orderdesk.stores.ledger_sql.chapter import Chapter
from orderdesk.stores.ledger_sql.store import Work
from orderdesk.stores.ledger_sql.telling import KIND_OF_STATUS, tell

CANCELLED_UNSENT = "cancelled before it was sent"


def end(
    work: Work,
    intent: Intent,
    status: OrderStatus,
    *,
    reason: str,
    now_ms: int,
    code: str | None = None,
    **told: object,
) -> Intent:
    """End an intent with a reason: nothing is reserved for it, and nobody wakes it again."""
    ended = replace(
        intent,
        status=status,
        reason=reason,
        code=code,
        reserved_notional=ZERO,
        next_wake_ms=None,
        ended_ms=now_ms,
    )
    intent_rows.save(work, intent, ended, now_ms=now_ms)
    tell(work, KIND_OF_STATUS[status], ended, now_ms=now_ms, reason=reason, code=code, **told)
    return ended


def deny(
    work: Work, intent: Intent, refusal: Refusal, *, now_ms: int, verdict: Verdict = PASSED
) -> Intent:
    """End an intent with a no of the desk, and keep what was held against what."""
    return end(
        work,
        intent,
        OrderStatus.DENIED,
        code=refusal.rule,
        reason=str(refusal),
        now_ms=now_ms,
        risk=verdict.told() or None,
    )


def back_to_received(work: Work, intent: Intent, *, now_ms: int, next_wake_ms: int) -> Intent:
    """Let an intent try again: nothing of it is on the exchange, and no attempt is open.

    If a cancel waits, it ends CANCELED instead.
    """
    if intent.cancel_requested_ms is not None:
        return end(work, intent, OrderStatus.CANCELED, reason=CANCELLED_UNSENT, now_ms=now_ms)
    back = replace(
        intent,
        status=OrderStatus.RECEIVED,
        reserved_notional=ZERO,
        next_wake_ms=next_wake_ms,
    )
    return intent_rows.save(work, intent, back, now_ms=now_ms)


class Ending(Chapter):
    """Receiving an intent, and ending it without a try."""

    def receive(self, draft: Draft, *, now_ms: int, next_wake_ms: int) -> Intent:
        """Write an intent down as RECEIVED if it is new; return it as it stands.

        A new one whose cancel came first ends CANCELED at once, unless a doubt concerns it.

        Raises:
            IntentConflict: the key already names an order with other parameters.
        """
        with self._store.write() as work:
            intent = intent_rows.found_or_begun(work, draft, next_wake_ms=next_wake_ms)
            cancelled = intent.cancel_requested_ms is not None
            if intent.status is not OrderStatus.RECEIVED or not cancelled:
                return intent
            if doubt_rows.concern(work.connection, intent, now_ms=now_ms):
                return intent
            return end(work, intent, OrderStatus.CANCELED, reason=CANCELLED_UNSENT, now_ms=now_ms)

    def refuse(
        self, draft: Draft, refusal: Refusal, *, now_ms: int, verdict: Verdict = PASSED
    ) -> Intent:
        """End an intent DENIED, if it is RECEIVED; return it as it stands afterwards.

        Raises:
            IntentConflict: the key already names an order with other parameters.
        """
        with self._store.write() as work:
            intent = intent_rows.found_or_begun(work, draft)
            if intent.status is not OrderStatus.RECEIVED:
                return intent
            return deny(work, intent, refusal, now_ms=now_ms, verdict=verdict)

    def expire(self, draft: Draft, reason: str, *, now_ms: int) -> Intent:
        """End an intent EXPIRED_UNSENT, if it is RECEIVED; return it as it stands afterwards.

        Raises:
            IntentConflict: the key already names an order with other parameters.
        """
        with self._store.write() as work:
            intent = intent_rows.found_or_begun(work, draft)
            if intent.status is not OrderStatus.RECEIVED:
                return intent
            return end(work, intent, OrderStatus.EXPIRED_UNSENT, reason=reason, now_ms=now_ms)

    def keep_word(
        self, draft: Draft, status: OrderStatus, *, reason: str, code: str | None, now_ms: int
    ) -> Intent:
        """End an intent as its producer was told, if it is RECEIVED; return it as it stands.

        Raises:
            IntentConflict: the key already names an order with other parameters.
        """
        with self._store.write() as work:
            intent = intent_rows.found_or_begun(work, draft)
            if intent.status is not OrderStatus.RECEIVED:
                return intent
            return end(work, intent, status, reason=reason, code=code, now_ms=now_ms)

    def reopen(self, intent_id: int, *, deadline_ms: int, by: str, now_ms: int) -> Intent:
        """Replay: DENIED or EXPIRED_UNSENT back to RECEIVED, same key, same client order id.

        Raises:
            DeskError: any other state: what may be on the exchange is never tried again.
            UnknownOrder: there is no such intent.
        """
        with self._store.write() as work:
            intent = intent_rows.locked(work, intent_id)
            if intent.status not in (OrderStatus.DENIED, OrderStatus.EXPIRED_UNSENT):
                raise DeskError(
                    f"order {intent.idempotency_key} is {intent.status} and cannot be replayed: "
                    "only DENIED and EXPIRED_UNSENT orders can"
                )
            back = replace(
                intent,
                status=OrderStatus.RECEIVED,
                deadline_ms=deadline_ms,
                reason=None,
                code=None,
                ended_ms=None,
                next_wake_ms=now_ms,
                wakes=0,
            )
            tell(work, EventKind.REPLAYED, back, now_ms=now_ms, by=by, was=intent.status.value)
            return intent_rows.save(work, intent, back, now_ms=now_ms)
