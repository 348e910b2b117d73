"""The ledger's tables and indexes, as they are now; how they became so is in `migrations/`.

Only definitions live here, by concern. Whoever changes one adds a migration and moves
`REVISION`; a test holds that the migrations and these tables give the same schema.

Rows of intents, attempts, fills and events are never deleted: an idempotency key is kept
for ever. So every question the desk asks again and again has an index that holds only
what is going on now (partial indexes), and does not grow with the ledger.
"""

from orderdesk.stores.ledger_sql.schema.booked import dead_letters, events, fills
from orderdesk.stores.ledger_sql.schema.ground import (
    ANSWERED,
    AWAITING_FILLS,
    LIVE,
    NOT_ENDED,
    OF_AN_ORDER,
    OPEN_ATTEMPT,
    OPEN_LETTER,
    TO_WAKE,
    metadata,
)
from orderdesk.stores.ledger_sql.schema.identity import account_uids, accounts, doubts, ledger
from orderdesk.stores.ledger_sql.schema.orders import (
    absences,
    attempts,
    cancel_requests,
    commands,
    intents,
)
from orderdesk.stores.ledger_sql.schema.portfolio import (
    asset_books,
    asset_cursors,
    balance_snapshots,
)
from orderdesk.stores.ledger_sql.schema.risk import (
    exposures,
    heartbeats,
    limit_history,
    switch_history,
    switches,
)

__all__ = [
    "ANSWERED",
    "AWAITING_FILLS",
    "LIVE",
    "NOT_ENDED",
    "OF_AN_ORDER",
    "OPEN_ATTEMPT",
    "OPEN_LETTER",
    "REVISION",
    "TO_WAKE",
    "absences",
    "account_uids",
    "accounts",
    "asset_books",
    "asset_cursors",
    "attempts",
    "balance_snapshots",
    "cancel_requests",
    "commands",
    "dead_letters",
    "doubts",
    "events",
    "exposures",
    "fills",
    "heartbeats",
    "intents",
    "ledger",
    "limit_history",
    "metadata",
    "switch_history",
    "switches",
]

REVISION = "0005"
"""The newest migration, which this code reads and writes."""
