"""Evidence that should not be: fills of the dead, and two orders under one id."""

from decimal import Decimal

import pytest

from orderdesk.core.events import Event, EventKind
from orderdesk.core.orders import OrderStatus, OrderType
from orderdesk.ports import Ledger
from tests.stores.ledger_sql.drafts import draft, fill, shown
from tests.stores.ledger_sql.steps import T_MS, in_state, kinds, now, placed

BOOKED_MS = T_MS + 1_000


@pytest.mark.parametrize("status", sorted(set(OrderStatus) - {OrderStatus.FILLED}))
def test_book_when_a_fill_comes_in_any_state_then_it_is_booked(
    ledger: Ledger, status: OrderStatus
) -> None:
    """Money that moved is written down, whatever we believed of the order."""
    intent = in_state(ledger, status)

    after = ledger.book(intent.id, order=None, fills=[fill(draft())], now_ms=BOOKED_MS)

    assert after == now(ledger, intent)
    assert (after.fills, after.order_id) == (1, "X1")
    assert after.filled_quantity == after.executed_quantity == 1


@pytest.mark.parametrize(
    "status",
    [
        OrderStatus.CANCELED,
        OrderStatus.PARTIALLY_CANCELED,
        OrderStatus.REJECTED,
        OrderStatus.DENIED,
        OrderStatus.EXPIRED_UNSENT,
    ],
)
def test_book_when_fill_is_late_then_it_alarms(
    ledger: Ledger, heard: list[Event], status: OrderStatus
) -> None:
    """A fill that an ended order should not have had is an alarm, once."""
    intent = in_state(ledger, status)
    heard.clear()

    for _ in range(2):
        ledger.book(intent.id, order=None, fills=[fill(draft())], now_ms=BOOKED_MS)

    assert kinds(heard).count(EventKind.LATE_EVIDENCE) == 1


def test_book_when_fills_follow_a_filled_order_then_it_is_no_alarm(
    ledger: Ledger, heard: list[Event]
) -> None:
    """The normal way of a MARKET order: first it is seen filled, then its trades come."""
    of = draft(type=OrderType.MARKET)
    intent = placed(ledger, of)
    filled = shown(of, OrderStatus.FILLED, executed="1")
    ledger.book(intent.id, order=filled, fills=(), now_ms=BOOKED_MS)
    heard.clear()

    intent = ledger.book(intent.id, order=None, fills=[fill(of)], now_ms=BOOKED_MS)

    assert intent.answerable
    assert kinds(heard) == [EventKind.FILL_BOOKED]


def test_book_when_a_second_order_shows_then_both_are_booked_and_the_first_stands(
    ledger: Ledger, heard: list[Event]
) -> None:
    """The surplus order is alarmed once; its fills are kept, the intent's amounts are its own."""
    # Given an order of ours that is half filled
    of = draft()
    intent = placed(ledger, of)
    own = fill(of, "T1", "0.5")
    before = ledger.book(intent.id, order=None, fills=[own], now_ms=BOOKED_MS)
    heard.clear()

    # When another order under its client id shows, with a fill, twice
    surplus = shown(of, OrderStatus.FILLED, executed="1", order_id="X2")
    theirs = fill(of, "T2", "1", order_id="X2")
    for _ in range(2):
        after = ledger.book(intent.id, order=surplus, fills=[theirs], now_ms=BOOKED_MS)

    # Then the intent has not moved, the fill is kept, and there was one alarm
    assert after == before == now(ledger, before)
    assert ledger.story(intent.id).fills == [own, theirs]
    assert kinds(heard) == [EventKind.FILL_BOOKED, EventKind.DUPLICATE_ORDER]
    assert heard[1].data["surplus_order_id"] == "X2"

    # And what is still missing of the first is counted with its own fills alone
    whole = ledger.book(intent.id, order=None, fills=[fill(of, "T3", "0.5")], now_ms=BOOKED_MS)
    assert (whole.status, whole.fills) == (OrderStatus.FILLED, 2)
    assert whole.filled_quantity == 1


def test_book_when_surplus_and_own_evidence_come_together_then_each_is_taken_for_what_it_is(
    ledger: Ledger,
) -> None:
    """One page of trades may hold fills of both orders."""
    of = draft()
    intent = placed(ledger, of)
    fills = [fill(of, "T1", "0.4"), fill(of, "T2", "1", order_id="X2")]

    intent = ledger.book(intent.id, order=None, fills=fills, now_ms=BOOKED_MS)

    assert (intent.order_id, intent.filled_quantity) == ("X1", Decimal("0.4"))
    assert len(ledger.story(intent.id).fills) == 2
