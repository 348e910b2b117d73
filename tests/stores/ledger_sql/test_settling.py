from decimal import Decimal

import pytest

from orderdesk.core.answers import Accepted, Answer, Refused, Unclear, Unsent, Why
from orderdesk.core.events import Event, EventKind
from orderdesk.core.intents import AttemptState
from orderdesk.core.orders import OrderStatus, OrderType
from orderdesk.errors import UnknownOrder
from orderdesk.ports import Ledger
from tests.stores.ledger_sql.drafts import draft, shown
from tests.stores.ledger_sql.steps import T_MS, kinds, now, sending, unknown

SETTLED_MS = T_MS + 100
REJECT = Refused(Why.REJECT, "30004", "Insufficient balance")
NOES_TO_THE_ATTEMPT = [
    Refused(Why.CLOCK, "700003", "Timestamp outside recvWindow"),
    Refused(Why.RATE, "429", "Too many requests"),
    Unsent("refused connect"),
]
NOES = [REJECT, *NOES_TO_THE_ATTEMPT]


def test_settle_when_accepted_then_a_resting_order_is_new_and_sleeps(
    ledger: Ledger, heard: list[Event]
) -> None:
    """A yes: the order id, when we heard of it, and no wake for what is followed anyway."""
    opened = sending(ledger, draft())

    intent = ledger.settle(opened.attempt.id, Accepted("X1", T_MS + 40), now_ms=SETTLED_MS)

    assert intent == now(ledger, intent)
    assert (intent.status, intent.order_id) == (OrderStatus.NEW, "X1")
    assert intent.acknowledged_ms == SETTLED_MS
    assert intent.next_wake_ms is None
    assert intent.reserved_notional == 100
    assert ledger.open_attempt_of(intent.id) is None
    assert kinds(heard)[1:] == [EventKind.ORDER_NEW]


def test_settle_when_accepted_order_ends_at_once_then_the_sweep_is_its_net(
    ledger: Ledger,
) -> None:
    """A MARKET order's fills are expected in a moment; if nobody fetches them the sweep does."""
    opened = sending(ledger, draft(type=OrderType.MARKET))

    intent = ledger.settle(opened.attempt.id, Accepted("X1"), now_ms=SETTLED_MS)

    assert intent.next_wake_ms == SETTLED_MS + 200
    assert intent.acknowledged_ms == SETTLED_MS


@pytest.mark.parametrize("why", [Why.REJECT, Why.AUTH, Why.BUG])
def test_settle_when_order_is_refused_then_it_is_rejected_and_costs_nothing(
    ledger: Ledger, heard: list[Event], why: Why
) -> None:
    """A no to the order ends it, with the exchange's code and words."""
    opened = sending(ledger, draft())

    intent = ledger.settle(opened.attempt.id, Refused(why, "1", "no"), now_ms=SETTLED_MS)

    assert intent == now(ledger, intent)
    assert (intent.status, intent.code, intent.reason) == (OrderStatus.REJECTED, "1", "no")
    assert intent.reserved_notional == Decimal(0)
    assert intent.ended_ms == SETTLED_MS
    assert intent.next_wake_ms is None
    assert kinds(heard)[1:] == [EventKind.ORDER_ERROR]


@pytest.mark.parametrize("no", NOES_TO_THE_ATTEMPT)
def test_settle_when_only_the_attempt_is_refused_then_another_may_follow(
    ledger: Ledger, heard: list[Event], no: Refused | Unsent
) -> None:
    """Clock, rate and never sent say nothing of the order: it is RECEIVED again."""
    opened = sending(ledger, draft())

    intent = ledger.settle(opened.attempt.id, no, now_ms=SETTLED_MS)

    assert intent == now(ledger, intent)
    assert intent.status is OrderStatus.RECEIVED
    assert intent.reserved_notional == Decimal(0)
    assert intent.next_wake_ms == SETTLED_MS + 5_000
    assert kinds(heard)[1:] == [EventKind.ORDER_UNSENT]


