"""The counters of what is at risk, in their table: locked, changed in memory, written at the end.

Locks on PostgreSQL go the account's row first, then the symbol's, and both before the intent
(see `intent_rows`); SQLite has one lock for all. What the counters mean is in
`core/risk/exposure.py`; here they only follow what the transaction does to intents and fills.
"""

from collections.abc import Sequence
from dataclasses import fields, replace
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from orderdesk.core.answers import (
    Accepted,
    Answer,
    Fill,
    Refused,
    broke,
    tells_of_venue,
    venue_failed,
)
from orderdesk.core.intents import Draft, Intent
from orderdesk.core.money import canonical, minus, plus
from orderdesk.core.portfolio import Position, assets_of, booked
from orderdesk.core.risk.exposure import DAY_MS, DUST, Counters, Standing, reservation_of, rolled
from orderdesk.core.risk.tally import FIVE_MINUTES, MINUTE, added
from orderdesk.stores.ledger_sql.prepared import Change, Question, Row
from orderdesk.stores.ledger_sql.schema import exposures, intents
from orderdesk.stores.ledger_sql.store import Work

WHOLE = ""
"""The symbol of the row that stands for the whole account."""

_OF_POSITION = tuple(field.name for field in fields(Position))
_PLAIN = tuple(
    field.name for field in fields(Counters) if field.name not in ("position", *_OF_POSITION)
)

# Built once, as in `intent_rows`.
_OF_BOTH = (
    select(exposures)
    .where(
        exposures.c.account == bindparam("of"),
        exposures.c.symbol.in_([WHOLE, bindparam("symbol")]),
    )
    .order_by(exposures.c.symbol)
)
_BOTH = Question(_OF_BOTH)
_LOCKED = Question(_OF_BOTH.with_for_update())
_INSERT = Change(insert(exposures))
_CHANGE = Change(
    update(exposures).where(
        exposures.c.account == bindparam("of"), exposures.c.symbol == bindparam("of_symbol")
    )
)
_SCOPE = select(intents.c.account, intents.c.symbol).where(intents.c.id == bindparam("intent"))


def standing_of(connection: Connection, account: str, symbol: str) -> Standing:
    """Return the counters as they are now, without a lock."""
    rows = _BOTH.all(connection, of=account, symbol=symbol)
    found = {row["symbol"]: _read(row) for row in rows}
    return Standing(
        account=found.get(WHOLE, Counters(account)),
        symbol=found.get(symbol, Counters(account, symbol)),
    )


def locked(work: Work, account: str, symbol: str) -> Standing:
    """Return the counters, and hold their locks until the commit; missing rows are made."""
    keys = ((account, WHOLE), (account, symbol))
    if any(key not in work.counters for key in keys):
        _load(work, account, symbol)
    return Standing(work.counters[keys[0]], work.counters[keys[1]])


def lock_before_intent(work: Work, intent_id: int) -> None:
    """Lock the counters of an intent that is to be locked next; on SQLite nothing is needed."""
    if not work.locks_rows:
        return
    row = work.connection.execute(_SCOPE, {"intent": intent_id}).first()
    if row is not None:
        locked(work, row[0], row[1])


def follow(work: Work, before: Intent, after: Intent) -> None:
    """Let the counters follow a change of an intent."""
    old, new = reservation_of(before), reservation_of(after)
    if old == new:
        return
    standing = locked(work, after.account, after.symbol)
    for counters in (standing.account, standing.symbol):
        change(
            work,
            replace(
                counters,
                reserved_buy=plus(counters.reserved_buy, new.buying, -old.buying),
                reserved_sell=plus(counters.reserved_sell, new.selling, -old.selling),
                open_orders=counters.open_orders + new.orders - old.orders,
            ),
        )
    _engage(work, after.account, after.symbol)


def note_order(work: Work, draft: Draft, now_ms: int) -> None:
    """Count a new intent that opens its first attempt, for its rate and its cooldown."""
    standing = locked(work, draft.account, draft.symbol)
    account, symbol = standing.account, standing.symbol
    change(work, replace(account, orders=added(account.orders, now_ms, MINUTE)))
    base, quote = symbol.base or draft.base, symbol.quote or draft.quote
    change(work, replace(symbol, last_order_ms=now_ms, base=base, quote=quote))


def note_answer(work: Work, intent: Intent, answer: Answer, *, now_ms: int) -> None:
    """Count what an attempt was answered, as far as it says something of the venue."""
    if not tells_of_venue(answer):
        return
    account = locked(work, intent.account, intent.symbol).account
    failures = 0 if isinstance(answer, Accepted | Refused) else account.failures
    change(
        work,
        replace(
            account,
            failures=failures + venue_failed(answer),
            answers=added(account.answers, now_ms, FIVE_MINUTES),
            errors=added(account.errors, now_ms, FIVE_MINUTES, count=int(broke(answer))),
        ),
    )


