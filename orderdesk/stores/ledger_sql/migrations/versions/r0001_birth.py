"""The ledger's first schema.

A released step is never changed: it says what the tables were, not what they are.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Compared byte by byte: what is unique must not hang on the host's locales.
_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_ENDED = "'CANCELED', 'DENIED', 'EXPIRED_UNSENT', 'FILLED', 'PARTIALLY_CANCELED', 'REJECTED'"


def upgrade() -> None:
    """Create everything."""
    _create_identity()
    _create_intents()
    _create_attempts()
    _create_fills()
    _create_events()
    _create_dead_letters()
    _create_standing_orders()


def _create_identity() -> None:
    op.create_table("ledger", _row_id(), *_texts("ledger_id"))
    op.create_table(
        "accounts",
        sa.Column("account", _TEXT, primary_key=True),
        *_texts("desk_id", "venue"),
    )
    op.create_table(
        "commands",
        *_texts("account", "idempotency_key", "task"),
        *_times("at_ms"),
        sa.PrimaryKeyConstraint("account", "idempotency_key"),
    )
    op.create_table("doubts", _row_id(), *_times("since_ms", "until_ms"), *_texts("reason"))
    op.create_table(
        "balance_snapshots",
        *_texts("account"),
        *_times("at_ms"),
        *_texts("asset", "free", "locked"),
        sa.PrimaryKeyConstraint("account", "at_ms", "asset"),
    )


def _create_intents() -> None:
    op.create_table(
        "intents",
        _row_id(),
        *_texts("account", "idempotency_key", "client_order_id", "parameter_hash", "task_id"),
        *_texts("symbol", "side", "type"),
        *_texts("quantity", "quote_quantity", "price", nullable=True),
        *_texts("status"),
        *_times("deadline_ms", "received_ms"),
        *_texts("trace_id", "command"),
        *_texts("order_id", nullable=True),
        *_texts("executed_quantity", "executed_quote"),
        *_counts("fills"),
        *_texts("filled_quantity", "commissions"),
        *_counts("attempts"),
        *_texts("reserved_notional"),
        *_texts("reason", "code", nullable=True),
        *_times("cancel_requested_ms", "next_wake_ms", nullable=True),
        *_counts("wakes"),
        *_times("throttled_ms", "sent_ms", "acknowledged_ms", nullable=True),
        *_times("filled_ms", "ended_ms", "answered_ms", nullable=True),
        _flag("awaiting_fills"),
        sa.UniqueConstraint("account", "idempotency_key", name="uq_intents_key"),
        sa.UniqueConstraint("account", "client_order_id", name="uq_intents_client_order_id"),
    )
    op.create_index("ix_intents_symbol", "intents", ["account", "symbol", "received_ms"])
    _partial("ix_intents_to_wake", ["next_wake_ms", "id"], where="next_wake_ms IS NOT NULL")
    _partial(
        "ix_intents_not_ended",
        ["status", "account", "symbol"],
        where=f"status NOT IN ({_ENDED})",
    )
    _partial("ix_intents_awaiting_fills", ["account", "symbol"], where="awaiting_fills")
    _partial("ix_intents_answered", ["answered_ms", "id"], where="answered_ms IS NOT NULL")


def _create_attempts() -> None:
    op.create_table(
        "attempts",
        _row_id(),
        sa.Column("intent_id", _ROW_ID, sa.ForeignKey("intents.id"), nullable=False),
        *_counts("number"),
        *_times("stamp_ms"),
        *_counts("window_ms"),
        *_texts("request_hash", "notional", "state"),
        *_texts("answer", nullable=True),
        *_times("closed_ms", nullable=True),
        sa.UniqueConstraint("intent_id", "number", name="uq_attempts_number"),
        sqlite_autoincrement=True,
    )
    _partial(
        "uq_attempts_open", ["intent_id"], where="state = 'OPEN'", table="attempts", unique=True
    )
    op.create_table(
        "absences",
        sa.Column("attempt_id", _ROW_ID, sa.ForeignKey("attempts.id"), nullable=False),
        *_times("asked_ms", "noted_ms"),
        sa.PrimaryKeyConstraint("attempt_id", "asked_ms"),
    )


def _create_fills() -> None:
    op.create_table(
        "fills",
        _row_id(),
        sa.Column("intent_id", _ROW_ID, sa.ForeignKey("intents.id"), nullable=False),
        *_texts("account", "symbol", "trade_id", "order_id"),
        *_texts("client_order_id", nullable=True),
        *_texts("side", "quantity", "quote_quantity", "price", "commission", "commission_asset"),
        _flag("is_maker"),
        *_times("traded_ms", "booked_ms"),
        sa.UniqueConstraint("account", "symbol", "trade_id", name="uq_fills_trade"),
    )
    op.create_index("ix_fills_intent", "fills", ["intent_id"])


def _create_events() -> None:
    op.create_table(
        "events",
        _row_id(),
        *_texts("kind"),
        *_times("at_ms"),
        *_texts("account", "order_key", "trace_id", "data"),
    )
    _partial(
        "ix_events_order", ["account", "order_key", "id"], where="order_key <> ''", table="events"
    )


def _create_dead_letters() -> None:
    op.create_table(
        "dead_letters",
        _row_id(),
        *_times("at_ms"),
        *_texts("task", "task_id", "arguments", "reason", "message"),
        *_counts("attempts"),
        *_texts("trace"),
        *_texts("order", "account", nullable=True),
        *_texts("state"),
        *_texts("note", nullable=True),
    )
    _partial(
        "uq_dead_letters_open",
        ["task_id", "reason"],
        where="state = 'OPEN' AND task_id <> ''",
        table="dead_letters",
        unique=True,
    )
    op.create_index("ix_dead_letters_state", "dead_letters", ["state", "id"])


def _create_standing_orders() -> None:
    op.create_table(
        "switches",
        sa.Column("name", _TEXT, primary_key=True),
        _flag("engaged"),
        *_texts("reason", "by"),
        *_times("at_ms", nullable=True),
    )
    op.create_table(
        "switch_history",
        _row_id(),
        *_texts("name"),
        _flag("engaged"),
        *_texts("reason", "by"),
        *_times("at_ms"),
    )
    op.create_table(
        "cancel_requests",
        *_texts("account", "client_order_id"),
        *_times("requested_ms"),
        *_texts("reason"),
        sa.PrimaryKeyConstraint("account", "client_order_id"),
    )


def _row_id() -> sa.Column[Any]:
    return sa.Column("id", _ROW_ID, primary_key=True)


def _texts(*names: str, nullable: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, _TEXT, nullable=nullable) for name in names]


def _times(*names: str, nullable: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.BigInteger(), nullable=nullable) for name in names]


def _counts(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def _flag(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _partial(
    name: str, columns: list[str], *, where: str, table: str = "intents", unique: bool = False
) -> None:
    condition = sa.text(where)
    op.create_index(
        name,
        table,
        columns,
        unique=unique,
        sqlite_where=condition,
        postgresql_where=condition,
    )
