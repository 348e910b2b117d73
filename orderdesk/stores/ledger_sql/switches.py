"""Switches: standing orders to the desk, each with its whole history."""

from typing import Any

from sqlalchemy import bindparam, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from orderdesk.core.events import Event, EventKind
from orderdesk.core.intents import Switch
from orderdesk.stores.ledger_sql.birth import KILL
from orderdesk.stores.ledger_sql.chapter import Chapter
from orderdesk.stores.ledger_sql.prepared import Question, Row
from orderdesk.stores.ledger_sql.schema import switch_history, switches
from orderdesk.stores.ledger_sql.store import Work

_OF_NAME = select(switches).where(switches.c.name == bindparam("switch"))
_BY_NAME = Question(_OF_NAME)
_LOCKED = Question(_OF_NAME.with_for_update(read=True))
# Reading without a lock goes on.
_ALONE = text("LOCK TABLE switches IN EXCLUSIVE MODE")


def locked_switch(work: Work, name: str) -> Switch | None:
    """Return a switch; nobody can set it before this transaction has ended."""
    return _switch_of(_LOCKED.first(work.connection, switch=name))


def alone(work: Work) -> None:
    """Wait for every transaction that has read a switch, before those that come later.

    In PostgreSQL readers who share a row's lock let further readers join them, and on a busy
    desk whoever would set the switch waits for ever. Locks of tables are served in turn.
    """
    if work.locks_rows:
        work.connection.execute(_ALONE)


class Switches(Chapter):
    """Reading and setting switches."""

    def switch(self, name: str) -> Switch | None:
        """Return a switch as it was last set, or None if it never was."""
        with self._store.read() as connection:
            return _switch_of(_BY_NAME.first(connection, switch=name))

    def set_switch(self, switch: Switch) -> None:
        """Set a switch, recorded; no attempt that opens after this returns overlooks it."""
        row = {
            "name": switch.name,
            "engaged": switch.engaged,
            "reason": switch.reason,
            "by": switch.by,
            "at_ms": switch.at_ms,
        }
        with self._store.write() as work:
            alone(work)
            _put(work, {**row, "verified_ms": None})
            work.connection.execute(insert(switch_history).values(row))
            if switch.name == KILL:
                work.tell(_kill_event(switch))


def _put(work: Work, row: dict[str, Any]) -> None:
    change = update(switches).where(switches.c.name == row["name"]).values(row)
    if work.connection.execute(change).rowcount:
        return
    try:
        with work.savepoint():
            work.connection.execute(insert(switches).values(row))
    except IntegrityError:
        # On PostgreSQL another transaction may have set it for the first time just now.
        work.connection.execute(change)


def _kill_event(switch: Switch) -> Event:
    kind = EventKind.KILL_ENGAGED if switch.engaged else EventKind.KILL_RELEASED
    return Event(kind, switch.at_ms, data={"reason": switch.reason, "by": switch.by})


def _switch_of(row: Row | None) -> Switch | None:
    if row is None or row["at_ms"] is None:
        return None
    return Switch(**row)
