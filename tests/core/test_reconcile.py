"""Two books are compared by client id, and each difference has its one name."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderdesk.core.answers import ExchangeOrder, Fill
from orderdesk.core.intents import Intent
from orderdesk.core.orders import ENDED, ON_EXCHANGE, OrderStatus, OrderType, Side
from orderdesk.core.reconcile import TREATMENT, Action, Finding, Kind, compare, compare_fills
from tests.core.laws import law
from tests.core.pieces import a_size, an_intent, shown

S = OrderStatus
OURS = an_intent()


def found(ours: Sequence[Intent], theirs: Sequence[ExchangeOrder]) -> list[Finding]:
    """Return everything that the comparison finds."""
    return list(compare(ours, theirs))


@pytest.mark.parametrize("status", [*ON_EXCHANGE, S.FILLED, S.CANCELED, S.PARTIALLY_CANCELED])
def test_books_when_they_agree_then_nothing_is_found(status: OrderStatus) -> None:
    """Silence is the answer to two equal books."""
    intent = an_intent(status=status)
    assert found([intent], [shown(intent)]) == []
    assert found([], []) == []


@pytest.mark.parametrize("status", list(OrderStatus))
def test_missing_when_theirs_does_not_list_it_then_only_open_orders_are_named(
    status: OrderStatus,
) -> None:
    """What should rest there and does not is asked for by id; doubts have their own way."""
    intent = an_intent(status=status)
    expected = [Finding(Kind.MISSING_THERE, "BTCUSDT", intent)] if status in ON_EXCHANGE else []
    assert found([intent], []) == expected


@pytest.mark.parametrize(
    ("moved", "kind"),
    [
        ({"status": S.FILLED}, Kind.ENDED_UNSEEN),
        ({"status": S.CANCELED}, Kind.ENDED_UNSEEN),
        ({"status": S.PARTIALLY_FILLED}, Kind.BEHIND),
        ({"executed_quantity": Decimal("0.4"), "executed_quote": Decimal(40)}, Kind.BEHIND),
    ],
)
def test_behind_when_theirs_moved_then_it_is_to_be_booked(
    moved: dict[str, Any], kind: Kind
) -> None:
    """Ended, another state, or more executed than we know: we are behind."""
    order = shown(OURS, **moved)
    assert found([OURS], [order]) == [Finding(kind, "BTCUSDT", OURS, order, detail="")]


def test_behind_when_fills_are_missing_then_the_order_is_looked_at_again() -> None:
    """An order whose fills are not all booked is not level, though its state is."""
    done = Decimal(1)
    intent = an_intent(status=S.FILLED, executed_quantity=done, filled_quantity=Decimal("0.4"))
    assert [finding.kind for finding in found([intent], [shown(intent)])] == [Kind.BEHIND]
    whole = an_intent(status=S.FILLED, executed_quantity=done, filled_quantity=done)
    assert found([whole], [shown(whole)]) == []


@pytest.mark.parametrize("status", [S.RECEIVED, S.SENDING, S.UNKNOWN, *sorted(ENDED)])
def test_behind_when_an_order_of_ours_turns_up_then_it_is_found_by_its_client_id(
    status: OrderStatus,
) -> None:
    """In doubt or ended unsent: what is on the exchange under our id is ours to book."""
    intent = an_intent(status=status, order_id=None)
    order = shown(intent, order_id="9", status=S.NEW)
    assert found([intent], [order]) == [Finding(Kind.MISSING_HERE, "BTCUSDT", intent, order)]


def test_duplicate_when_two_share_our_client_id_then_the_surplus_is_named() -> None:
    """The order that we know is ours; every other under its id is one too many."""
    known, surplus, more = shown(OURS), shown(OURS, order_id="8"), shown(OURS, order_id="9")
    for theirs in ([known, surplus, more], [surplus, known, more], [surplus, more, known]):
        findings = found([OURS], theirs)
        assert {finding.kind for finding in findings} == {Kind.DUPLICATE}
        assert {f.order.order_id for f in findings if f.order} == {"8", "9"}
        assert all(finding.intent is OURS for finding in findings)


def test_duplicate_when_an_unknown_order_shows_twice_then_one_is_adopted() -> None:
    """Of two that we do not know, one is booked as ours and the other as surplus."""
    intent = an_intent(status=S.UNKNOWN, order_id=None)
    theirs = [shown(intent, order_id=number, status=S.NEW) for number in ("8", "9")]
    findings = found([intent], theirs)
    assert sorted(finding.kind for finding in findings) == [Kind.DUPLICATE, Kind.MISSING_HERE]
    assert {f.order.order_id for f in findings if f.order} == {"8", "9"}


@pytest.mark.parametrize(
    ("client_order_id", "kind"),
    [
        ("od1-" + "z" * 28, Kind.ORPHAN),
        ("web-1", Kind.FOREIGN),
        ("", Kind.FOREIGN),
        (None, Kind.FOREIGN),
    ],
)
def test_stranger_when_it_is_not_in_our_ledger_then_the_prefix_tells_orphan_from_foreign(
    client_order_id: str | None, kind: Kind
) -> None:
    """Our prefix without our row is an alarm; other people's orders are noted, no more."""
    order = shown(OURS, order_id="9", client_order_id=client_order_id)
    assert found([OURS], [shown(OURS), order]) == [Finding(kind, "BTCUSDT", order=order)]


