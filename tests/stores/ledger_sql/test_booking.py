from decimal import Decimal

import pytest

from orderdesk.core.answers import Accepted
from orderdesk.core.events import Event, EventKind
from orderdesk.core.intents import AttemptState
from orderdesk.core.orders import OrderStatus, OrderType
from orderdesk.errors import UnknownOrder
from orderdesk.ports import Ledger
from tests.stores.ledger_sql.drafts import NOW_MS, draft, fill, shown
from tests.stores.ledger_sql.steps import T_MS, in_state, kinds, now, placed, sending, unknown

BOOKED_MS = T_MS + 1_000


def test_book_when_unknown_order_is_found_then_it_is_adopted(
    ledger: Ledger, heard: list[Event]
) -> None:
    """Found ends the doubt: the attempt is closed as accepted, whoever had sent it."""
    opened = unknown(ledger, draft())
    heard.clear()

    intent = ledger.book(opened.intent.id, order=shown(draft()), fills=(), now_ms=BOOKED_MS)

    assert intent == now(ledger, intent)
    assert (intent.status, intent.order_id) == (OrderStatus.NEW, "X1")
    assert intent.acknowledged_ms == BOOKED_MS
    assert intent.next_wake_ms is None
    assert ledger.story(intent.id).attempts[0].state is AttemptState.ACCEPTED
    assert kinds(heard) == [EventKind.ORDER_FOUND]


def test_book_when_order_is_complete_then_it_ends_and_costs_nothing(
    ledger: Ledger, heard: list[Event]
) -> None:
    """Executed and paid for: reservation exactly zero, no wake, the last fill's time."""
    of = draft()
    intent = placed(ledger, of)
    heard.clear()
    fills = [fill(of, "T1", "0.4"), fill(of, "T2", "0.6", traded_ms=NOW_MS + 45)]

    intent = ledger.book(
        intent.id,
        order=shown(of, OrderStatus.FILLED, executed="1"),
        fills=fills,
        now_ms=BOOKED_MS,
        next_wake_ms=BOOKED_MS + 9,
    )

    assert intent == now(ledger, intent)
    assert intent.status is OrderStatus.FILLED
    assert intent.reserved_notional == Decimal(0)
    assert intent.executed_quantity == intent.filled_quantity == 1
    assert intent.executed_quote == 100
    assert intent.fills == 2
    assert intent.commissions == {"USDT": Decimal("0.05")}
    assert (intent.ended_ms, intent.filled_ms) == (BOOKED_MS, NOW_MS + 45)
    assert intent.next_wake_ms is None
    assert kinds(heard) == [
        EventKind.FILL_BOOKED,
        EventKind.FILL_BOOKED,
        EventKind.ORDER_FILLED,
    ]
    assert ledger.story(intent.id).fills == fills


def test_book_when_fills_are_missing_then_the_given_wake_stands(ledger: Ledger) -> None:
    """Ended, but its fills are not all here: somebody still has to fetch them."""
    of = draft(type=OrderType.MARKET)
    intent = placed(ledger, of)

    intent = ledger.book(
        intent.id,
        order=shown(of, OrderStatus.FILLED, executed="1"),
        fills=[fill(of, "T1", "0.4")],
        now_ms=BOOKED_MS,
        next_wake_ms=BOOKED_MS + 9,
    )

    assert intent.ended
    assert not intent.fills_complete
    assert not intent.answerable
    assert intent.next_wake_ms == BOOKED_MS + 9


def test_book_when_evidence_comes_twice_then_the_second_time_is_silent(
    ledger: Ledger, heard: list[Event]
) -> None:
    """Booking is idempotent: the same trades and the same order change and tell nothing."""
    of = draft()
    intent = placed(ledger, of)
    order = shown(of, OrderStatus.PARTIALLY_FILLED, executed="0.4")
    twice = [fill(of, "T1", "0.4"), fill(of, "T1", "0.4")]
    before = ledger.book(intent.id, order=order, fills=twice, now_ms=BOOKED_MS)
    heard.clear()

    after = ledger.book(intent.id, order=order, fills=twice, now_ms=BOOKED_MS + 1)

    assert before.fills == 1
    assert after == before == now(ledger, before)
    assert heard == []


def test_book_when_answer_is_older_than_what_is_known_then_nothing_goes_backwards(
    ledger: Ledger,
) -> None:
    """An order query answered by a lagging gateway is old news."""
    of = draft()
    intent = placed(ledger, of)
    partly = shown(of, OrderStatus.PARTIALLY_FILLED, executed="0.4")
    before = ledger.book(intent.id, order=partly, fills=(), now_ms=BOOKED_MS)

    after = ledger.book(intent.id, order=shown(of), fills=(), now_ms=BOOKED_MS + 1)

    assert after == before


def test_book_when_more_of_it_executes_then_every_step_is_told(
    ledger: Ledger, heard: list[Event]
) -> None:
    """A partial fill is told each time it grows."""
    of = draft()
    intent = placed(ledger, of)
    heard.clear()

    for executed in ("0.4", "0.4", "0.7"):
        order = shown(of, OrderStatus.PARTIALLY_FILLED, executed=executed)
        ledger.book(intent.id, order=order, fills=(), now_ms=BOOKED_MS)

    assert kinds(heard) == [EventKind.ORDER_PARTIALLY_FILLED] * 2


