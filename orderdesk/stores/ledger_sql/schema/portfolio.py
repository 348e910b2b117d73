"""What the account holds: balances as they were read, and the books against them."""

from sqlalchemy import BigInteger, Boolean, Column, Integer, PrimaryKeyConstraint, Table, Text

from orderdesk.stores.ledger_sql.column_types import Amount, RowId
from orderdesk.stores.ledger_sql.schema.ground import metadata

balance_snapshots = Table(
    "balance_snapshots",
    metadata,
    Column("account", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("asset", Text, nullable=False),
    Column("free", Amount, nullable=False),
    Column("locked", Amount, nullable=False),
    PrimaryKeyConstraint("account", "at_ms", "asset"),
)

asset_cursors = Table(
    "asset_cursors",
    metadata,
    Column("account", Text, primary_key=True),
    Column("fill_id", RowId, nullable=False),
    Column("since_ms", BigInteger, nullable=False),
    Column("syncs", BigInteger, nullable=False),
)
"""Up to which fill the books of assets go; `syncs` tells two syncs at once apart."""

asset_books = Table(
    "asset_books",
    metadata,
    Column("account", Text, nullable=False),
    Column("asset", Text, nullable=False),
    Column("since_ms", BigInteger, nullable=False),
    Column("baseline", Amount, nullable=False),
    Column("ours", Amount, nullable=False),
    Column("fees", Amount, nullable=False),
    Column("moved", Amount, nullable=False),
    Column("drift", Amount, nullable=False),
    Column("drift_syncs", Integer, nullable=False),
    Column("level_ms", BigInteger, nullable=False),
    Column("settled", Boolean, nullable=False),
    PrimaryKeyConstraint("account", "asset"),
)
"""Our fills against their balances, one row an asset: running sums, so nothing is added up."""
