"""Who the ledger is, whose accounts it keeps, and what it may have forgotten."""

from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from orderdesk.core.events import Event, EventKind
from orderdesk.core.intents import Doubt
from orderdesk.errors import DeskHalted
from orderdesk.stores.ledger_sql import doubt_rows, lineage
from orderdesk.stores.ledger_sql.chapter import Chapter
from orderdesk.stores.ledger_sql.schema import account_uids, accounts, attempts, doubts, ledger
from orderdesk.stores.ledger_sql.store import Work


class Identity(Chapter):
    """What a process asks before it starts to work."""

    def ledger_id(self) -> str:
        """Return the random id this ledger was born with."""
        with self._store.read() as connection:
            return str(connection.execute(select(ledger.c.ledger_id)).scalar_one())

    def attempt_counter(self) -> int:
        """Return the highest attempt id ever given, 0 if none was."""
        # Attempts are never deleted, so the highest row is the highest ever given.
        with self._store.read() as connection:
            return connection.scalar(select(func.max(attempts.c.id))) or 0

    def bind_account(self, account: str, *, desk_id: str, venue: str) -> None:
        """Bind an account alias for ever.

        Raises:
            DeskHalted: it is bound to another desk or venue.
        """
        with self._store.write() as work:
            desk_now, venue_now = _bound(work, account) or _bind(work, account, desk_id, venue)
            if (desk_now, venue_now) != (desk_id, venue):
                raise DeskHalted(
                    f"account {account!r} belongs to desk {desk_now!r} on {venue_now!r} in this "
                    f"ledger, not to desk {desk_id!r} on {venue!r}: use another alias"
                )

    def bind_uid(self, account: str, uid: str, *, now_ms: int) -> None:
        """Bind an account alias to the venue's own account number, for ever.

        Raises:
            DeskHalted: it is bound to another number.
        """
        with self._store.write() as work:
            bound = _uid_of(work, account) or _bind_uid(work, account, uid, now_ms)
        if bound != uid:
            raise DeskHalted(
                f"account {account!r} is bound to the venue's account {bound} in this ledger, and "
                f"the key in use belongs to account {uid}: give the first account's key, or use "
                "another DESK_ID with a ledger and a Redis of its own"
            )

    def doubt(self) -> Doubt | None:
        """Return the doubt that stands, if any; whether it has run out is for the caller."""
        with self._store.read() as connection:
            return doubt_rows.standing(connection)

    def moved(self) -> bool:
        """Tell whether this database is not the one the ledger was last known to live in.

        Restored, or a standby that took over: until a doubt is begun, no attempt opens.
        """
        with self._store.read() as connection:
            return lineage.moved(connection)

    def begin_doubt(self, doubt: Doubt) -> None:
        """Write a doubt down; a later `until_ms` and a later `since_ms` win over earlier ones.

        The database as it is now is then known.
        """
        data = {"until_ms": doubt.until_ms, "reason": doubt.reason}
        with self._store.write() as work:
            work.connection.execute(insert(doubts).values(data | {"since_ms": doubt.since_ms}))
            lineage.take_over(work.connection)
            work.tell(Event(EventKind.DOUBT, doubt.since_ms, data=data))


def _bound(work: Work, account: str) -> tuple[str, str] | None:
    query = select(accounts.c.desk_id, accounts.c.venue).where(accounts.c.account == account)
    row = work.connection.execute(query).first()
    return None if row is None else (row.desk_id, row.venue)


def _bind(work: Work, account: str, desk_id: str, venue: str) -> tuple[str, str]:
    row = {"account": account, "desk_id": desk_id, "venue": venue}
    try:
        with work.savepoint():
            work.connection.execute(insert(accounts).values(row))
    except IntegrityError:
        # On PostgreSQL another process may have bound it just now.
        return _bound(work, account) or (desk_id, venue)
    return desk_id, venue


def _uid_of(work: Work, account: str) -> str | None:
    query = select(account_uids.c.uid).where(account_uids.c.account == account)
    return work.connection.scalar(query)


def _bind_uid(work: Work, account: str, uid: str, now_ms: int) -> str:
    row = {"account": account, "uid": uid, "bound_ms": now_ms}
    try:
        with work.savepoint():
            work.connection.execute(insert(account_uids).values(row))
    except IntegrityError:
        # On PostgreSQL another process may have bound it just now.
        return _uid_of(work, account) or uid
    return uid
