"""The ledger's tables and indexes, as they are now; how they became so is in `migrations/`.

Only definitions live here. Whoever changes one adds a migration and moves `REVISION`;
a test holds that the migrations and these tables give the same schema.

Rows of intents, attempts, fills and events are never deleted: an idempotency key is kept
for ever. So every question the desk asks again and again has an index that holds only
what is going on now (partial indexes), and does not grow with the ledger. Their conditions
are literal text, used by the index and by the query alike, because a database takes a
partial index only where it sees the same condition.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    TextClause,
    UniqueConstraint,
    text,
)

from orderdesk.core.orders import ENDED, OrderStatus
from orderdesk.stores.ledger_sql.column_types import Amount, JsonText, RowId

REVISION = "0004"
"""The newest migration, which this code reads and writes."""

metadata = MetaData()

LIVE = tuple(sorted(str(status) for status in frozenset(OrderStatus) - ENDED))
_ENDED = ", ".join(f"'{status}'" for status in sorted(ENDED))
NOT_ENDED = text(f"status NOT IN ({_ENDED})")
AWAITING_FILLS = text("awaiting_fills")
TO_WAKE = text("next_wake_ms IS NOT NULL")
ANSWERED = text("answered_ms IS NOT NULL")
OPEN_ATTEMPT = text("state = 'OPEN'")
OPEN_LETTER = text("state = 'OPEN' AND task_id <> ''")
OF_AN_ORDER = text("order_key <> ''")


def _partial(name: str, *columns: str, where: TextClause, unique: bool = False) -> Index:
    """Define an index of the rows that meet a condition, on both databases."""
    return Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)


ledger = Table(
    "ledger",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("ledger_id", Text, nullable=False),
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
    _partial("ix_intents_to_wake", "next_wake_ms", "id", where=TO_WAKE),
    _partial("ix_intents_not_ended", "status", "account", "symbol", where=NOT_ENDED),
    _partial("ix_intents_awaiting_fills", "account", "symbol", where=AWAITING_FILLS),
    _partial("ix_intents_answered", "answered_ms", "id", where=ANSWERED),
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
    _partial("uq_attempts_open", "intent_id", where=OPEN_ATTEMPT, unique=True),
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
    _partial("ix_events_order", "account", "order_key", "id", where=OF_AN_ORDER),
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
    _partial("uq_dead_letters_open", "task_id", "reason", where=OPEN_LETTER, unique=True),
    Index("ix_dead_letters_state", "state", "id"),
)

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

heartbeats = Table(
    "heartbeats",
    metadata,
    Column("name", Text, primary_key=True),
    Column("at_ms", BigInteger, nullable=False),
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

doubts = Table(
    "doubts",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("since_ms", BigInteger, nullable=False),
    Column("until_ms", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
)
