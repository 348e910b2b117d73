"""Hold our fills against the balances, asset by asset; say what may explain a difference.

Deposits and withdrawals are seen as a change that no trade explains. The wallet's own lists
(capital/deposit/hisrec, capital/withdraw/history) would say more, but need a permission that a
key which places orders should not hold.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import takewhile

from orderdesk.core.answers import Balance, Fill
from orderdesk.core.asset_books import (
    AssetBook,
    Drift,
    judged,
    nearly_confirmed,
    sum_of,
    with_fills,
)
from orderdesk.core.events import Event, EventKind
from orderdesk.core.money import ZERO, canonical, plus
from orderdesk.core.order_ids import is_ours
from orderdesk.core.portfolio import assets_of as guessed
from orderdesk.core.tokens import Lane
from orderdesk.ports import BookedFill, Books, Desk

SETTLING_MS = 15_000
"""A commit may show behind a later one for so long (see `sweep_events`): until then a fill is
counted, but the cursor does not pass it."""

PAGE = 1_000

SYMBOLS_AT_MOST = 8
"""On so many symbols foreign trades are looked for (weight 10 each), when a drift stands."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the exchange showed, and what was known when it was asked."""

    balances: Sequence[Balance]
    asked_ms: int
    fill_id: int
    """The newest fill before that; the first sync begins there."""
    in_flight: frozenset[str]
    """Assets whose fills may not all be booked."""


def hold_against(
    desk: Desk, account: str, shown: Shown
) -> tuple[Mapping[str, AssetBook], Sequence[Drift]]:
    """Return every asset's book and its difference, and keep them.

    Raises:
        ExchangeUnreachable: a market's rules, or its trades, could not be had.
        NotYet: no slot is near.
    """
    was = desk.ledger.asset_books(account)
    if was is None:
        books = {one.asset: _begun(one, shown) for one in shown.balances}
        first = Books(books, shown.fill_id, shown.asked_ms)
        desk.ledger.save_asset_books(account, first, was=None)
        return books, []
    new = list(_new(desk, account, was.fill_id))
    passed = list(takewhile(lambda one: one.booked_ms <= shown.asked_ms - SETTLING_MS, new))
    books, drifts = _judged(desk, account, shown, was, passed=passed, recent=new[len(passed) :])
    cursor = passed[-1].id if passed else was.fill_id
    after = Books(books, cursor, was.since_ms, was.syncs)
    if desk.ledger.save_asset_books(account, after, was=was):
        _tell(desk, account, drifts)
    return books, drifts


def _begun(balance: Balance, shown: Shown) -> AssetBook:
    return AssetBook(
        balance.asset,
        shown.asked_ms,
        baseline=balance.total,
        level_ms=shown.asked_ms,
        settled=balance.asset not in shown.in_flight,
    )


def _judged(
    desk: Desk,
    account: str,
    shown: Shown,
    was: Books,
    *,
    passed: Sequence[BookedFill],
    recent: Sequence[BookedFill],
) -> tuple[dict[str, AssetBook], list[Drift]]:
    def assets_of(fill: Fill) -> tuple[str, str]:
        return _assets_of(desk, fill)

    books = with_fills(was.books, [o.fill for o in passed], assets_of, since_ms=shown.asked_ms)
    late = sum_of([one.fill for one in recent], assets_of)
    total = {one.asset: one.total for one in shown.balances}
    drifts = []
    for asset in sorted(books.keys() | late.keys() | total.keys()):
        book = books.get(asset) or AssetBook(
            asset, shown.asked_ms, settled=True, level_ms=was.since_ms
        )
        whole = replace(book, ours=plus(book.ours, late.get(asset, ZERO)))
        held, moving = total.get(asset, ZERO), asset in shown.in_flight
        foreign = ZERO
        if not moving and nearly_confirmed(whole, held):
            foreign = _foreign(desk, account, whole)
        after, drift = judged(whole, held, shown.asked_ms, in_flight=moving, foreign=foreign)
        books[asset] = replace(after, ours=book.ours)
        drifts.append(drift)
    return books, drifts


def _new(desk: Desk, account: str, fill_id: int) -> Iterator[BookedFill]:
    while page := desk.ledger.fills_after(account, fill_id, PAGE):
        yield from page
        fill_id = page[-1].id


def _assets_of(desk: Desk, fill: Fill) -> tuple[str, str]:
    market = desk.markets.market(fill.symbol)
    if market is None:
        return guessed(fill.symbol, fill.commission_asset)
    return market.base, market.quote


def _foreign(desk: Desk, account: str, book: AssetBook) -> Decimal:
    """Return what trades of this account that are not ours moved of an asset since it was level."""
    counters = desk.ledger.exposures(account)[1:]
    symbols = [one.symbol for one in counters if book.asset in (one.base, one.quote)]
    exchange = desk.exchange(account, Lane.POLL)
    theirs = [
        fill
        for symbol in symbols[:SYMBOLS_AT_MOST]
        for fill in exchange.trades(symbol, book.level_ms)
        if not is_ours(fill.client_order_id)
    ]
    return sum_of(theirs, lambda fill: _assets_of(desk, fill)).get(book.asset, ZERO)


def _tell(desk: Desk, account: str, drifts: Sequence[Drift]) -> None:
    for drift in drifts:
        if drift.kept_apart:
            data = {
                "asset": drift.asset,
                "amount": canonical(drift.drift),
                "total": canonical(drift.total),
                "foreign": canonical(drift.foreign),
                "explanation": str(drift.explanation),
            }
            kind, now_ms = EventKind.BALANCE_MOVED, desk.time.now_ms()
            desk.ledger.tell(Event(kind, now_ms, account=account, data=data))