@pytest.mark.parametrize("no", NOES_TO_THE_ATTEMPT)
def test_settle_when_attempt_is_refused_and_a_cancel_waits_then_it_ends_cancelled(
    ledger: Ledger, heard: list[Event], no: Refused | Unsent
) -> None:
    """There is no second attempt for an order that somebody has cancelled."""
    of = draft()
    opened = sending(ledger, of)
    ledger.request_cancel("main", of.client_order_id, reason="no", now_ms=T_MS + 5)
    heard.clear()

    intent = ledger.settle(opened.attempt.id, no, now_ms=SETTLED_MS)

    assert intent.status is OrderStatus.CANCELED
    assert intent.reserved_notional == Decimal(0)
    assert kinds(heard) == [EventKind.ORDER_UNSENT, EventKind.ORDER_CANCELED]


def test_settle_when_unclear_then_attempt_stays_open_and_exposure_stays(
    ledger: Ledger, heard: list[Event]
) -> None:
    """No answer is a state of its own, which only evidence ends."""
    opened = sending(ledger, draft())

    intent = ledger.settle(opened.attempt.id, Unclear("read timeout"), now_ms=SETTLED_MS)

    assert intent == now(ledger, intent)
    assert intent.status is OrderStatus.UNKNOWN
    assert intent.reserved_notional == 100
    assert intent.next_wake_ms == SETTLED_MS
    attempt = ledger.open_attempt_of(intent.id)
    assert attempt is not None
    assert attempt.answer == "no usable answer: read timeout"
    assert kinds(heard)[1:] == [EventKind.ORDER_UNKNOWN]


@pytest.mark.parametrize("answer", [Accepted("X1"), *NOES])
def test_settle_when_unknown_then_the_late_worker_is_still_heard(
    ledger: Ledger, answer: Answer
) -> None:
    """While the attempt is open its own answer counts, whoever gave it up for lost."""
    opened = unknown(ledger, draft())

    intent = ledger.settle(opened.attempt.id, answer, now_ms=SETTLED_MS)

    assert intent.status not in (OrderStatus.UNKNOWN, OrderStatus.SENDING)
    assert ledger.open_attempt_of(intent.id) is None


@pytest.mark.parametrize("late", [*NOES, Unclear("reset")])
def test_settle_when_no_comes_after_the_yes_then_it_is_only_recorded(
    ledger: Ledger, heard: list[Event], late: Answer
) -> None:
    """A late no moves nothing: the order is on the exchange."""
    opened = sending(ledger, draft())
    before = ledger.settle(opened.attempt.id, Accepted("X1"), now_ms=SETTLED_MS)
    heard.clear()

    after = ledger.settle(opened.attempt.id, late, now_ms=SETTLED_MS + 1)

    assert after == before == now(ledger, before)
    assert [event.data["late"] for event in heard] == [True]
    assert ledger.story(before.id).attempts[0].state is AttemptState.ACCEPTED


@pytest.mark.parametrize("deadline_passed", [True, False])
def test_settle_when_yes_comes_after_the_proof_of_absence_then_it_is_adopted_with_an_alarm(
    ledger: Ledger, heard: list[Event], deadline_passed: bool
) -> None:
    """The exchange knows better than our proof; the exposure is back as well."""
    of = draft()
    opened = unknown(ledger, of)
    proven_ms = of.deadline_ms + 1 if deadline_passed else SETTLED_MS
    ledger.not_placed(opened.attempt.id, now_ms=proven_ms)
    heard.clear()

    intent = ledger.settle(opened.attempt.id, Accepted("X1"), now_ms=proven_ms + 1)

    assert intent == now(ledger, intent)
    assert (intent.status, intent.order_id) == (OrderStatus.NEW, "X1")
    assert (intent.reason, intent.ended_ms) == (None, None)
    assert intent.reserved_notional == 100
    assert kinds(heard) == [EventKind.LATE_EVIDENCE, EventKind.ORDER_NEW]