def book(work: Work, intent: Intent, new: Sequence[Fill], *, now_ms: int) -> None:
    """Let the position of a symbol follow fills that have just been booked."""
    for fill in sorted(new, key=lambda fill: (fill.traded_ms, fill.trade_id)):
        _book(work, intent.account, fill, now_ms=now_ms)


def change(work: Work, counters: Counters) -> None:
    """Take over changed counters; they are written when the transaction ends."""
    key = counters.account, counters.symbol
    if not work.changed:
        work.finishing.append(partial(_write, work))
    work.counters[key] = counters
    work.changed.add(key)


def columns_of(counters: Counters) -> dict[str, Any]:
    """Return a row of counters as columns."""
    values: dict[str, Any] = {name: getattr(counters, name) for name in _PLAIN}
    values |= {name: getattr(counters.position, name) for name in _OF_POSITION}
    values["fees"] = {asset: canonical(paid) for asset, paid in counters.position.fees.items()}
    for name in ("orders", "answers", "errors", "limits"):
        values[name] = dict(values[name])
    return values


def counters_of(row: Row) -> Counters:
    """Read a row of counters."""
    return _read(row)


def revalued(counters: Counters, standing: Standing, *, now_ms: int) -> Counters:
    """Return the account's counters after one symbol was valued anew."""
    account = rolled(standing.account, now_ms)
    unrealised = plus(account.unrealised, counters.unrealised, -standing.symbol.unrealised)
    return replace(account, unrealised=unrealised)


def _book(work: Work, account: str, fill: Fill, *, now_ms: int) -> None:
    standing = locked(work, account, fill.symbol)
    before = standing.symbol
    base, quote = before.base, before.quote
    if not quote:
        base, quote = assets_of(fill.symbol, fill.commission_asset)
    position = booked(before.position, fill, base=base, quote=quote)
    after = replace(
        before,
        base=base,
        quote=quote,
        position=position,
        mark=fill.price,
        unrealised=position.unrealised(fill.price),
        marked_ms=now_ms,
    )
    change(work, after)
    change(work, _whole_after(standing, after, traded_ms=fill.traded_ms, now_ms=now_ms))
    _engage(work, account, fill.symbol)


def _whole_after(standing: Standing, after: Counters, *, traded_ms: int, now_ms: int) -> Counters:
    """Return the account's counters after one of its symbols booked a fill."""
    before = standing.symbol
    # A fill is yesterday's if nobody has seen today yet: a day begins once, and never ends twice.
    day_ms = max(traded_ms, standing.account.day * DAY_MS)
    account = revalued(after, standing, now_ms=day_ms)
    gained = minus(after.position.realised, before.position.realised)
    # With nothing held before, nothing else waits to be valued: this fill values everything.
    flat = standing.account.position.cost < DUST
    return replace(
        account,
        position=replace(
            account.position,
            cost=plus(account.position.cost, after.position.cost, -before.position.cost),
            realised=plus(account.position.realised, gained),
        ),
        day_realised=plus(account.day_realised, gained),
        marked_ms=now_ms if flat else account.marked_ms,
    )


def _engage(work: Work, account: str, symbol: str) -> None:
    """Count the symbols with a position or an open buy."""
    standing = locked(work, account, symbol)
    engaged = int(standing.symbol.position.cost >= DUST or standing.symbol.reserved_buy > 0)
    more = engaged - standing.symbol.engaged
    if more:
        change(work, replace(standing.symbol, engaged=engaged))
        change(work, replace(standing.account, engaged=standing.account.engaged + more))


def _load(work: Work, account: str, symbol: str) -> None:
    for _ in range(2):
        rows = _LOCKED.all(work.connection, of=account, symbol=symbol)
        found = {row["symbol"]: _read(row) for row in rows}
        for name in (WHOLE, symbol):
            if name in found:
                # What this transaction has changed already is newer than what it reads.
                work.counters.setdefault((account, name), found[name])
            else:
                _make(work, Counters(account, name))
        if len(found) == len({WHOLE, symbol}):
            return


def _make(work: Work, counters: Counters) -> None:
    try:
        with work.savepoint():
            _INSERT.run(work.connection, columns_of(counters))
    except IntegrityError:
        # On PostgreSQL another transaction made it just now; it is read again, and locked.
        return


def _write(work: Work) -> None:
    rows = [
        {"of": account, "of_symbol": symbol, **columns_of(work.counters[account, symbol])}
        for account, symbol in sorted(work.changed)
    ]
    # Named differently than the columns, which an UPDATE would otherwise take for new values.
    for row in rows:
        del row["account"], row["symbol"]
    _CHANGE.run_each(work.connection, rows)


def _read(row: Row) -> Counters:
    paid = {asset: Decimal(text) for asset, text in row["fees"].items()}
    position = Position(fees=paid, **{n: row[n] for n in _OF_POSITION if n != "fees"})
    return Counters(position=position, **{name: row[name] for name in _PLAIN})