def test_stranger_when_it_looks_like_ours_then_it_is_not_adopted() -> None:
    """Adoption is by client id only: a twin without our id is foreign, and ours is missing."""
    twin = shown(OURS, order_id="9", client_order_id=None)
    kinds = [finding.kind for finding in found([OURS], [twin])]
    assert kinds == [Kind.MISSING_THERE, Kind.FOREIGN]


def test_mismatch_when_the_side_differs_then_it_is_not_booked() -> None:
    """The other side under our id is nothing to heal: a person must look."""
    order = shown(OURS, side=Side.SELL, status=S.FILLED)
    (mismatch,) = found([OURS], [order])
    assert (mismatch.kind, mismatch.intent, mismatch.order) == (Kind.MISMATCH, OURS, order)
    assert "side" in mismatch.detail


@pytest.mark.parametrize(
    "other",
    [
        {"symbol": "ETHUSDT"},
        {"type": OrderType.LIMIT_MAKER},
        {"type": None},
        {"quantity": Decimal(2)},
        {"price": Decimal(101)},
    ],
)
def test_mismatch_when_symbol_or_amounts_differ_then_it_is_told(other: dict[str, Any]) -> None:
    """The table says: same id, other symbol, side or amounts; the detail says which and how."""
    (mismatch,) = found([OURS], [shown(OURS, **other)])
    ((name, theirs),) = other.items()
    ours = getattr(OURS, name, None) or getattr(OURS.size, name)
    assert mismatch.kind is Kind.MISMATCH
    assert mismatch.detail == f"order 7 has {name}={theirs}, we sent {ours}"


def test_mismatch_when_a_market_order_shows_protective_amounts_then_it_is_none() -> None:
    """The venue inflates quantity and price of market orders: they tell nothing."""
    size = a_size(type=OrderType.MARKET, price=None, quantity=None, quote_quantity=Decimal(10))
    ours = an_intent(size=size, status=S.FILLED)
    order = shown(ours, quantity=Decimal("0.12"), price=Decimal(105))
    assert found([ours], [order]) == []


def test_books_when_two_lists_show_one_order_then_it_is_compared_once() -> None:
    """Open orders and all orders overlap; the list that was read later counts."""
    earlier, later = shown(OURS), shown(OURS, status=S.FILLED)
    assert found([OURS], [earlier, later]) == [Finding(Kind.ENDED_UNSEEN, "BTCUSDT", OURS, later)]
    assert found([OURS], [later, earlier]) == []