def test_settle_when_yes_comes_after_a_cancel_ended_it_unsent_then_it_is_cancelled_there(
    ledger: Ledger, heard: list[Event]
) -> None:
    """It lives again, and is due at once so that the sweep cancels it on the exchange."""
    of = draft()
    opened = unknown(ledger, of)
    ledger.request_cancel("main", of.client_order_id, reason="no", now_ms=T_MS)
    ledger.not_placed(opened.attempt.id, now_ms=SETTLED_MS)

    intent = ledger.settle(opened.attempt.id, Accepted("X1"), now_ms=SETTLED_MS + 1)

    assert intent.status is OrderStatus.NEW
    assert intent.cancel_requested_ms == T_MS
    assert intent.next_wake_ms == SETTLED_MS + 1
    assert EventKind.LATE_EVIDENCE in kinds(heard)


def test_settle_when_the_same_yes_comes_twice_then_nothing_happens(
    ledger: Ledger, heard: list[Event]
) -> None:
    """Evidence may be faster than the answer; then the answer says nothing new."""
    opened = sending(ledger, draft())
    before = ledger.book(opened.intent.id, order=shown(draft()), fills=(), now_ms=SETTLED_MS)
    heard.clear()

    after = ledger.settle(opened.attempt.id, Accepted("X1"), now_ms=SETTLED_MS + 1)

    assert after == before
    assert heard == []


def test_settle_when_a_second_order_is_accepted_then_the_first_stands_and_it_alarms_once(
    ledger: Ledger, heard: list[Event]
) -> None:
    """Two orders under one client id: the worst case is never hidden."""
    # Given an attempt judged absent, and a second one that was accepted
    first = unknown(ledger, draft())
    ledger.not_placed(first.attempt.id, now_ms=SETTLED_MS)
    second = sending(ledger, draft(), t_ms=SETTLED_MS + 1)
    before = ledger.settle(second.attempt.id, Accepted("X2"), now_ms=SETTLED_MS + 2)
    heard.clear()

    # When the first turns out to have been accepted too, and says so twice
    ledger.settle(first.attempt.id, Accepted("X1"), now_ms=SETTLED_MS + 3)
    after = ledger.settle(first.attempt.id, Accepted("X1"), now_ms=SETTLED_MS + 4)

    # Then the intent stays with its order, and there is one alarm
    assert after == before == now(ledger, before)
    assert kinds(heard) == [EventKind.DUPLICATE_ORDER]
    assert heard[0].data["order_id"] == "X2"
    assert heard[0].data["surplus_order_id"] == "X1"


@pytest.mark.parametrize("answer", [*NOES, Unclear("reset")])
def test_settle_when_an_earlier_attempt_was_found_then_the_open_one_moves_nothing(
    ledger: Ledger, answer: Answer
) -> None:
    """An intent known to be on the exchange is not taken off it by another attempt's no."""
    # Given attempt 2 on the wire while attempt 1 turns out to have been accepted
    first = unknown(ledger, draft())
    ledger.not_placed(first.attempt.id, now_ms=SETTLED_MS)
    second = sending(ledger, draft(), t_ms=SETTLED_MS + 1)
    before = ledger.settle(first.attempt.id, Accepted("X1"), now_ms=SETTLED_MS + 2)
    assert before.status is OrderStatus.NEW

    # When attempt 2 is answered
    after = ledger.settle(second.attempt.id, answer, now_ms=SETTLED_MS + 3)

    # Then the intent is where it was
    assert after == before == now(ledger, before)


def test_settle_when_attempt_is_unknown_then_it_says_so(ledger: Ledger) -> None:
    """An id that was never given is nobody's order."""
    with pytest.raises(UnknownOrder):
        ledger.settle(7, Accepted("X1"), now_ms=SETTLED_MS)
