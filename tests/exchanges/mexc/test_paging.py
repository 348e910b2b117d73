"""Lists are read to their end: nothing lost, nothing doubled, and what cannot be paged refused."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from orderdesk.core.answers import ExchangeOrder, Fill
from orderdesk.core.orders import OrderStatus, OrderType, Side
from orderdesk.errors import ExchangeUnreachable
from orderdesk.exchanges.mexc import paging
from tests.core.laws import law

NOW_MS = 1_800_000_000_000
SINCE_MS = NOW_MS - 3_600_000
END_MS = NOW_MS + paging.AHEAD_MS
ONE = Decimal(1)

FILL = Fill(
    symbol="BTCUSDT",
    trade_id="",
    order_id="C02__1",
    client_order_id=None,
    side=Side.BUY,
    quantity=ONE,
    quote_quantity=ONE,
    price=ONE,
    commission=ONE,
    commission_asset="USDT",
    is_maker=False,
    traded_ms=0,
)
ORDER = ExchangeOrder(
    symbol="BTCUSDT",
    order_id="",
    client_order_id=None,
    side=Side.BUY,
    type=OrderType.LIMIT,
    status=OrderStatus.NEW,
    quantity=ONE,
    price=ONE,
    executed_quantity=ONE,
    executed_quote=ONE,
    quote_quantity=None,
    created_ms=0,
    updated_ms=0,
)

Cut = Callable[[Sequence[int], int], Sequence[int]]
CUTS: dict[str, Cut] = {
    "oldest": lambda rows, limit: rows[:limit],
    "newest": lambda rows, limit: rows[-limit:],
    "newest first": lambda rows, limit: rows[::-1][:limit],
    "both ends": lambda rows, limit: (
        rows if len(rows) <= limit else [*rows[: limit // 2], *rows[limit // 2 - limit :]]
    ),
}
"""Which rows a full page shows: MEXC does not say."""


@dataclass
class FakeList:
    """A venue's list: rows are numbers, their times stand beside; at most `limit` a page."""

    times: Sequence[int]
    limit: int
    cut: Cut = CUTS["oldest"]
    spans: list[tuple[int, int]] = field(default_factory=list)

    def page(self, start_ms: int, end_ms: int) -> Sequence[int]:
        """Return the rows of a span, both ends included, as far as one page holds them."""
        self.spans.append((start_ms, end_ms))
        assert len(self.spans) < 1_000
        inside = [n for n, at_ms in enumerate(self.times) if start_ms <= at_ms <= end_ms]
        return self.cut(sorted(inside, key=self.times.__getitem__), self.limit)

    def fills(self, start_ms: int, end_ms: int) -> list[Fill]:
        """Show the rows as trades."""
        rows = self.page(start_ms, end_ms)
        return [replace(FILL, trade_id=f"T{n}", traded_ms=self.times[n]) for n in rows]

    def orders(self, start_ms: int, end_ms: int) -> list[ExchangeOrder]:
        """Show the rows as orders."""
        rows = self.page(start_ms, end_ms)
        return [replace(ORDER, order_id=f"O{n}", created_ms=self.times[n]) for n in rows]


Crowds = dict[int, int]
EDGES = (SINCE_MS - 1, SINCE_MS, SINCE_MS + 1, NOW_MS, END_MS - 1, END_MS, END_MS + 1)


def _crowds(most: int) -> st.SearchStrategy[Crowds]:
    """Make crowds, how many rows share which ms: often at an edge of the span."""
    moments = st.sampled_from(EDGES) | st.integers(SINCE_MS, END_MS)
    return st.dictionaries(moments, st.integers(1, most), max_size=6)


def _times(crowds: Crowds) -> list[int]:
    """Return each row's time; the rows have numbers, in no order of time."""
    times = [at_ms for at_ms, rows in crowds.items() for _ in range(rows)]
    return times[::3] + times[1::3] + times[2::3]


def _expected(crowds: Crowds, full: int) -> int | None:
    """Return how many rows the span holds, or None if a single ms holds a full page."""
    inside = [rows for at_ms, rows in crowds.items() if SINCE_MS <= at_ms <= END_MS]
    return None if any(rows >= full for rows in inside) else sum(inside)


@law
@given(_crowds(120), st.sampled_from(sorted(CUTS)))
@example({SINCE_MS: 99, END_MS: 99}, "oldest")
@example({END_MS: 100}, "newest")
@example({SINCE_MS: 60, SINCE_MS + 1: 60}, "both ends")
def test_trades_when_many_share_a_moment_then_each_is_there_once_or_the_list_is_refused(
    crowds: Crowds, cut: str
) -> None:
    """Whatever a full page shows, all rows come out, each once, and it ends."""
    venue = FakeList(_times(crowds), paging.MY_TRADES_ROWS, CUTS[cut])
    expected = _expected(crowds, paging.MY_TRADES_ROWS)
    if expected is None:
        with pytest.raises(ExchangeUnreachable, match="cannot be paged"):
            paging.trades_since(SINCE_MS, NOW_MS, venue.fills)
    else:
        found = paging.trades_since(SINCE_MS, NOW_MS, venue.fills)
        assert all(SINCE_MS <= fill.traded_ms <= END_MS for fill in found)
        assert len({fill.trade_id for fill in found}) == len(found) == expected
    assert len(venue.spans) < 200


