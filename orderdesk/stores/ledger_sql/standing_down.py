"""What the kill switch needs of the ledger, and the signs of life that keep it from engaging."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from orderdesk.core.events import Event, EventKind
from orderdesk.core.fence import GATEWAY_SKEW_MS, VISIBILITY_LAG_MS
from orderdesk.core.intents import Intent
from orderdesk.core.orders import OrderStatus
from orderdesk.stores.ledger_sql import doubt_rows, exposure_rows, intent_rows
from orderdesk.stores.ledger_sql.birth import KILL
from orderdesk.stores.ledger_sql.cancelling import requested
from orderdesk.stores.ledger_sql.chapter import Chapter
from orderdesk.stores.ledger_sql.due import status_query
from orderdesk.stores.ledger_sql.ending import end
from orderdesk.stores.ledger_sql.exposure_rows import WHOLE
from orderdesk.stores.ledger_sql.schema import (
    LIVE,
    OPEN_ATTEMPT,
    attempts,
    exposures,
    heartbeats,
    switches,
)
from orderdesk.stores.ledger_sql.store import Work
from orderdesk.stores.ledger_sql.switches import alone

_PROOF_MS = func.max(attempts.c.stamp_ms + attempts.c.window_ms)
_VERIFY = (
    update(switches)
    .where(
        switches.c.name == KILL,
        switches.c.engaged,
        switches.c.at_ms == bindparam("since_ms"),
        switches.c.verified_ms.is_(None),
    )
    .values(verified_ms=bindparam("now_ms"))
)


class StandingDown(Chapter):
    """Point 10 of the placement protocol: ending what waits, and knowing when it is over."""

    def stand_down(self, account: str, *, reason: str, now_ms: int, limit: int) -> Sequence[Intent]:
        """Write a cancel request down for what is live, end DENIED what waits to be sent.

        What a doubt concerns is left to its owner. Returns what was ended, at most `limit` of it.
        """
        with self._store.read() as connection:
            ids = [row["id"] for row in connection.execute(status_query(LIVE, account)).mappings()]
        with self._store.write() as work:
            ended: list[Intent] = []
            # By id, so that two who do this at once take their locks in the same order.
            for intent_id in sorted(ids):
                intent = intent_rows.locked(work, intent_id)
                waits = intent.status is OrderStatus.RECEIVED
                if waits and doubt_rows.concern(work.connection, intent, now_ms=now_ms):
                    # It may be on the exchange: only its owner ends it, who looks first.
                    continue
                if waits and len(ended) < limit:
                    ended.append(_denied(work, intent, reason=reason, now_ms=now_ms))
                elif not intent.ended and intent.cancel_requested_ms is None:
                    requested(work, intent, reason=reason, now_ms=now_ms)
            return ended

    def proof_ms(self) -> int:
        """Return when (exchange ms) absence of every open attempt is proof; 0 if none is open."""
        with self._store.read() as connection:
            lands_by_ms = connection.scalar(select(_PROOF_MS).where(OPEN_ATTEMPT))
        return 0 if lands_by_ms is None else lands_by_ms + GATEWAY_SKEW_MS + VISIBILITY_LAG_MS

    def verify_kill(self, *, engaged_ms: int, now_ms: int) -> bool:
        """Note that nothing is open any more, for the kill that was engaged then; once."""
        with self._store.write() as work:
            alone(work)
            values = {"since_ms": engaged_ms, "now_ms": now_ms}
            first = work.connection.execute(_VERIFY, values).rowcount > 0
            if first:
                work.tell(Event(EventKind.KILL_VERIFIED, now_ms))
            return first

    def forgive(self) -> None:
        """Begin every count anew that a trigger looks at, as a release does."""
        with self._store.write() as work:
            rows = select(exposures.c.account).where(exposures.c.symbol == WHOLE)
            for account in sorted(work.connection.scalars(rows)):
                whole = exposure_rows.locked(work, account, WHOLE).account
                clean = replace(whole, answers={}, errors={}, failures=0, drifts=0)
                exposure_rows.change(work, clean)

    def beat(self, name: str, at_ms: int) -> None:
        """Note a sign of life; an `at_ms` of 0 ends the watch over this name."""
        table = heartbeats
        with self._store.write() as work:
            if at_ms == 0:
                work.connection.execute(delete(table).where(table.c.name == name))
                return
            change = update(table).where(table.c.name == name).values(at_ms=at_ms)
            if work.connection.execute(change).rowcount:
                return
            try:
                with work.savepoint():
                    work.connection.execute(insert(table).values(name=name, at_ms=at_ms))
            except IntegrityError:
                work.connection.execute(change)

    def heartbeats(self) -> Mapping[str, int]:
        """Return when each watched name gave its last sign of life."""
        with self._store.read() as connection:
            rows = connection.execute(select(heartbeats))
            return {row.name: row.at_ms for row in rows}


def _denied(work: Work, intent: Intent, *, reason: str, now_ms: int) -> Intent:
    if intent.cancel_requested_ms is not None:
        return end(work, intent, OrderStatus.CANCELED, reason=reason, now_ms=now_ms)
    status = OrderStatus.DENIED
    return end(work, intent, status, code="KILL_SWITCH", reason=reason, now_ms=now_ms)
