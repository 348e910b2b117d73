"""Fills against balances: every unit that came or went is in the book once, or is drift."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderdesk.core.answers import Fill
from orderdesk.core.asset_books import (
    AssetBook,
    Explanation,
    flows_of,
    judged,
    nearly_confirmed,
    sum_of,
    with_fills,
)
from orderdesk.core.orders import Side
from tests.core.laws import law

ASSETS = {"BTCUSDT": ("BTC", "USDT"), "ETHBTC": ("ETH", "BTC"), "MXUSDT": ("MX", "USDT")}
E = Explanation
BOOK = AssetBook("BTC", 0, baseline=Decimal(5), settled=True)

amounts = st.integers(1, 10**12).map(lambda n: Decimal(n).scaleb(-8))
fills = st.builds(
    Fill,
    symbol=st.sampled_from(sorted(ASSETS)),
    trade_id=st.just("T"),
    order_id=st.just("X"),
    client_order_id=st.none(),
    side=st.sampled_from(Side),
    quantity=amounts,
    quote_quantity=amounts,
    price=amounts,
    commission=amounts,
    commission_asset=st.sampled_from(["BTC", "ETH", "USDT", "MX"]),
    is_maker=st.booleans(),
    traded_ms=st.just(0),
)


def assets_of(fill: Fill) -> tuple[str, str]:
    """Base and quote."""
    return ASSETS[fill.symbol]


def slowly(fills: Sequence[Fill], asset: str) -> Fraction:
    """Add one asset up the obvious way: what every fill brought, took, and cost."""
    total = Fraction(0)
    for fill in fills:
        base, quote = ASSETS[fill.symbol]
        bought = fill.side is Side.BUY
        if base == asset:
            total += Fraction(fill.quantity) if bought else -Fraction(fill.quantity)
        if quote == asset:
            total -= Fraction(fill.quote_quantity) if bought else -Fraction(fill.quote_quantity)
        if fill.commission_asset == asset:
            total -= Fraction(fill.commission)
    return total


@law
@given(st.lists(fills, max_size=12), st.data())
def test_books_when_fills_come_in_any_pieces_then_they_agree_with_the_slow_way(
    made: list[Fill], data: st.DataObject
) -> None:
    """However the syncs cut the fills, each asset ends where adding everything up ends."""
    cuts = data.draw(st.lists(st.integers(0, len(made)), max_size=3))
    books: dict[str, AssetBook] = {}
    edges = sorted({0, *cuts, len(made)})
    for start, end in pairwise(edges):
        books = dict(with_fills(books, made[start:end], assets_of, since_ms=1))
    for asset in ("BTC", "ETH", "USDT", "MX"):
        book = books.get(asset, AssetBook(asset, 0))
        assert Fraction(book.ours) == slowly(made, asset)
        paid = sum(
            (Fraction(f.commission) for f in made if f.commission_asset == asset), Fraction(0)
        )
        assert Fraction(book.fees) == paid
    whole = sum_of(made, assets_of)
    assert {asset: book.ours for asset, book in books.items()} == whole


def test_flows_when_the_fee_is_in_base_then_both_are_one_sum() -> None:
    """Bought 1, paid 0.001 of it: 0.999 came."""
    fill = Fill(
        "BTCUSDT", "T", "X", None, Side.BUY, Decimal(1), Decimal(100), Decimal(100),
        Decimal("0.001"), "BTC", is_maker=False, traded_ms=0,
    )  # fmt: skip
    assert flows_of(fill, base="BTC", quote="USDT") == {
        "BTC": Decimal("0.999"),
        "USDT": Decimal(-100),
    }


def test_judged_when_the_balance_is_as_expected_then_the_drift_is_0() -> None:
    """The goal."""
    book = replace(BOOK, ours=Decimal("-0.5"))
    after, drift = judged(book, Decimal("4.5"), 7, in_flight=False)
    assert [drift.drift, drift.explanation, after.level_ms] == [0, E.NONE, 7]


@pytest.mark.parametrize(
    ("total", "foreign", "explanation"),
    [
        ("6", "0", E.DEPOSIT),
        ("4", "0", E.WITHDRAWAL),
        ("6", "1", E.FOREIGN_TRADES),
        ("4", "-1", E.FOREIGN_TRADES),
        ("7", "1", E.DEPOSIT),
        ("4", "1", E.WITHDRAWAL),
    ],
)
def test_judged_when_a_difference_stays_then_it_is_explained_and_kept_apart(
    total: str, foreign: str, explanation: Explanation
) -> None:
    """At the second sync, and then the book is level again; profit and loss know nothing of it."""
    first, seen = judged(BOOK, Decimal(total), 1, in_flight=False)
    assert seen.explanation is E.NOT_CONFIRMED
    assert nearly_confirmed(first, Decimal(total))
    second, told = judged(first, Decimal(total), 2, in_flight=False, foreign=Decimal(foreign))
    assert [told.explanation, told.drift, told.kept_apart] == [
        explanation,
        Decimal(total) - 5,
        True,
    ]
    level, last = judged(second, Decimal(total), 3, in_flight=False)
    assert [last.drift, level.moved, level.ours] == [0, Decimal(total) - 5, 0]


def test_judged_when_a_difference_changes_then_it_waits_to_stand() -> None:
    """A fill that nobody has booked yet looks like one: it is gone at the next sync."""
    book, _ = judged(BOOK, Decimal(6), 1, in_flight=False)
    book, seen = judged(book, Decimal(7), 2, in_flight=False)
    assert [seen.explanation, book.drift_syncs, book.moved] == [E.NOT_CONFIRMED, 1, 0]


def test_judged_when_orders_are_in_flight_then_nothing_is_concluded() -> None:
    """However often it is seen."""
    book = BOOK
    for now_ms in range(5):
        book, seen = judged(book, Decimal(6), now_ms, in_flight=True)
        assert [seen.explanation, book.moved] == [E.IN_FLIGHT, 0]


def test_judged_when_the_baseline_was_read_in_flight_then_it_settles_first() -> None:
    """The first quiet sync makes the baseline exact; only from then on is there drift."""
    book = replace(BOOK, settled=False)
    book, _ = judged(book, Decimal(6), 1, in_flight=True)
    assert [book.settled, book.expected] == [False, 6]
    book, _ = judged(book, Decimal("5.5"), 2, in_flight=False)
    assert [book.settled, book.expected, book.moved] == [True, Decimal("5.5"), 0]