def test_book_when_only_fills_come_then_they_move_the_order(ledger: Ledger) -> None:
    """Fills prove that it trades, and that it is complete if they add up to its quantity."""
    of = draft()
    intent = unknown(ledger, of).intent

    partly = ledger.book(intent.id, order=None, fills=[fill(of, "T1", "0.4")], now_ms=BOOKED_MS)
    whole = ledger.book(intent.id, order=None, fills=[fill(of, "T2", "0.6")], now_ms=BOOKED_MS)

    assert (partly.status, partly.order_id) == (OrderStatus.PARTIALLY_FILLED, "X1")
    assert (partly.executed_quantity, partly.executed_quote) == (Decimal("0.4"), Decimal(40))
    assert whole.status is OrderStatus.FILLED
    assert (whole.executed_quantity, whole.executed_quote) == (Decimal(1), Decimal(100))
    assert whole.reserved_notional == Decimal(0)


def test_book_when_order_is_by_quote_amount_then_fills_never_complete_it(
    ledger: Ledger,
) -> None:
    """How much base a quote amount buys is for the exchange to say."""
    of = draft(type=OrderType.MARKET, quote_quantity="100")
    intent = placed(ledger, of)

    intent = ledger.book(intent.id, order=None, fills=[fill(of, "T1", "1")], now_ms=BOOKED_MS)

    assert intent.status is OrderStatus.PARTIALLY_FILLED


def test_book_when_absence_had_been_proven_then_it_alarms(
    ledger: Ledger, heard: list[Event]
) -> None:
    """RECEIVED after an attempt meant "not there"; the exchange says otherwise."""
    opened = unknown(ledger, draft())
    ledger.not_placed(opened.attempt.id, now_ms=T_MS + 30_000)
    heard.clear()

    intent = ledger.book(opened.intent.id, order=shown(draft()), fills=(), now_ms=BOOKED_MS)

    assert intent.status is OrderStatus.NEW
    assert intent.reserved_notional == 100
    assert kinds(heard) == [EventKind.ORDER_FOUND, EventKind.LATE_EVIDENCE]


def test_book_when_found_before_its_first_attempt_then_exposure_is_counted(
    ledger: Ledger, heard: list[Event]
) -> None:
    """In doubt we look before sending; what is found was placed by a desk that forgot."""
    intent = in_state(ledger, OrderStatus.RECEIVED)

    intent = ledger.book(intent.id, order=shown(draft()), fills=(), now_ms=BOOKED_MS)

    assert intent.status is OrderStatus.NEW
    assert intent.reserved_notional == 100
    assert kinds(heard) == [EventKind.ORDER_FOUND]


def test_book_when_open_order_has_a_cancel_waiting_then_it_is_due_at_once(
    ledger: Ledger,
) -> None:
    """The sweep cancels it, whoever wrote the request down and died."""
    of = draft()
    opened = unknown(ledger, of)
    ledger.request_cancel("main", of.client_order_id, reason="no", now_ms=T_MS)

    intent = ledger.book(
        opened.intent.id, order=shown(of), fills=(), now_ms=BOOKED_MS, next_wake_ms=BOOKED_MS + 99
    )

    assert intent.next_wake_ms == BOOKED_MS


def test_book_when_stream_is_faster_than_the_answer_then_the_answer_adds_nothing(
    ledger: Ledger, heard: list[Event]
) -> None:
    """A fill may arrive before the response to the POST that caused it."""
    of = draft()
    opened = sending(ledger, of)
    ledger.book(opened.intent.id, order=None, fills=[fill(of)], now_ms=BOOKED_MS)
    heard.clear()

    intent = ledger.settle(opened.attempt.id, Accepted("X1"), now_ms=BOOKED_MS + 1)

    assert intent.status is OrderStatus.FILLED
    assert heard == []


def test_book_when_there_is_no_evidence_then_only_the_wake_moves(ledger: Ledger) -> None:
    """Nothing seen is not an absence, and moves no order."""
    intent = in_state(ledger, OrderStatus.UNKNOWN)

    same = ledger.book(intent.id, order=None, fills=(), now_ms=BOOKED_MS)
    later = ledger.book(intent.id, order=None, fills=(), now_ms=BOOKED_MS, next_wake_ms=7)

    assert same == intent
    assert (later.status, later.next_wake_ms) == (OrderStatus.UNKNOWN, 7)


def test_book_when_amounts_are_long_then_nothing_is_rounded(ledger: Ledger) -> None:
    """Sums keep every digit, more than Python's decimal context would."""
    of = draft(quantity="100000000000000.000000000000000002")
    parts = ["99999999999999.000000000000000001", "1.000000000000000001"]
    intent = placed(ledger, of)

    for number, part in enumerate(parts):
        intent = ledger.book(
            intent.id, order=None, fills=[fill(of, f"T{number}", part)], now_ms=BOOKED_MS
        )

    assert intent.filled_quantity == of.size.quantity
    assert intent.status is OrderStatus.FILLED


def test_book_when_intent_is_unknown_then_it_says_so(ledger: Ledger) -> None:
    """Evidence of nobody's order is not ours to keep."""
    with pytest.raises(UnknownOrder):
        ledger.book(7, order=shown(draft()), fills=(), now_ms=BOOKED_MS)
