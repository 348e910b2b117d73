import pytest

from orderdesk.core.answers import Accepted
from orderdesk.core.events import Event, EventKind
from orderdesk.core.intents import AttemptState
from orderdesk.core.orders import OrderStatus
from orderdesk.errors import UnknownOrder
from orderdesk.ports import Ledger
from tests.stores.ledger_sql.drafts import draft, shown
from tests.stores.ledger_sql.steps import T_MS, in_state, kinds, now, sending, unknown

PROVEN_MS = T_MS + 25_000


def test_note_absence_when_noted_then_the_attempt_remembers_each_moment_once(
    ledger: Ledger, heard: list[Event]
) -> None:
    """The same answer noted by two workers is one absence."""
    attempt_id = unknown(ledger, draft()).attempt.id
    heard.clear()

    for asked_ms in (T_MS + 8_000, T_MS + 5_000, T_MS + 8_000):
        attempt = ledger.note_absence(attempt_id, asked_ms, now_ms=asked_ms + 50)

    assert attempt.absences_ms == (T_MS + 5_000, T_MS + 8_000)
    assert attempt == ledger.open_attempt_of(attempt.intent_id)
    assert kinds(heard) == [EventKind.ORDER_ABSENT] * 2


def test_note_absence_when_attempt_is_closed_then_nothing_is_added(ledger: Ledger) -> None:
    """A question that has been answered needs no more absences."""
    opened = unknown(ledger, draft())
    ledger.book(opened.intent.id, order=shown(draft()), fills=(), now_ms=PROVEN_MS)

    attempt = ledger.note_absence(opened.attempt.id, PROVEN_MS, now_ms=PROVEN_MS)

    assert attempt.absences_ms == ()


def test_not_placed_when_deadline_allows_then_another_attempt_may_follow_at_once(
    ledger: Ledger, heard: list[Event]
) -> None:
    """Proven absent is the one way from UNKNOWN back to RECEIVED."""
    opened = unknown(ledger, draft())
    heard.clear()

    intent = ledger.not_placed(opened.attempt.id, now_ms=PROVEN_MS)

    assert intent == now(ledger, intent)
    assert intent.status is OrderStatus.RECEIVED
    assert intent.reserved_notional == 0
    assert intent.next_wake_ms == PROVEN_MS
    assert ledger.story(intent.id).attempts[0].state is AttemptState.NOT_PLACED
    assert kinds(heard) == [EventKind.ORDER_NOT_PLACED]


def test_not_placed_when_deadline_has_passed_then_it_expires_unsent(
    ledger: Ledger, heard: list[Event]
) -> None:
    """Too late for another attempt, and provably never placed."""
    of = draft(valid_for_ms=10_000)
    opened = unknown(ledger, of)
    heard.clear()

    intent = ledger.not_placed(opened.attempt.id, now_ms=of.deadline_ms + 1)

    assert intent.status is OrderStatus.EXPIRED_UNSENT
    assert kinds(heard) == [EventKind.ORDER_NOT_PLACED, EventKind.ORDER_EXPIRED]


def test_not_placed_when_a_cancel_waits_then_it_ends_cancelled(ledger: Ledger) -> None:
    """A cancel outlives the doubt, and needs no deadline."""
    of = draft(valid_for_ms=10_000)
    opened = unknown(ledger, of)
    ledger.request_cancel("main", of.client_order_id, reason="no", now_ms=T_MS)

    intent = ledger.not_placed(opened.attempt.id, now_ms=of.deadline_ms + 1)

    assert intent.status is OrderStatus.CANCELED
    assert intent.order_id is None


def test_not_placed_when_order_was_found_meanwhile_then_nothing_moves(
    ledger: Ledger, heard: list[Event]
) -> None:
    """Of two resolvers the one that found it is right."""
    opened = unknown(ledger, draft())
    before = ledger.book(opened.intent.id, order=shown(draft()), fills=(), now_ms=T_MS + 5_000)
    heard.clear()

    after = ledger.not_placed(opened.attempt.id, now_ms=PROVEN_MS)

    assert after == before
    assert heard == []


def test_not_placed_when_an_earlier_attempt_landed_then_only_the_open_one_is_closed(
    ledger: Ledger,
) -> None:
    """The order is there under the first attempt; that the second is not takes nothing back."""
    # Given attempt 2 on the wire while attempt 1 turns out to have been accepted
    first = unknown(ledger, draft())
    ledger.not_placed(first.attempt.id, now_ms=PROVEN_MS)
    second = sending(ledger, draft(), t_ms=PROVEN_MS + 1)
    before = ledger.settle(first.attempt.id, Accepted("X1"), now_ms=PROVEN_MS + 2)

    # When attempt 2 is proven absent
    after = ledger.not_placed(second.attempt.id, now_ms=PROVEN_MS + 30_000)

    # Then the order stands, and no attempt is open
    assert after == before == now(ledger, before)
    assert after.status is OrderStatus.NEW
    assert ledger.open_attempt_of(after.id) is None


