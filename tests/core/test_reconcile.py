"""Two books are compared by client id, and each difference has its one name."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderdesk.core.answers import ExchangeOrder
from orderdesk.core.intents import Intent
from orderdesk.core.orders import ENDED, ON_EXCHANGE, OrderStatus, OrderType, Side
from orderdesk.core.reconcile import Finding, Kind, compare
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
    expected = [Finding(Kind.MISSING, "BTCUSDT", intent)] if status in ON_EXCHANGE else []
    assert found([intent], []) == expected


@pytest.mark.parametrize(
    "moved",
    [
        {"status": S.FILLED},
        {"executed_quantity": Decimal("0.4"), "executed_quote": Decimal(40)},
    ],
)
def test_behind_when_theirs_moved_then_it_is_to_be_booked(moved: dict[str, Any]) -> None:
    """Another state, or more executed than we know: we are behind."""
    order = shown(OURS, **moved)
    assert found([OURS], [order]) == [Finding(Kind.BEHIND, "BTCUSDT", OURS, order, detail="")]


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
    assert found([intent], [order]) == [Finding(Kind.BEHIND, "BTCUSDT", intent, order)]


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
    assert sorted(finding.kind for finding in findings) == [Kind.BEHIND, Kind.DUPLICATE]
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
    assert kinds == [Kind.MISSING, Kind.FOREIGN]


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
    assert found([OURS], [earlier, later]) == [Finding(Kind.BEHIND, "BTCUSDT", OURS, later)]
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
        (Kind.BEHIND, "1"),
        (Kind.MISSING, None),
        (Kind.DUPLICATE, "3"),
        (Kind.FOREIGN, "4"),
        (Kind.ORPHAN, "5"),
        (Kind.FOREIGN, "6"),
    }
    assert len(findings) == len(told)
