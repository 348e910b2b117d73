"""Booking evidence: orders as the exchange shows them, and fills."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sqlalchemy import insert, select

from orderdesk.core.answers import ExchangeOrder, Fill
from orderdesk.core.events import EventKind
from orderdesk.core.intents import AttemptState, Intent
from orderdesk.core.money import ZERO, canonical
from orderdesk.core.orders import ON_EXCHANGE, OrderStatus
from orderdesk.stores.ledger_sql import attempt_rows, exposure_rows, intent_rows, schema
from orderdesk.stores.ledger_sql.chapter import Chapter
from orderdesk.stores.ledger_sql.duplicates import alarm_surplus
from orderdesk.stores.ledger_sql.evidence import contradicts, learned, placed
from orderdesk.stores.ledger_sql.pieces import in_pieces
from orderdesk.stores.ledger_sql.rows import fill_of, fill_row
from orderdesk.stores.ledger_sql.store import Work
from orderdesk.stores.ledger_sql.telling import KIND_OF_STATUS, tell


class Booking(Chapter):
    """Point 9 of the placement protocol: fills are accepted in every state."""

    def book(
        self,
        intent_id: int,
        *,
        order: ExchangeOrder | None,
        fills: Sequence[Fill],
        now_ms: int,
        next_wake_ms: int | None = None,
    ) -> Intent:
        """Book evidence from the exchange; idempotent, fills unique by trade id.

        Evidence of the intent's own order closes an open attempt as accepted. A second
        order under the same client id is alarmed and its fills are booked, but neither
        its state nor its amounts are the intent's: those are of the first order alone.

        Args:
            intent_id: whose evidence it is; that is for the caller to have checked.
            order: as the exchange shows it, if it was asked.
            fills: any of its trades, known ones included.
            now_ms: exchange time.
            next_wake_ms: when to look again, where there is something to look for.

        Raises:
            UnknownOrder: there is no such intent.
        """
        with self._store.write() as work:
            intent = intent_rows.locked(work, intent_id)
            if order is None and not fills:
                after = replace(intent, next_wake_ms=next_wake_ms or intent.next_wake_ms)
                return intent_rows.save(work, intent, after, now_ms=now_ms)
            own_id = intent.order_id or _first_order_id(order, fills)
            new = _booked(work, intent, fills, now_ms=now_ms)
            for surplus_id in _surplus(own_id, order, fills):
                alarm_surplus(work, intent, surplus_id, now_ms=now_ms)
            own = order if order is not None and order.order_id == own_id else None
            if own is None and all(fill.order_id != own_id for fill in fills):
                return intent
            after = _after(work, intent, own_id, order=own, new=new, now_ms=now_ms)
            after = replace(after, next_wake_ms=_next_wake_ms(after, now_ms, next_wake_ms))
            return _written(work, intent, after, now_ms=now_ms)


def _first_order_id(order: ExchangeOrder | None, fills: Sequence[Fill]) -> str:
    if order is not None:
        return order.order_id
    return min(fills, key=lambda fill: (fill.traded_ms, fill.order_id)).order_id


def _surplus(own_id: str, order: ExchangeOrder | None, fills: Sequence[Fill]) -> list[str]:
    shown = {fill.order_id for fill in fills} | ({order.order_id} if order else set())
    return sorted(shown - {own_id})


def _booked(work: Work, intent: Intent, fills: Sequence[Fill], *, now_ms: int) -> list[Fill]:
    """Insert the fills that are new, tell each, and return them."""
    by_trade = {(fill.symbol, fill.trade_id): fill for fill in fills}
    known = set(_known_trades(work, intent, sorted(by_trade)))
    new = [fill for trade, fill in by_trade.items() if trade not in known]
    if new:
        rows = [fill_row(fill, intent, now_ms=now_ms) for fill in new]
        work.connection.execute(insert(schema.fills), rows)
    for fill in new:
        _tell_fill(work, intent, fill, now_ms=now_ms)
    exposure_rows.book(work, intent, new, now_ms=now_ms)
    return new


def _known_trades(
    work: Work, intent: Intent, trades: Sequence[tuple[str, str]]
) -> Iterator[tuple[str, str]]:
    table = schema.fills.c
    for symbol in {symbol for symbol, _ in trades}:
        ids = [trade_id for of_symbol, trade_id in trades if of_symbol == symbol]
        for piece in in_pieces(ids):
            query = select(table.trade_id).where(
                table.account == intent.account,
                table.symbol == symbol,
                table.trade_id.in_(piece),
            )
            yield from ((symbol, trade_id) for trade_id in work.connection.scalars(query))


def _tell_fill(work: Work, intent: Intent, fill: Fill, *, now_ms: int) -> None:
    tell(
        work,
        EventKind.FILL_BOOKED,
        intent,
        now_ms=now_ms,
        trade_id=fill.trade_id,
        order_id=fill.order_id,
        fill_quantity=canonical(fill.quantity),
        fill_quote=canonical(fill.quote_quantity),
        fill_price=canonical(fill.price),
        commission=canonical(fill.commission),
        commission_asset=fill.commission_asset,
        is_maker=fill.is_maker,
        traded_ms=fill.traded_ms,
    )


def _after(
    work: Work,
    intent: Intent,
    own_id: str,
    *,
    order: ExchangeOrder | None,
    new: Sequence[Fill],
    now_ms: int,
) -> Intent:
    known_before = intent.order_id is not None
    own_new = [fill for fill in new if fill.order_id == own_id]
    after = learned(
        intent if known_before else placed(intent, own_id, acknowledged_ms=now_ms),
        order=order,
        fills=_all_fills(work, intent, own_new) if own_new else (),
        known_before=known_before,
        now_ms=now_ms,
    )
    return reserved_again(work, after)


def _all_fills(work: Work, intent: Intent, new: Sequence[Fill]) -> Sequence[Fill]:
    """Return the booked fills of the intent's own order; `new` ones are among them already."""
    if intent.fills == 0:
        return new
    query = select(schema.fills).where(
        schema.fills.c.intent_id == intent.id, schema.fills.c.order_id == new[0].order_id
    )
    return [fill_of(row) for row in work.connection.execute(query).mappings()]