def test_not_placed_when_intent_is_quarantined_then_a_person_still_has_to_answer(
    ledger: Ledger,
) -> None:
    """Evidence that contradicts itself does not become proof by more of it."""
    before = in_state(ledger, OrderStatus.QUARANTINED)
    attempt = ledger.open_attempt_of(before.id)
    assert attempt is not None

    assert ledger.not_placed(attempt.id, now_ms=PROVEN_MS) == before
    assert ledger.open_attempt_of(before.id) == attempt


def test_quarantine_when_unknown_then_exposure_and_attempt_stay(
    ledger: Ledger, heard: list[Event]
) -> None:
    """Before a person it still counts, it is still answerable, and it is still swept."""
    opened = unknown(ledger, draft())
    heard.clear()

    intent = ledger.quarantine(opened.intent.id, "seen, then not seen", now_ms=PROVEN_MS)

    assert intent == now(ledger, intent)
    assert intent.status is OrderStatus.QUARANTINED
    assert intent.reason == "seen, then not seen"
    assert intent.reserved_notional == 100
    assert intent.next_wake_ms == PROVEN_MS + 60_000
    assert ledger.open_attempt_of(intent.id) is not None
    assert kinds(heard) == [EventKind.ORDER_QUARANTINED]


def test_quarantine_when_still_sending_then_it_goes_through_unknown(
    ledger: Ledger, heard: list[Event]
) -> None:
    """The table has no shorter way for an attempt whose worker died."""
    opened = sending(ledger, draft())
    heard.clear()

    intent = ledger.quarantine(opened.intent.id, "not our size", now_ms=PROVEN_MS)

    assert intent.status is OrderStatus.QUARANTINED
    assert kinds(heard) == [EventKind.ORDER_UNKNOWN, EventKind.ORDER_QUARANTINED]


def test_quarantine_when_repeated_then_it_is_one(ledger: Ledger, heard: list[Event]) -> None:
    """A sweep that sees the contradiction again does not alarm again."""
    before = in_state(ledger, OrderStatus.QUARANTINED)
    heard.clear()

    assert ledger.quarantine(before.id, "again", now_ms=PROVEN_MS) == before
    assert heard == []


def test_answer_quarantined_when_placed_then_it_is_looked_up_at_once(
    ledger: Ledger, heard: list[Event]
) -> None:
    """A person gives the id; what came of the order is for the exchange to say."""
    intent = in_state(ledger, OrderStatus.QUARANTINED)
    heard.clear()

    intent = ledger.answer_quarantined(
        intent.id, order_id="X9", reason="seen in the app", by="anna", now_ms=PROVEN_MS
    )

    assert intent == now(ledger, intent)
    assert (intent.status, intent.order_id) == (OrderStatus.NEW, "X9")
    assert intent.next_wake_ms == PROVEN_MS
    assert ledger.story(intent.id).attempts[0].state is AttemptState.ACCEPTED
    assert kinds(heard) == [EventKind.ANSWERED_BY_PERSON, EventKind.ORDER_FOUND]
    told = heard[0].data
    assert (told["by"], told["answer"], told["reason"]) == (
        "anna",
        "placed as X9",
        "seen in the app",
    )


def test_answer_quarantined_when_not_placed_then_it_ends_and_is_not_sent_again(
    ledger: Ledger,
) -> None:
    """A person's word is no fence: whatever the deadline, sending again is another decision."""
    intent = in_state(ledger, OrderStatus.QUARANTINED)

    intent = ledger.answer_quarantined(
        intent.id, order_id=None, reason="not in the app", by="anna", now_ms=PROVEN_MS
    )

    assert intent == now(ledger, intent)
    assert intent.status is OrderStatus.EXPIRED_UNSENT
    assert intent.reason == "anna: not placed: not in the app"
    assert intent.reserved_notional == 0
    assert ledger.story(intent.id).attempts[0].state is AttemptState.NOT_PLACED


@pytest.mark.parametrize("status", sorted(set(OrderStatus) - {OrderStatus.QUARANTINED}))
def test_answer_quarantined_when_not_quarantined_then_it_is_refused(
    ledger: Ledger, status: OrderStatus
) -> None:
    """A person answers the question that is open, and no other."""
    before = in_state(ledger, status)

    with pytest.raises(UnknownOrder):
        ledger.answer_quarantined(before.id, order_id=None, reason="", by="anna", now_ms=PROVEN_MS)

    assert now(ledger, before) == before