@law
@given(_crowds(550), st.sampled_from(sorted(CUTS)), st.sampled_from([500, 1_000]))
def test_orders_when_many_share_a_moment_then_each_is_there_once_or_the_list_is_refused(
    crowds: Crowds, cut: str, limit: int
) -> None:
    """The same law for orders; a page that is cut at MEXC's default of 500 counts as full."""
    venue = FakeList(_times(crowds), limit, CUTS[cut])
    expected = _expected(crowds, 500)
    if expected is None:
        with pytest.raises(ExchangeUnreachable, match="cannot be paged"):
            paging.orders_since(SINCE_MS, NOW_MS, venue.orders)
    else:
        found = paging.orders_since(SINCE_MS, NOW_MS, venue.orders)
        assert len({order.order_id for order in found}) == len(found) == expected


def test_trades_when_the_page_is_not_full_then_one_question_is_enough() -> None:
    """The usual case costs one request, and reaches ahead of our clock."""
    venue = FakeList([SINCE_MS, NOW_MS, NOW_MS + 400], paging.MY_TRADES_ROWS)

    assert len(paging.trades_since(SINCE_MS, NOW_MS, venue.fills)) == 3
    assert venue.spans == [(SINCE_MS, END_MS)]


@pytest.mark.parametrize("rows", [99, 100, 101])
def test_trades_when_the_page_is_just_full_then_it_is_read_again_in_parts(rows: int) -> None:
    """Exactly a page may be a page and more."""
    venue = FakeList([SINCE_MS + n for n in range(rows)], paging.MY_TRADES_ROWS)

    assert len(paging.trades_since(SINCE_MS, NOW_MS, venue.fills)) == rows
    assert (len(venue.spans) == 1) == (rows < 100)


def test_trades_when_a_day_is_crowded_then_the_questions_follow_the_rows() -> None:
    """The cost grows with the rows, not with the length of the span."""
    times = [NOW_MS - 20 * 86_400_000 + n // 50 for n in range(3_000)]
    venue = FakeList(times, paging.MY_TRADES_ROWS)

    found = paging.trades_since(NOW_MS - 25 * 86_400_000, NOW_MS, venue.fills)
    assert len(found) == 3_000
    assert len(venue.spans) < 4 * 3_000 / paging.MY_TRADES_ROWS + 40


@pytest.mark.parametrize("rows", [100, 101, 1_000])
def test_trades_when_the_venue_passes_over_the_span_then_it_is_refused_soon(rows: int) -> None:
    """A list that is full whatever is asked never ends; we do."""
    asked: list[int] = []

    def always_full(start_ms: int, _end_ms: int) -> list[Fill]:
        asked.append(start_ms)
        assert len(asked) < 200
        return [replace(FILL, trade_id=f"T{n}", traded_ms=NOW_MS - n) for n in range(rows)]

    with pytest.raises(ExchangeUnreachable, match="cannot be paged"):
        paging.trades_since(NOW_MS - 86_400_000, NOW_MS, always_full)


def test_lists_when_they_would_reach_too_far_then_they_are_cut_where_mexc_ends() -> None:
    """Seven days of orders, thirty of trades; asking for more is an error there."""
    venue = FakeList([], paging.MY_TRADES_ROWS)
    paging.orders_since(0, NOW_MS, venue.orders)
    paging.trades_since(0, NOW_MS, venue.fills)

    orders, trades = venue.spans
    assert 6.99 < (NOW_MS - orders[0]) / 86_400_000 < 7
    assert 29.99 < (NOW_MS - trades[0]) / 86_400_000 < 30


def test_lists_when_they_begin_in_the_future_then_the_span_is_no_nonsense() -> None:
    """A clock of ours that is ahead asks for an empty span, not for a reversed one."""
    venue = FakeList([], paging.MY_TRADES_ROWS)
    paging.trades_since(NOW_MS + 60_000, NOW_MS, venue.fills)
    assert venue.spans == [(END_MS, END_MS)]


@pytest.mark.parametrize(("rows", "refused"), [(0, False), (999, False), (1_000, True)])
def test_open_orders_when_the_list_is_full_then_it_is_no_answer(rows: int, refused: bool) -> None:
    """It cannot be paged, so a full one may hide an order."""
    listed = list(range(rows))
    if not refused:
        assert paging.whole(listed, paging.OPEN_ORDERS_ROWS) is listed
        return
    with pytest.raises(ExchangeUnreachable, match="may not be whole"):
        paging.whole(listed, paging.OPEN_ORDERS_ROWS)
