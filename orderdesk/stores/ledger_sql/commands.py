"""Commands that are no orders: only that they were taken up."""

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Column, Row, Table, insert, select
from sqlalchemy.exc import IntegrityError

from orderdesk.stores.ledger_sql.chapter import Chapter
from orderdesk.stores.ledger_sql.pieces import in_pieces
from orderdesk.stores.ledger_sql.schema import commands, intents


class Commands(Chapter):
    """What the sweep of the intake asks."""

    def note_command(self, account: str, idempotency_key: str, task: str, *, now_ms: int) -> None:
        """Remember that a command was taken up that leaves no intent; once is enough."""
        if self.noted([(account, idempotency_key)]):
            return
        row = {"account": account, "idempotency_key": idempotency_key, "task": task}
        with self._store.write() as work:
            try:
                with work.savepoint():
                    work.connection.execute(insert(commands).values(at_ms=now_ms, **row))
            except IntegrityError:
                # Another worker has the same message and was faster.
                return

    def noted(self, names: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
        """Return which (account, name) pairs have a noted command."""
        found = self._named(commands, names, commands.c.task)
        return {(row.account, row.idempotency_key) for row in found}

    def parameter_hashes(self, keys: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], str]:
        """Return the parameter hash of the intent that has a key, where one has it."""
        found = self._named(intents, keys, intents.c.parameter_hash)
        return {(row.account, row.idempotency_key): row.parameter_hash for row in found}

    def _named(
        self, table: Table, names: Sequence[tuple[str, str]], column: Column[str]
    ) -> Iterator[Row[tuple[str, str, str]]]:
        """Yield (account, idempotency_key, that column) of the rows that are named."""
        with self._store.read() as connection:
            for account in {account for account, _ in names}:
                for piece in in_pieces([key for of, key in names if of == account]):
                    rows = select(table.c.account, table.c.idempotency_key, column).where(
                        table.c.account == account, table.c.idempotency_key.in_(piece)
                    )
                    yield from connection.execute(rows)