@law
@given(st.permutations(range(6)))
def test_books_when_listed_in_any_order_then_the_findings_are_the_same(order: list[int]) -> None:
    """What is found depends on the books, not on how they are sorted."""
    level, behind = an_intent(), an_intent(idempotency_key="b", order_id="1")
    missing = an_intent(idempotency_key="m", order_id="2", size=a_size(side=Side.SELL))
    theirs = [
        shown(level),
        shown(behind, status=S.FILLED),
        shown(level, order_id="3"),
        shown(level, order_id="4", client_order_id="web"),
        shown(level, order_id="5", client_order_id="od1-x"),
        shown(level, order_id="6", client_order_id=None),
    ]
    findings = found([level, behind, missing], [theirs[place] for place in order])
    told = {(f.kind, f.order.order_id if f.order else None) for f in findings}
    assert told == {
        (Kind.ENDED_UNSEEN, "1"),
        (Kind.MISSING_THERE, None),
        (Kind.DUPLICATE, "3"),
        (Kind.FOREIGN, "4"),
        (Kind.ORPHAN, "5"),
        (Kind.FOREIGN, "6"),
    }
    assert len(findings) == len(told)


def traded(trade_id: str, at_ms: int = 500, **changes: Any) -> Fill:
    """A trade of ours; `changes` are its fields."""
    fields: dict[str, Any] = {
        "symbol": "BTCUSDT",
        "trade_id": trade_id,
        "order_id": "7",
        "client_order_id": OURS.client_order_id,
        "side": Side.BUY,
        "quantity": Decimal(1),
        "quote_quantity": Decimal(100),
        "price": Decimal(100),
        "commission": Decimal("0.1"),
        "commission_asset": "USDT",
        "is_maker": False,
        "traded_ms": at_ms,
    }
    return Fill(**{**fields, **changes})


def found_fills(ours: Sequence[Fill], theirs: Sequence[Fill]) -> list[tuple[Kind, str]]:
    """What differs, by trade."""
    findings = compare_fills(OURS, ours, theirs, since_ms=100, until_ms=900)
    return [(one.kind, one.fill.trade_id if one.fill else "") for one in findings]


def test_fills_when_they_agree_then_nothing_is_found() -> None:
    """Trade by trade, in any order, listed twice or once."""
    one, two = traded("a"), traded("b")
    assert found_fills([one, two], [two, one, one]) == []


def test_fills_when_one_book_lacks_a_trade_then_it_is_named() -> None:
    """Missing here, missing there."""
    assert found_fills([], [traded("a")]) == [(Kind.FILL_MISSING_HERE, "a")]
    assert found_fills([traded("a")], []) == [(Kind.FILL_MISSING_THERE, "a")]


@pytest.mark.parametrize("at_ms", [99, 900])
def test_fills_when_the_list_cannot_have_a_trade_then_it_is_not_missed(at_ms: int) -> None:
    """Older than the list, or too young to be listed."""
    assert found_fills([traded("a", at_ms)], []) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"quantity": Decimal(2)},
        {"price": Decimal(101)},
        {"quote_quantity": Decimal(99)},
        {"commission": Decimal(0)},
        {"commission_asset": "MX"},
        {"side": Side.SELL},
    ],
)
def test_fills_when_a_trade_differs_then_it_is_told_how(changes: dict[str, Any]) -> None:
    """One trade id, two contents: which, and what each book says."""
    (finding,) = compare_fills(
        OURS, [traded("a")], [traded("a", **changes)], since_ms=0, until_ms=900
    )
    ((name, theirs),) = changes.items()
    assert finding.kind is Kind.FILL_MISMATCH
    assert f"{name}={theirs}, we booked" in finding.detail


def test_treatment_when_the_table_is_read_then_every_finding_has_its_row_and_its_why() -> None:
    """Healed or alarmed: nothing is found that nobody decided about."""
    assert set(TREATMENT) == set(Kind)
    assert all(row.meaning and row.why for row in TREATMENT.values())
    noted = {kind for kind, row in TREATMENT.items() if row.action is Action.NOTED}
    assert noted == {Kind.FOREIGN}
