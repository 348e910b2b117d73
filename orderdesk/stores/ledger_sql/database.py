"""What a ledger's database must be able to do, wherever it lives."""

from contextlib import AbstractContextManager
from typing import Protocol

from sqlalchemy import Connection


class Gone(Exception):
    """The ledger is closed, or its file is not the one that was opened."""


class Database(Protocol):
    """One ledger's connections."""

    def reading(self) -> AbstractContextManager[Connection]:
        """Lend a connection in a transaction that sees one consistent state."""

    def writing(self) -> AbstractContextManager[Connection]:
        """Lend a connection in a write transaction, committed unless the block raises."""

    def close(self) -> None:
        """Close every connection; from then on `Gone` is raised."""
