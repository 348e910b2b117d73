"""Doubts in their table, and whether one of them concerns an intent.

A ledger that may have forgotten attempts cannot say that what it has as RECEIVED was never
sent: while a doubt concerns such an intent, only `place` ends it, after it has looked.
"""

from sqlalchemy import Connection, select

from orderdesk.core.intents import FORGETFUL, Doubt, Intent
from orderdesk.stores.ledger_sql.prepared import Question
from orderdesk.stores.ledger_sql.schema import doubts

_ALL = Question(select(doubts.c.since_ms, doubts.c.until_ms, doubts.c.reason).order_by(doubts.c.id))


def standing(connection: Connection) -> Doubt | None:
    """Return the last doubt, as wide as the widest of all; None if there never was one."""
    rows = _ALL.all(connection)
    if not rows:
        return None
    return Doubt(
        since_ms=max(row["since_ms"] for row in rows),
        until_ms=max(row["until_ms"] for row in rows),
        reason=rows[-1]["reason"],
        # A Redis that came back empty a moment after a restore does not make the ledger whole.
        forgot_ms=max((r["since_ms"] for r in rows if r["reason"] in FORGETFUL), default=None),
    )


def concern(connection: Connection, intent: Intent, *, now_ms: int) -> bool:
    """Tell whether an intent without an attempt may be on the exchange all the same."""
    doubt = standing(connection)
    return doubt is not None and doubt.concerns(
        key_minted=bool(intent.command.get("key_minted")),
        received_ms=intent.received_ms,
        now_ms=now_ms,
    )
