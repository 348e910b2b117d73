"""Who the ledger is, whose accounts it keeps, and what it may have forgotten."""

from sqlalchemy import BigInteger, Column, Table, Text

from orderdesk.stores.ledger_sql.column_types import RowId
from orderdesk.stores.ledger_sql.schema.ground import metadata

ledger = Table(
    "ledger",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("ledger_id", Text, nullable=False),
    # Where it was last known to live, in PostgreSQL (`lineage.py`).
    Column("lineage", Text),
)

accounts = Table(
    "accounts",
    metadata,
    Column("account", Text, primary_key=True),
    Column("desk_id", Text, nullable=False),
    Column("venue", Text, nullable=False),
)

account_uids = Table(
    "account_uids",
    metadata,
    Column("account", Text, primary_key=True),
    Column("uid", Text, nullable=False),
    Column("bound_ms", BigInteger, nullable=False),
)
"""The venue's own number of each account, once it has told it."""

doubts = Table(
    "doubts",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("since_ms", BigInteger, nullable=False),
    Column("until_ms", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
)
