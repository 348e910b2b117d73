"""Commands that are no orders: only that they were taken up."""

from collections.abc import Sequence

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from orderdesk.stores.ledger_sql.chapter import Chapter
from orderdesk.stores.ledger_sql.pieces import in_pieces
from orderdesk.stores.ledger_sql.schema import commands, intents


class Commands(Chapter):
    """What the sweep of the intake asks."""

    def note_command(self, account: str, idempotency_key: str, task: str, *, now_ms: int) -> None:
        """Remember that a command other than `place_order` was taken up; once is enough."""
        if self.known([(account, idempotency_key)]):
            return
        row = {"account": account, "idempotency_key": idempotency_key, "task": task}
        with self._store.write() as work:
            try:
                with work.connection.begin_nested():
                    work.connection.execute(insert(commands).values(at_ms=now_ms, **row))
            except IntegrityError:
                # Another worker has the same message and was faster.
                return

    def known(self, names: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
        """Return which (account, idempotency_key) pairs have an intent or a noted command."""
        with self._store.read() as connection:
            return {
                (account, key)
                for table in (intents, commands)
                for account in {account for account, _ in names}
                for piece in in_pieces([key for of, key in names if of == account])
                for key in connection.scalars(
                    select(table.c.idempotency_key).where(
                        table.c.account == account, table.c.idempotency_key.in_(piece)
                    )
                )
            }
