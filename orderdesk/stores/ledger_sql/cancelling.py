"""Cancel requests: written down before anybody asks the exchange to cancel."""

from dataclasses import replace

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from orderdesk.core.events import Event, EventKind
from orderdesk.core.intents import Intent
from orderdesk.core.orders import ON_EXCHANGE, OrderStatus
from orderdesk.stores.ledger_sql import doubt_rows, intent_rows, named_locks
from orderdesk.stores.ledger_sql.chapter import Chapter
from orderdesk.stores.ledger_sql.ending import end
from orderdesk.stores.ledger_sql.schema import cancel_requests
from orderdesk.stores.ledger_sql.store import Work
from orderdesk.stores.ledger_sql.telling import tell

SWEPT_AFTER_MS = 5_000
"""So long after a cancel request the sweep looks whether it was carried out."""


class Cancelling(Chapter):
    """Point 10 of the placement protocol, as far as the ledger goes."""

    def request_cancel(
        self, account: str, client_order_id: str, *, reason: str, now_ms: int
    ) -> Intent | None:
        """Write a cancel request down; return the intent as it stands afterwards.

        RECEIVED ends CANCELED, unsent; while a doubt concerns it, its owner is woken instead,
        who looks first. What may be on the exchange keeps the request, which every later step
        honours. What has ended is left alone. Without a row a tombstone is written, which the
        row will find when it comes, and None is returned.
        """
        with self._store.write() as work:
            intent = intent_rows.locked_by_client_order_id(work, account, client_order_id)
            if intent is None:
                # Whoever inserts the row in this moment has not committed, or has been seen now.
                named_locks.hold(work.connection, account, client_order_id)
                intent = intent_rows.locked_by_client_order_id(work, account, client_order_id)
            if intent is None:
                _write_tombstone(work, account, client_order_id, reason=reason, now_ms=now_ms)
                return None
            if intent.ended:
                return intent
            return requested(work, intent, reason=reason, now_ms=now_ms)


def requested(work: Work, intent: Intent, *, reason: str, now_ms: int) -> Intent:
    """Write a cancel request of a live intent down; one that waits to be sent ends CANCELED."""
    asked = replace(intent, cancel_requested_ms=intent.cancel_requested_ms or now_ms)
    if intent.status in ON_EXCHANGE:
        # Should the one who asks die before the exchange hears of it.
        wake_ms = now_ms + SWEPT_AFTER_MS
        asked = replace(asked, next_wake_ms=min(intent.next_wake_ms or wake_ms, wake_ms))
    waits = intent.status is OrderStatus.RECEIVED
    in_doubt = waits and doubt_rows.concern(work.connection, intent, now_ms=now_ms)
    if in_doubt and intent.cancel_requested_ms is None:
        asked = replace(asked, next_wake_ms=now_ms)
    intent_rows.save(work, intent, asked, now_ms=now_ms)
    if intent.cancel_requested_ms is None:
        tell(work, EventKind.CANCEL_REQUESTED, asked, now_ms=now_ms, reason=reason)
    if waits and not in_doubt:
        return end(work, asked, OrderStatus.CANCELED, reason=reason, now_ms=now_ms)
    return asked


def _write_tombstone(
    work: Work, account: str, client_order_id: str, *, reason: str, now_ms: int
) -> None:
    row = {
        "account": account,
        "client_order_id": client_order_id,
        "requested_ms": now_ms,
        "reason": reason,
    }
    try:
        with work.savepoint():
            work.connection.execute(insert(cancel_requests).values(row))
    except IntegrityError:
        # It is there already, and the first request stands.
        return
    work.tell(
        Event(
            EventKind.CANCEL_REQUESTED,
            now_ms,
            account=account,
            order=client_order_id,
            data={"client_order_id": client_order_id, "reason": reason},
        )
    )
