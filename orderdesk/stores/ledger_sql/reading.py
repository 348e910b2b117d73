"""Questions about one intent, or about the past of a symbol."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import CTE, Connection, Select, and_, bindparam, func, or_, select

from orderdesk.core.answers import Fill
from orderdesk.core.events import Event
from orderdesk.core.intents import Attempt, Intent, Story
from orderdesk.errors import UnknownOrder
from orderdesk.stores.ledger_sql import attempt_rows, schema
from orderdesk.stores.ledger_sql.chapter import Chapter
from orderdesk.stores.ledger_sql.pieces import in_pieces
from orderdesk.stores.ledger_sql.prepared import Question
from orderdesk.stores.ledger_sql.rows import attempt_of, event_of, fill_of, intent_of
from orderdesk.stores.ledger_sql.schema import LIVE, NOT_ENDED, OF_AN_ORDER, intents

_BEYOND_EVERY_ID = 2**63 - 1

# Built once, as in `intent_rows`.
_BY_KEY = Question(
    select(intents).where(
        intents.c.account == bindparam("of"), intents.c.idempotency_key == bindparam("key")
    )
)


def intents_of(connection: Connection, query: Select[Any]) -> list[Intent]:
    """Run a query over whole intents."""
    return [intent_of(row) for row in connection.execute(query).mappings()]


def found(connection: Connection, account: str, name: str) -> Intent | None:
    """Return the intent under a key, or else under a client order id."""
    for column in (intents.c.idempotency_key, intents.c.client_order_id):
        query = select(intents).where(intents.c.account == account, column == name)
        for intent in intents_of(connection, query):
            return intent
    return None


class Reading(Chapter):
    """What is known."""

    def intent(self, account: str, idempotency_key: str) -> Intent | None:
        """Return the intent under a key."""
        with self._store.read() as connection:
            row = _BY_KEY.first(connection, of=account, key=idempotency_key)
            return None if row is None else intent_of(row)

    def find(self, account: str, name: str) -> Intent | None:
        """Return the intent under a key, or else under a client order id."""
        with self._store.read() as connection:
            return found(connection, account, name)

    def open_attempt_of(self, intent_id: int) -> Attempt | None:
        """Return the attempt that may still land, with its absences, if any."""
        with self._store.read() as connection:
            return attempt_rows.open_of(connection, intent_id)

    def story(self, intent_id: int) -> Story:
        """Return everything known of one intent, oldest first.

        Raises:
            UnknownOrder: there is no such intent.
        """
        with self._store.read() as connection:
            query = select(intents).where(intents.c.id == intent_id)
            for intent in intents_of(connection, query):
                return Story(
                    intent=intent,
                    attempts=_attempts(connection, intent),
                    fills=_fills(connection, intent),
                    events=_events(connection, intent),
                )
        raise UnknownOrder(f"the ledger knows no intent number {intent_id}", str(intent_id))

    def events_after(self, event_id: int, limit: int) -> Sequence[Event]:
        """Return events by number, lowest first, from the one behind `event_id`."""
        query = select(schema.events).where(schema.events.c.id > event_id)
        query = query.order_by(schema.events.c.id).limit(limit)
        with self._store.read() as connection:
            return [event_of(row) for row in connection.execute(query).mappings()]

    def last_event_id(self) -> int:
        """Return the number of the newest event, 0 if there is none."""
        with self._store.read() as connection:
            return connection.scalar(select(func.max(schema.events.c.id))) or 0

    def intents_since(self, account: str, symbol: str, since_ms: int) -> Sequence[Intent]:
        """Return a symbol's intents received since, oldest first."""
        query = select(intents).where(
            intents.c.account == account,
            intents.c.symbol == symbol,
            intents.c.received_ms >= since_ms,
        )
        with self._store.read() as connection:
            return intents_of(connection, query.order_by(intents.c.received_ms, intents.c.id))

    def newest(self, limit: int, *, before_id: int | None = None) -> Sequence[Intent]:
        """Return intents of every account, the newest first, from the one before an id."""
        # A bound even where there is none: so the primary key is searched and not scanned.
        query = select(intents).where(intents.c.id < (before_id or _BEYOND_EVERY_ID))
        with self._store.read() as connection:
            return intents_of(connection, query.order_by(intents.c.id.desc()).limit(limit))

    def fills_of(self, intent_ids: Sequence[int]) -> Mapping[int, Sequence[Fill]]:
        """Return the booked fills of intents, oldest first; without those that have none."""
        found: dict[int, list[Fill]] = defaultdict(list)
        table = schema.fills
        with self._store.read() as connection:
            for piece in in_pieces(list(intent_ids)):
                query = select(table).where(table.c.intent_id.in_(piece))
                query = query.order_by(table.c.traded_ms, table.c.id)
                for row in connection.execute(query).mappings():
                    found[row["intent_id"]].append(fill_of(row))
        return found

    def traded_symbols(self, account: str, since_ms: int) -> Sequence[str]:
        """Return symbols with an intent received since, or one not ended, in order."""
        with self._store.read() as connection:
            return list(connection.scalars(traded_symbols_query(account, since_ms)))


def traded_symbols_query(account: str, since_ms: int) -> Select[Any]:
    """Ask for symbols with a recent or a live intent."""
    symbols = _symbols(account)
    of_symbol = and_(intents.c.account == account, intents.c.symbol == symbols.c.symbol)
    recent = select(intents.c.id).where(of_symbol, intents.c.received_ms >= since_ms)
    live = select(intents.c.id).where(of_symbol, NOT_ENDED, intents.c.status.in_(LIVE))
    query = select(symbols.c.symbol).where(symbols.c.symbol.is_not(None))
    return query.where(or_(recent.exists(), live.exists())).order_by(symbols.c.symbol)


def _symbols(account: str) -> CTE:
    """Step from one symbol of an account to the next, however many intents lie between."""
    first = select(func.min(intents.c.symbol).label("symbol")).where(intents.c.account == account)
    symbols = first.cte("symbols", recursive=True)
    following = (
        select(func.min(intents.c.symbol))
        .where(intents.c.account == account, intents.c.symbol > symbols.c.symbol)
        .scalar_subquery()
    )
    return symbols.union_all(select(following).where(symbols.c.symbol.is_not(None)))


def _attempts(connection: Connection, intent: Intent) -> list[Attempt]:
    query = select(schema.attempts).where(schema.attempts.c.intent_id == intent.id)
    rows = connection.execute(query.order_by(schema.attempts.c.number)).mappings().all()
    return [attempt_of(row, attempt_rows.absences_of(connection, row["id"])) for row in rows]


def _fills(connection: Connection, intent: Intent) -> list[Fill]:
    table = schema.fills
    query = select(table).where(table.c.intent_id == intent.id)
    query = query.order_by(table.c.traded_ms, table.c.id)
    return [fill_of(row) for row in connection.execute(query).mappings()]


def _events(connection: Connection, intent: Intent) -> list[Event]:
    table = schema.events
    # A cancel that came before the row could name it by its client order id only.
    names = (intent.idempotency_key, intent.client_order_id)
    query = select(table).where(
        OF_AN_ORDER, table.c.account == intent.account, table.c.order_key.in_(names)
    )
    return [event_of(row) for row in connection.execute(query.order_by(table.c.id)).mappings()]
