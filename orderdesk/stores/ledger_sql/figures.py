"""How much is going on: counts over partial indexes, which hold only what is not over."""

from sqlalchemy import func, select

from orderdesk.core.figures import OpenWork
from orderdesk.core.orders import OrderStatus
from orderdesk.stores.ledger_sql.chapter import Chapter
from orderdesk.stores.ledger_sql.schema import LIVE, NOT_ENDED, dead_letters, intents

_DOUBTFUL = (OrderStatus.UNKNOWN.value, OrderStatus.QUARANTINED.value)


class Counting(Chapter):
    """What a dashboard asks again and again."""

    def open_work(self) -> OpenWork:
        """Return what is not over, counted."""
        by_status = select(intents.c.status, func.count()).where(
            NOT_ENDED, intents.c.status.in_(LIVE)
        )
        oldest = select(func.min(intents.c.sent_ms)).where(
            NOT_ENDED, intents.c.status.in_(_DOUBTFUL)
        )
        letters = select(func.count()).where(dead_letters.c.state == "OPEN")
        with self._store.read() as connection:
            rows = connection.execute(by_status.group_by(intents.c.status)).all()
            return OpenWork(
                orders={OrderStatus(status): count for status, count in rows},
                in_doubt_since_ms=connection.scalar(oldest),
                dead_letters=connection.scalar(letters) or 0,
            )
