"""Intents in their table: found under a lock, inserted once, saved by their differences.

Which change is right is decided elsewhere; here it is only written down.

Locks on PostgreSQL are taken in one order, by everybody: the switch's row (shared), the
exposure counters, the intent, its attempts. SQLite has one lock for all and needs none of
this: `with_for_update` says nothing there.
"""

from dataclasses import replace

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from orderdesk.core.intents import Draft, Intent
from orderdesk.errors import IntentConflict, UnknownOrder
from orderdesk.stores.ledger_sql import exposure_rows, named_locks
from orderdesk.stores.ledger_sql.prepared import Change, Question
from orderdesk.stores.ledger_sql.rows import intent_changes, intent_from, intent_of, intent_row
from orderdesk.stores.ledger_sql.schema import cancel_requests, intents
from orderdesk.stores.ledger_sql.store import Work

# Statements of the hot path are built once: building one costs more than running it.
_LOCKED = select(intents).with_for_update()
_BY_ID = Question(_LOCKED.where(intents.c.id == bindparam("intent")))
_BY_KEY = Question(
    _LOCKED.where(
        intents.c.account == bindparam("of"), intents.c.idempotency_key == bindparam("key")
    )
)
_BY_CLIENT_ORDER_ID = Question(
    _LOCKED.where(
        intents.c.account == bindparam("of"), intents.c.client_order_id == bindparam("name")
    )
)
_INSERT = Change(insert(intents))
_CHANGE = Change(update(intents).where(intents.c.id == bindparam("intent")))
_TOMBSTONE = Question(
    select(cancel_requests.c.requested_ms).where(
        cancel_requests.c.account == bindparam("of"),
        cancel_requests.c.client_order_id == bindparam("name"),
    )
)


def locked(work: Work, intent_id: int) -> Intent:
    """Return an intent, and hold its lock until the commit.

    Raises:
        UnknownOrder: there is none.
    """
    exposure_rows.lock_before_intent(work, intent_id)
    found = _first(work, _BY_ID, intent=intent_id)
    if found is None:
        raise UnknownOrder(f"the ledger knows no intent number {intent_id}", str(intent_id))
    return found


def locked_by_key(work: Work, account: str, idempotency_key: str) -> Intent | None:
    """Return the intent under a key, and hold its lock until the commit."""
    return _first(work, _BY_KEY, of=account, key=idempotency_key)


def locked_by_client_order_id(work: Work, account: str, client_order_id: str) -> Intent | None:
    """Return the intent under a client order id, and hold its lock until the commit."""
    return _first(work, _BY_CLIENT_ORDER_ID, of=account, name=client_order_id)


def found_or_begun(work: Work, draft: Draft, *, next_wake_ms: int | None = None) -> Intent:
    """Return the intent of a draft under its lock; a new one is written down as RECEIVED.

    A cancel request that came first is carried over into the new row.

    Raises:
        IntentConflict: the key already names an order with other parameters.
    """
    found = locked_by_key(work, draft.account, draft.idempotency_key)
    if found is None:
        found = _begun(work, draft, next_wake_ms)
    if found.parameter_hash != draft.parameter_hash:
        raise IntentConflict(
            f"the key {draft.idempotency_key!r} already names another order "
            f"({found.symbol} {found.size.side} {found.size.type}): use a new key",
            "idempotency_key",
            draft.idempotency_key,
            "one key, one order",
        )
    return found


def save(work: Work, before: Intent, after: Intent, *, now_ms: int) -> Intent:
    """Write down in what an intent has changed; return it as it is now."""
    exposure_rows.follow(work, before, after)
    changes = intent_changes(before, after, now_ms=now_ms)
    if changes:
        _CHANGE.run(work.connection, {"intent": before.id, **changes})
    return after


def _first(work: Work, question: Question, **values: object) -> Intent | None:
    row = question.first(work.connection, **values)
    return None if row is None else intent_of(row)


def _begun(work: Work, draft: Draft, next_wake_ms: int | None) -> Intent:
    intent = replace(
        intent_from(draft),
        next_wake_ms=next_wake_ms,
        cancel_requested_ms=_tombstone_ms(work, draft),
    )
    row = intent_row(intent, now_ms=draft.received_ms)
    try:
        with work.savepoint():
            number = _INSERT.numbered(work.connection, row)
    except IntegrityError:
        # On PostgreSQL another transaction may have been faster; then its row is the intent.
        found = locked_by_key(work, draft.account, draft.idempotency_key)
        if found is None:
            raise IntentConflict(
                f"client order id {draft.client_order_id!r} already belongs to another key",
                "idempotency_key",
                draft.idempotency_key,
                "one key, one order",
            ) from None
        return found
    return replace(intent, id=number)


def _tombstone_ms(work: Work, draft: Draft) -> int | None:
    # A cancel without a row takes the same lock: it has left its tombstone, or sees this row.
    named_locks.hold(work.connection, draft.account, draft.client_order_id)
    row = _TOMBSTONE.first(work.connection, of=draft.account, name=draft.client_order_id)
    return None if row is None else row["requested_ms"]
