"""Two orders of the exchange under one client id: alarmed once each, the first one kept."""

from sqlalchemy import select

from orderdesk.core.events import EventKind
from orderdesk.core.intents import Intent
from orderdesk.stores.ledger_sql.schema import OF_AN_ORDER, events
from orderdesk.stores.ledger_sql.store import Work
from orderdesk.stores.ledger_sql.telling import tell


def alarm_surplus(work: Work, intent: Intent, order_id: str, *, now_ms: int) -> None:
    """Alarm a second order under the intent's client id, unless this one was before."""
    query = select(events.c.data).where(
        OF_AN_ORDER,
        events.c.account == intent.account,
        events.c.order_key == intent.idempotency_key,
        events.c.kind == EventKind.DUPLICATE_ORDER.value,
    )
    known = {data["surplus_order_id"] for data in work.connection.scalars(query)}
    if order_id not in known:
        tell(
            work,
            EventKind.DUPLICATE_ORDER,
            intent,
            now_ms=now_ms,
            surplus_order_id=order_id,
        )
