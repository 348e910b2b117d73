"""Read lists to their end: a full page is no answer until it is paged through.

MEXC documents no order of the rows and no cursor, so pages are made by time: a span whose page is
full is read again in two parts, until no part is full. The parts are cut in the middle of the
rows that were seen, so that crowded days cost no more than empty ones.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

from orderdesk.core.answers import ExchangeOrder, Fill
from orderdesk.errors import ExchangeUnreachable

Row = TypeVar("Row")

OPEN_ORDERS_ROWS = 1_000
ALL_ORDERS_ROWS = 1_000
MY_TRADES_ROWS = 100
"""The largest pages; MEXC spot v3 docs, Jan 2026."""

ALL_ORDERS_FULL = 500
"""The default page of allOrders (same source): a venue that passes over our `limit` falls back
on it, and a page cut there must not look whole."""

ORDERS_BACK_MS = 7 * 86_400_000
TRADES_BACK_MS = 30 * 86_400_000
"""How far the lists reach; same source."""

AHEAD_MS = 5_000
"""The end of a span lies ahead of our clock, so that the newest rows are in it."""


def orders_since(
    since_ms: int, now_ms: int, read: Callable[[int, int], Sequence[ExchangeOrder]]
) -> list[ExchangeOrder]:
    """Return every order of the span, by exchange id once.

    Args:
        since_ms: exchange time; at most 7 days back are read.
        now_ms: exchange time.
        read: the rows of a span, both ends included, as far as one page holds them.

    Raises:
        ExchangeUnreachable: a single ms holds more than a page.
    """
    start_ms, end_ms = _span(since_ms, now_ms, ORDERS_BACK_MS)
    rows = _in_parts(start_ms, end_ms, full=ALL_ORDERS_FULL, read=read, time_of=_created_ms)
    return list({row.order_id: row for row in rows}.values())


def trades_since(
    since_ms: int, now_ms: int, read: Callable[[int, int], Sequence[Fill]]
) -> list[Fill]:
    """Return every trade of the span, by trade id once; at most a month back.

    Arguments and errors are those of `orders_since`.
    """
    start_ms, end_ms = _span(since_ms, now_ms, TRADES_BACK_MS)
    rows = _in_parts(start_ms, end_ms, full=MY_TRADES_ROWS, read=read, time_of=_traded_ms)
    return list({row.trade_id: row for row in rows}.values())


def whole(rows: Sequence[Row], limit: int) -> Sequence[Row]:
    """Return a list that cannot be paged, if it is whole.

    Raises:
        ExchangeUnreachable: it is full, so that rows may be missing.
    """
    if len(rows) >= limit:
        raise ExchangeUnreachable(f"a list of {len(rows)} rows may not be whole")
    return rows


def _span(since_ms: int, now_ms: int, back_ms: int) -> tuple[int, int]:
    end_ms = now_ms + AHEAD_MS
    return min(max(since_ms, end_ms - back_ms), end_ms), end_ms


def _in_parts(
    start_ms: int,
    end_ms: int,
    *,
    full: int,
    read: Callable[[int, int], Sequence[Row]],
    time_of: Callable[[Row], int],
) -> list[Row]:
    found: list[Row] = []
    spans = [(start_ms, end_ms)]
    while spans:
        first_ms, last_ms = spans.pop()
        rows = read(first_ms, last_ms)
        found.extend(rows)
        if len(rows) < full:
            continue
        if first_ms >= last_ms:
            raise ExchangeUnreachable(f"{full} rows and more within one ms cannot be paged")
        cut_ms = sorted(map(time_of, rows))[len(rows) // 2]
        if not first_ms <= cut_ms <= last_ms:
            # A venue that passes over the span must not lead us through it ms by ms.
            cut_ms = (first_ms + last_ms) // 2
        # Both parts are smaller than the whole, whatever the rows say, so this ends.
        cut_ms = min(cut_ms, last_ms - 1)
        spans += [(first_ms, cut_ms), (cut_ms + 1, last_ms)]
    return found


def _created_ms(order: ExchangeOrder) -> int:
    return order.created_ms


def _traded_ms(fill: Fill) -> int:
    return fill.traded_ms
