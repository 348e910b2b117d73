"""Risk as others ask for it: counters, valuations, drift, and limits that change at run time."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select

from orderdesk.core.events import Event, EventKind
from orderdesk.core.risk.exposure import DUST, Counters, Standing, rolled
from orderdesk.core.risk.limits import LimitChange
from orderdesk.stores.ledger_sql import exposure_rows
from orderdesk.stores.ledger_sql.chapter import Chapter
from orderdesk.stores.ledger_sql.exposure_rows import WHOLE
from orderdesk.stores.ledger_sql.schema import exposures, limit_history
from orderdesk.stores.ledger_sql.store import Work


class Risk(Chapter):
    """The part of the ledger that the risk gate and its watch ask."""

    def standing(self, account: str, symbol: str) -> Standing:
        """Return what is at risk now, on the account and on a symbol."""
        with self._store.read() as connection:
            return exposure_rows.standing_of(connection, account, symbol)

    def exposures(self, account: str) -> Sequence[Counters]:
        """Return the account's counters and every symbol's, the account first."""
        query = select(exposures).where(exposures.c.account == account)
        with self._store.read() as connection:
            rows = connection.execute(query.order_by(exposures.c.symbol)).mappings()
            found = [exposure_rows.counters_of(row) for row in rows]
        return found or [Counters(account)]

    def value(self, account: str, prices: Mapping[str, Decimal], *, now_ms: int) -> Counters:
        """Value open positions at prices (quote per base); return the account's counters.

        The account counts as valued now only if no open position is missing among them. The
        UTC day turns here too, on the value that was known last.
        """
        with self._store.write() as work:
            whole = exposure_rows.locked(work, account, WHOLE).account
            exposure_rows.change(work, rolled(whole, now_ms))
            for symbol in sorted(prices):
                _value(work, account, symbol, prices[symbol], now_ms)
            whole = exposure_rows.locked(work, account, WHOLE).account
            if _held(work, account) <= prices.keys():
                whole = replace(whole, marked_ms=now_ms)
                exposure_rows.change(work, whole)
            return whole

    def note_drift(self, account: str, *, drifted: bool) -> int:
        """Count a sync that found less than our fills say, or begin anew; return how many."""
        with self._store.write() as work:
            whole = exposure_rows.locked(work, account, WHOLE).account
            drifts = whole.drifts + 1 if drifted else 0
            exposure_rows.change(work, replace(whole, drifts=drifts))
            return drifts

    def set_limit(self, change: LimitChange) -> LimitChange:
        """Change a limit, recorded; from its commit on it holds. Returns it with its old value."""
        with self._store.write() as work:
            standing = exposure_rows.locked(work, change.account, change.symbol)
            limits = dict(standing.symbol.limits)
            change = replace(change, old=limits.pop(change.name, None))
            if change.new is not None:
                limits[change.name] = change.new
            exposure_rows.change(work, replace(standing.symbol, limits=limits))
            work.connection.execute(insert(limit_history).values(_columns(change)))
            work.tell(_event(change))
            return change

    def limit_changes(self, limit: int = 50) -> Sequence[LimitChange]:
        """Return changes of limits, newest first."""
        query = select(limit_history).order_by(limit_history.c.id.desc()).limit(limit)
        with self._store.read() as connection:
            rows = connection.execute(query).mappings()
            return [LimitChange(**{n: row[n] for n in row if n != "id"}) for row in rows]


def _value(work: Work, account: str, symbol: str, price: Decimal, now_ms: int) -> None:
    standing = exposure_rows.locked(work, account, symbol)
    valued = replace(
        standing.symbol,
        mark=price,
        unrealised=standing.symbol.position.unrealised(price),
        marked_ms=now_ms,
    )
    exposure_rows.change(work, exposure_rows.revalued(valued, standing, now_ms=now_ms))
    exposure_rows.change(work, valued)


def _held(work: Work, account: str) -> set[str]:
    """Return the symbols with an open position; one row a symbol, however many orders it had."""
    query = select(exposures.c.symbol, exposures.c.cost).where(
        exposures.c.account == account, exposures.c.symbol != WHOLE
    )
    return {symbol for symbol, cost in work.connection.execute(query) if cost >= DUST}


def _columns(change: LimitChange) -> dict[str, Any]:
    return {name: getattr(change, name) for name in change.__slots__}


def _event(change: LimitChange) -> Event:
    data = {
        "symbol": change.symbol,
        "limit": change.name,
        "old": change.old,
        "new": change.new,
        "by": change.by,
        "reason": change.reason,
    }
    return Event(EventKind.LIMIT_CHANGED, change.at_ms, account=change.account, data=data)