def reserved_again(work: Work, intent: Intent) -> Intent:
    """Reserve again for what is open, or has fills to come, although it had been released."""
    if (intent.ended and intent.fills_complete) or intent.reserved_notional > ZERO:
        return intent
    notional = attempt_rows.last_notional(work.connection, intent.id)
    if notional is None:
        notional = intent.size.notional(None)
    return replace(intent, reserved_notional=notional or ZERO)


def _next_wake_ms(intent: Intent, now_ms: int, given_ms: int | None) -> int | None:
    if intent.ended and intent.fills_complete:
        return None
    if intent.status in ON_EXCHANGE and intent.cancel_requested_ms is not None:
        return now_ms
    if intent.status in ON_EXCHANGE and intent.fills_complete and not intent.size.type.ends_at_once:
        # It rests, and is followed with all open orders of its symbol, not woken alone.
        return None
    return given_ms


def _written(work: Work, before: Intent, after: Intent, *, now_ms: int) -> Intent:
    intent_rows.save(work, before, after, now_ms=now_ms)
    attempt = attempt_rows.open_of(work.connection, before.id)
    if attempt is not None:
        answer = f"found on the exchange as {after.order_id}"
        attempt_rows.close(work, attempt, AttemptState.ACCEPTED, answer=answer, now_ms=now_ms)
    if attempt is not None or before.order_id is None:
        tell(work, EventKind.ORDER_FOUND, after, now_ms=now_ms, was=before.status.value)
    if contradicts(before, after):
        tell(work, EventKind.LATE_EVIDENCE, after, now_ms=now_ms, was=before.status.value)
    if _progressed(before, after):
        tell(work, KIND_OF_STATUS[after.status], after, now_ms=now_ms)
    return after


def _progressed(before: Intent, after: Intent) -> bool:
    """Tell whether there is more to tell than that the order was found."""
    if after.status is OrderStatus.NEW:
        return False
    if after.status is not before.status:
        return True
    more = after.executed_quantity > before.executed_quantity
    return more and after.status is OrderStatus.PARTIALLY_FILLED
