"""What is at risk, what limits it, and the standing orders that stop everything."""

from sqlalchemy import BigInteger, Boolean, Column, Integer, PrimaryKeyConstraint, Table, Text

from orderdesk.stores.ledger_sql.column_types import Amount, JsonText, RowId
from orderdesk.stores.ledger_sql.schema.ground import metadata

exposures = Table(
    "exposures",
    metadata,
    Column("account", Text, nullable=False),
    # Empty: the account as a whole.
    Column("symbol", Text, nullable=False),
    Column("base", Text, nullable=False),
    Column("quote", Text, nullable=False),
    Column("reserved_buy", Amount, nullable=False),
    Column("reserved_sell", Amount, nullable=False),
    Column("open_orders", Integer, nullable=False),
    Column("quantity", Amount, nullable=False),
    Column("cost", Amount, nullable=False),
    Column("realised", Amount, nullable=False),
    Column("uncovered", Amount, nullable=False),
    Column("fees", JsonText, nullable=False),
    Column("engaged", Integer, nullable=False),
    Column("mark", Amount),
    Column("unrealised", Amount, nullable=False),
    Column("marked_ms", BigInteger),
    Column("day", Integer, nullable=False),
    Column("day_realised", Amount, nullable=False),
    Column("day_base", Amount, nullable=False),
    Column("last_order_ms", BigInteger),
    Column("orders", JsonText, nullable=False),
    Column("answers", JsonText, nullable=False),
    Column("errors", JsonText, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("drifts", Integer, nullable=False),
    Column("limits", JsonText, nullable=False),
    PrimaryKeyConstraint("account", "symbol"),
)
"""What is at risk, one row a symbol and one for the account: counters, so nothing is summed."""

limit_history = Table(
    "limit_history",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("at_ms", BigInteger, nullable=False),
    Column("account", Text, nullable=False),
    Column("symbol", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("old", Text),
    Column("new", Text),
    Column("by", Text, nullable=False),
    Column("reason", Text, nullable=False),
)

switches = Table(
    "switches",
    metadata,
    Column("name", Text, primary_key=True),
    Column("engaged", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    # NULL until it is first set: the row must be there before, to be locked by readers.
    Column("at_ms", BigInteger),
    # When it was verified that nothing is open any more; NULL until then.
    Column("verified_ms", BigInteger),
)

switch_history = Table(
    "switch_history",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("name", Text, nullable=False),
    Column("engaged", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
)

heartbeats = Table(
    "heartbeats",
    metadata,
    Column("name", Text, primary_key=True),
    Column("at_ms", BigInteger, nullable=False),
)
