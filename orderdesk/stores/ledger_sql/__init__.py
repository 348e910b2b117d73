"""The ledger in SQL: SQLite now, written so that PostgreSQL can follow."""

from orderdesk.stores.ledger_sql.ledger import LedgerSql

__all__ = ["LedgerSql"]
