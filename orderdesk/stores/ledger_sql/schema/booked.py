"""What was booked: trades, events, and the letters that nobody could deliver."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)

from orderdesk.stores.ledger_sql.column_types import Amount, JsonText, RowId
from orderdesk.stores.ledger_sql.schema.ground import OF_AN_ORDER, OPEN_LETTER, metadata, partial

fills = Table(
    "fills",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("intent_id", RowId, ForeignKey("intents.id"), nullable=False),
    Column("account", Text, nullable=False),
    Column("symbol", Text, nullable=False),
    Column("trade_id", Text, nullable=False),
    Column("order_id", Text, nullable=False),
    Column("client_order_id", Text),
    Column("side", Text, nullable=False),
    Column("quantity", Amount, nullable=False),
    Column("quote_quantity", Amount, nullable=False),
    Column("price", Amount, nullable=False),
    Column("commission", Amount, nullable=False),
    Column("commission_asset", Text, nullable=False),
    Column("is_maker", Boolean, nullable=False),
    Column("traded_ms", BigInteger, nullable=False),
    Column("booked_ms", BigInteger, nullable=False),
    UniqueConstraint("account", "symbol", "trade_id", name="uq_fills_trade"),
    Index("ix_fills_intent", "intent_id"),
)

events = Table(
    "events",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("account", Text, nullable=False),
    Column("order_key", Text, nullable=False),
    Column("trace_id", Text, nullable=False),
    Column("data", JsonText, nullable=False),
    partial("ix_events_order", "account", "order_key", "id", where=OF_AN_ORDER),
)

dead_letters = Table(
    "dead_letters",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("at_ms", BigInteger, nullable=False),
    Column("task", Text, nullable=False),
    Column("task_id", Text, nullable=False),
    Column("arguments", JsonText, nullable=False),
    Column("reason", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("trace", Text, nullable=False),
    Column("order", Text),
    Column("account", Text),
    Column("state", Text, nullable=False),
    Column("note", Text),
    # Messages without a task id are never the same message, so they are left out.
    partial("uq_dead_letters_open", "task_id", "reason", where=OPEN_LETTER, unique=True),
    Index("ix_dead_letters_state", "state", "id"),
)
