"""What every table stands on: one `metadata`, and the conditions of the partial indexes.

Conditions are literal text, used by the index and by the query alike, because a database takes
a partial index only where it sees the same condition.
"""

from sqlalchemy import Index, MetaData, TextClause, text

from orderdesk.core.orders import ENDED, OrderStatus

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


def partial(name: str, *columns: str, where: TextClause, unique: bool = False) -> Index:
    """Define an index of the rows that meet a condition, on both databases."""
    return Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)
