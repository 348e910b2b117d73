import pytest

from orderdesk.core.answers import Accepted
from orderdesk.core.events import Event, EventKind
from orderdesk.core.orders import ENDED, IN_DOUBT, ON_EXCHANGE, OrderStatus
from orderdesk.ports import Ledger
from tests.stores.ledger_sql.drafts import NOW_MS, draft
from tests.stores.ledger_sql.steps import T_MS, in_state, kinds, now, sending

ASKED_MS = T_MS + 2_000


def _cancel(ledger: Ledger, *, now_ms: int = ASKED_MS) -> object:
    of = draft()
    return ledger.request_cancel(of.account, of.client_order_id, reason="no", now_ms=now_ms)


def test_request_cancel_when_nothing_was_sent_then_it_ends_unsent(
    ledger: Ledger, heard: list[Event]
) -> None:
    """RECEIVED is provably not on the exchange, so the cancel is carried out here and now."""
    intent = in_state(ledger, OrderStatus.RECEIVED)

    assert _cancel(ledger) == now(ledger, intent)

    intent = now(ledger, intent)
    assert (intent.status, intent.reason) == (OrderStatus.CANCELED, "no")
    assert intent.next_wake_ms is None
    assert kinds(heard) == [EventKind.CANCEL_REQUESTED, EventKind.ORDER_CANCELED]


@pytest.mark.parametrize("status", sorted(IN_DOUBT))
def test_request_cancel_when_it_may_be_on_the_exchange_then_the_request_waits(
    ledger: Ledger, heard: list[Event], status: OrderStatus
) -> None:
    """A cancel never ends a doubt; it waits for the doubt's end."""
    before = in_state(ledger, status)
    heard.clear()

    _cancel(ledger)

    intent = now(ledger, before)
    assert (intent.status, intent.cancel_requested_ms) == (status, ASKED_MS)
    assert intent.next_wake_ms == before.next_wake_ms
    assert kinds(heard) == [EventKind.CANCEL_REQUESTED]


@pytest.mark.parametrize("status", sorted(ON_EXCHANGE))
def test_request_cancel_when_it_rests_then_the_sweep_looks_after_it(
    ledger: Ledger, status: OrderStatus
) -> None:
    """Should the one who asks die before the exchange hears of it."""
    intent = in_state(ledger, status)

    _cancel(ledger)

    assert now(ledger, intent).next_wake_ms == ASKED_MS + 5_000


@pytest.mark.parametrize("status", sorted(ENDED))
def test_request_cancel_when_it_has_ended_then_it_is_left_alone(
    ledger: Ledger, heard: list[Event], status: OrderStatus
) -> None:
    """There is nothing to cancel, and nothing to say."""
    before = in_state(ledger, status)
    heard.clear()

    assert _cancel(ledger) == before
    assert heard == []


def test_request_cancel_when_repeated_then_the_first_request_stands(
    ledger: Ledger, heard: list[Event]
) -> None:
    """A second request changes nothing and tells nothing, with a row or without."""
    _cancel(ledger)
    _cancel(ledger, now_ms=ASKED_MS + 1)
    assert kinds(heard) == [EventKind.CANCEL_REQUESTED]

    intent = ledger.receive(draft(), now_ms=NOW_MS, next_wake_ms=NOW_MS)

    assert intent.cancel_requested_ms == ASKED_MS


def test_request_cancel_when_repeated_on_a_row_then_the_first_request_stands(
    ledger: Ledger, heard: list[Event]
) -> None:
    """When it was asked for is when it was asked for first."""
    intent = in_state(ledger, OrderStatus.UNKNOWN)
    heard.clear()

    _cancel(ledger)
    _cancel(ledger, now_ms=ASKED_MS + 1)

    assert now(ledger, intent).cancel_requested_ms == ASKED_MS
    assert kinds(heard) == [EventKind.CANCEL_REQUESTED]


def test_request_cancel_when_it_came_before_the_row_then_receiving_ends_it(
    ledger: Ledger,
) -> None:
    """The tombstone is found by whoever writes the row, and told in its story."""
    assert _cancel(ledger) is None

    intent = ledger.receive(draft(), now_ms=NOW_MS, next_wake_ms=NOW_MS)

    assert intent.status is OrderStatus.CANCELED
    told = [event.kind for event in ledger.story(intent.id).events]
    assert told == [EventKind.CANCEL_REQUESTED, EventKind.ORDER_CANCELED]


def test_request_cancel_when_the_account_is_another_then_the_tombstone_is_not_ours(
    ledger: Ledger,
) -> None:
    """Client order ids are unique per account, and so are tombstones."""
    of = draft()
    ledger.request_cancel("other", of.client_order_id, reason="no", now_ms=NOW_MS)

    assert ledger.receive(of, now_ms=NOW_MS, next_wake_ms=NOW_MS).cancel_requested_ms is None


def test_request_cancel_when_the_yes_comes_afterwards_then_it_is_due_at_once(
    ledger: Ledger,
) -> None:
    """An order accepted while its cancel waits is handed to the sweep for cancelling."""
    opened = sending(ledger, draft())
    _cancel(ledger)

    intent = ledger.settle(opened.attempt.id, Accepted("X1"), now_ms=ASKED_MS + 7)

    assert intent.status is OrderStatus.NEW
    assert intent.next_wake_ms == ASKED_MS + 7
