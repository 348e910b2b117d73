"""The books of assets: one row an asset, moved on at each sync by the fills that came since."""

from collections.abc import Sequence
from dataclasses import fields

from sqlalchemy import delete, func, insert, select, update

from orderdesk.core.asset_books import AssetBook
from orderdesk.ports.ledger import BookedFill, Books
from orderdesk.stores.ledger_sql import named_locks, schema
from orderdesk.stores.ledger_sql.chapter import Chapter
from orderdesk.stores.ledger_sql.rows import fill_of

_FIELDS = tuple(field.name for field in fields(AssetBook))


class AssetBooks(Chapter):
    """What `sync_portfolio` keeps; nothing else writes here."""

    def asset_books(self, account: str) -> Books | None:
        """Return an account's books; None before the first sync."""
        cursor, table = schema.asset_cursors, schema.asset_books
        with self._store.read() as connection:
            of = select(cursor).where(cursor.c.account == account)
            row = connection.execute(of).mappings().one_or_none()
            if row is None:
                return None
            query = select(table).where(table.c.account == account)
            rows = connection.execute(query).mappings().all()
        books = {row["asset"]: AssetBook(**{n: row[n] for n in _FIELDS}) for row in rows}
        return Books(books, row["fill_id"], row["since_ms"], row["syncs"])

    def save_asset_books(self, account: str, after: Books, *, was: Books | None) -> bool:
        """Keep the books as they are after a sync; False if another sync was quicker."""
        cursor, table = schema.asset_cursors, schema.asset_books
        with self._store.write() as work:
            named_locks.hold(work.connection, "books", account)
            values = {"fill_id": after.fill_id, "since_ms": after.since_ms}
            if was is None:
                known = select(cursor.c.account).where(cursor.c.account == account)
                if work.connection.execute(known).first() is not None:
                    return False
                work.connection.execute(insert(cursor).values(account=account, syncs=1, **values))
            else:
                moved = update(cursor).where(
                    cursor.c.account == account, cursor.c.syncs == was.syncs
                )
                values["syncs"] = was.syncs + 1
                if work.connection.execute(moved.values(**values)).rowcount == 0:
                    return False
            work.connection.execute(delete(table).where(table.c.account == account))
            rows = [
                {"account": account} | {name: getattr(book, name) for name in _FIELDS}
                for book in after.books.values()
            ]
            if rows:
                work.connection.execute(insert(table), rows)
            return True

    def fills_after(self, account: str, fill_id: int, limit: int) -> Sequence[BookedFill]:
        """Return an account's fills in the order they were booked, from the one behind an id."""
        table = schema.fills
        query = select(table).where(table.c.id > fill_id, table.c.account == account)
        with self._store.read() as connection:
            rows = connection.execute(query.order_by(table.c.id).limit(limit)).mappings()
            return [BookedFill(row["id"], row["booked_ms"], fill_of(row)) for row in rows]

    def last_fill_id(self) -> int:
        """Return the number of the newest fill, 0 if there is none."""
        with self._store.read() as connection:
            return connection.scalar(select(func.max(schema.fills.c.id))) or 0
