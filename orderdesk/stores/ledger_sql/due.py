"""What is going on now: each question has a partial index that holds only its answers.

So they cost what they return, whatever the ledger holds; a test reads the query plans.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, bindparam, or_, select, update

from orderdesk.core.intents import Intent
from orderdesk.core.orders import IN_DOUBT as MAY_BE_THERE
from orderdesk.core.orders import ON_EXCHANGE
from orderdesk.stores.ledger_sql.chapter import Chapter
from orderdesk.stores.ledger_sql.reading import intents_of
from orderdesk.stores.ledger_sql.rows import intent_of
from orderdesk.stores.ledger_sql.schema import AWAITING_FILLS, LIVE, NOT_ENDED, intents

RESTING = tuple(sorted(str(status) for status in ON_EXCHANGE))
IN_DOUBT = tuple(sorted(str(status) for status in MAY_BE_THERE))


def due_query(now_ms: int, limit: int) -> Select[Any]:
    """Ask for what is to be woken, longest due first."""
    query = select(intents).where(intents.c.next_wake_ms <= now_ms)
    return query.order_by(intents.c.next_wake_ms, intents.c.id).limit(limit)


def status_query(
    statuses: Sequence[str], account: str | None, symbol: str | None = None
) -> Select[Any]:
    """Ask for intents that have not ended, by status."""
    query = select(intents).where(NOT_ENDED, intents.c.status.in_(statuses))
    return _narrowed(query, account, symbol)


def awaiting_fills_query(account: str, symbol: str | None) -> Select[Any]:
    """Ask for intents whose fills are to be fetched."""
    return _narrowed(select(intents).where(AWAITING_FILLS), account, symbol)


def answered_query(from_ms: int, to_ms: int, limit: int) -> Select[Any]:
    """Ask for intents whose answer came or changed in [from_ms, to_ms)."""
    query = select(intents).where(intents.c.answered_ms >= from_ms, intents.c.answered_ms < to_ms)
    return query.order_by(intents.c.answered_ms, intents.c.id).limit(limit)


class Due(Chapter):
    """What the sweep, the followers and the fetchers of fills ask."""

    def due(self, now_ms: int, limit: int) -> Sequence[Intent]:
        """Return intents whose `next_wake_ms` has come, longest due first."""
        return self._intents(due_query(now_ms, limit))

    def schedule(self, wakes: Mapping[int, int]) -> None:
        """Set `next_wake_ms` of intents by id and count the wake, in one transaction.

        An intent that has ended with all its fills since it was found due stays asleep.
        """
        if not wakes:
            return
        asleep = or_(NOT_ENDED, AWAITING_FILLS)
        change = (
            update(intents)
            .where(intents.c.id == bindparam("of_intent"), asleep)
            .values(next_wake_ms=bindparam("wake_ms"), wakes=intents.c.wakes + 1)
        )
        # By id, so that two sweeps take their locks in the same order.
        rows = [{"of_intent": key, "wake_ms": wakes[key]} for key in sorted(wakes)]
        with self._store.write() as work:
            work.connection.execute(change, rows)

    def resting(self, account: str | None = None) -> Sequence[Intent]:
        """Return intents that rest on the exchange (NEW, PARTIALLY_FILLED)."""
        return self._intents(status_query(RESTING, account))

    def live(self, account: str) -> Sequence[Intent]:
        """Return every intent of an account that has not ended."""
        return self._intents(status_query(LIVE, account))

    def in_doubt(self, account: str, symbol: str) -> Sequence[Intent]:
        """Return SENDING, UNKNOWN and QUARANTINED intents of a symbol."""
        return self._intents(status_query(IN_DOUBT, account, symbol))

    def awaiting_fills(self, account: str, symbol: str | None = None) -> Sequence[Intent]:
        """Return intents on the exchange that end at once, or whose fills are not all here.

        What is not known to be on the exchange has no fills to wait for: it is resolved.
        """
        return self._intents(awaiting_fills_query(account, symbol))

    def answered_between(
        self, from_ms: int, to_ms: int, limit: int
    ) -> Sequence[tuple[int, Intent]]:
        """Return answerable intents that last moved in [from_ms, to_ms) and when, oldest first."""
        with self._store.read() as connection:
            rows = connection.execute(answered_query(from_ms, to_ms, limit)).mappings()
            return [(row["answered_ms"], intent_of(row)) for row in rows]

    def _intents(self, query: Select[Any]) -> Sequence[Intent]:
        with self._store.read() as connection:
            return intents_of(connection, query)


def _narrowed(query: Select[Any], account: str | None, symbol: str | None) -> Select[Any]:
    if account is not None:
        query = query.where(intents.c.account == account)
    if symbol is not None:
        query = query.where(intents.c.symbol == symbol)
    return query.order_by(intents.c.id)
