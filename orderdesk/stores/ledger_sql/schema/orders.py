"""Orders and the tries to place them: intents, attempts, absences, and what was asked of them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

from orderdesk.stores.ledger_sql.column_types import Amount, JsonText, RowId
from orderdesk.stores.ledger_sql.schema.ground import (
    ANSWERED,
    AWAITING_FILLS,
    NOT_ENDED,
    OPEN_ATTEMPT,
    TO_WAKE,
    metadata,
    partial,
)

commands = Table(
    "commands",
    metadata,
    Column("account", Text, nullable=False),
    Column("idempotency_key", Text, nullable=False),
    Column("task", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    PrimaryKeyConstraint("account", "idempotency_key"),
)
"""Commands that are no orders, such as cancels, so that the sweep knows they were taken up."""

intents = Table(
    "intents",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("account", Text, nullable=False),
    Column("idempotency_key", Text, nullable=False),
    Column("client_order_id", Text, nullable=False),
    Column("parameter_hash", Text, nullable=False),
    Column("task_id", Text, nullable=False),
    Column("symbol", Text, nullable=False),
    Column("side", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("quantity", Amount),
    Column("quote_quantity", Amount),
    Column("price", Amount),
    Column("status", Text, nullable=False),
    Column("deadline_ms", BigInteger, nullable=False),
    Column("received_ms", BigInteger, nullable=False),
    Column("trace_id", Text, nullable=False),
    Column("command", JsonText, nullable=False),
    Column("order_id", Text),
    Column("executed_quantity", Amount, nullable=False),
    Column("executed_quote", Amount, nullable=False),
    Column("fills", Integer, nullable=False),
    Column("filled_quantity", Amount, nullable=False),
    Column("commissions", JsonText, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("reserved_notional", Amount, nullable=False),
    Column("reason", Text),
    Column("code", Text),
    Column("cancel_requested_ms", BigInteger),
    Column("next_wake_ms", BigInteger),
    Column("wakes", Integer, nullable=False),
    Column("throttled_ms", BigInteger),
    Column("sent_ms", BigInteger),
    Column("acknowledged_ms", BigInteger),
    Column("filled_ms", BigInteger),
    Column("ended_ms", BigInteger),
    # Derived from the above on every write, so that an index can hold them:
    Column("answered_ms", BigInteger),
    Column("awaiting_fills", Boolean, nullable=False),
    UniqueConstraint("account", "idempotency_key", name="uq_intents_key"),
    UniqueConstraint("account", "client_order_id", name="uq_intents_client_order_id"),
    Index("ix_intents_symbol", "account", "symbol", "received_ms"),
    partial("ix_intents_to_wake", "next_wake_ms", "id", where=TO_WAKE),
    partial("ix_intents_not_ended", "status", "account", "symbol", where=NOT_ENDED),
    partial("ix_intents_awaiting_fills", "account", "symbol", where=AWAITING_FILLS),
    partial("ix_intents_answered", "answered_ms", "id", where=ANSWERED),
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("intent_id", RowId, ForeignKey("intents.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("stamp_ms", BigInteger, nullable=False),
    Column("window_ms", Integer, nullable=False),
    Column("request_hash", Text, nullable=False),
    Column("notional", Amount, nullable=False),
    Column("state", Text, nullable=False),
    Column("answer", Text),
    Column("closed_ms", BigInteger),
    UniqueConstraint("intent_id", "number", name="uq_attempts_number"),
    # The heart of the promise: two attempts of one intent are never open together.
    partial("uq_attempts_open", "intent_id", where=OPEN_ATTEMPT, unique=True),
    # Ids are the attempt counter that Redis remembers: they must never come again.
    sqlite_autoincrement=True,
)

absences = Table(
    "absences",
    metadata,
    Column("attempt_id", RowId, ForeignKey("attempts.id"), nullable=False),
    Column("asked_ms", BigInteger, nullable=False),
    Column("noted_ms", BigInteger, nullable=False),
    PrimaryKeyConstraint("attempt_id", "asked_ms"),
)

cancel_requests = Table(
    "cancel_requests",
    metadata,
    Column("account", Text, nullable=False),
    Column("client_order_id", Text, nullable=False),
    Column("requested_ms", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    PrimaryKeyConstraint("account", "client_order_id"),
)
