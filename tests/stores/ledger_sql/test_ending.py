import pytest

from orderdesk.core.events import Event, EventKind
from orderdesk.core.intents import Opened
from orderdesk.core.orders import OrderStatus
from orderdesk.errors import DeskError, IntentConflict, UnknownOrder
from orderdesk.ports import Ledger
from tests.stores.ledger_sql.drafts import NOW_MS, draft
from tests.stores.ledger_sql.steps import REFUSAL, T_MS, in_state, kinds, now, try_open

REPLAYABLE = {OrderStatus.DENIED, OrderStatus.EXPIRED_UNSENT}
PAST_RECEIVED = sorted(set(OrderStatus) - {OrderStatus.RECEIVED})


def test_receive_when_new_then_it_is_written_whole(ledger: Ledger) -> None:
    """Every field of the draft survives the ledger, exactly."""
    of = draft(quantity="0.10", price="44500.00")

    intent = ledger.receive(of, now_ms=NOW_MS, next_wake_ms=NOW_MS + 5_000)

    assert intent == ledger.intent("main", "key-1")
    assert intent.status is OrderStatus.RECEIVED
    assert intent.next_wake_ms == NOW_MS + 5_000
    same = ["account", "idempotency_key", "client_order_id", "parameter_hash", "task_id", "symbol"]
    same += ["size", "deadline_ms", "received_ms", "trace_id", "command"]
    assert {name: getattr(intent, name) for name in same} == {n: getattr(of, n) for n in same}


def test_receive_when_known_then_it_stands_as_it_is(ledger: Ledger) -> None:
    """Receiving again wakes nobody and prolongs nothing."""
    before = ledger.receive(draft(), now_ms=NOW_MS, next_wake_ms=NOW_MS)

    after = ledger.receive(draft(valid_for_ms=1), now_ms=NOW_MS + 9, next_wake_ms=NOW_MS + 9)

    assert after == before


def test_receive_when_key_names_another_order_then_it_conflicts(ledger: Ledger) -> None:
    """The key is the identity; accounts have keys of their own."""
    ledger.receive(draft(), now_ms=NOW_MS, next_wake_ms=NOW_MS)
    other = ledger.receive(draft(account="other"), now_ms=NOW_MS, next_wake_ms=NOW_MS)

    with pytest.raises(IntentConflict):
        ledger.receive(draft(quantity="2"), now_ms=NOW_MS, next_wake_ms=NOW_MS)

    assert other.account == "other"


def test_refuse_when_received_then_it_ends_denied_with_the_rule(
    ledger: Ledger, heard: list[Event]
) -> None:
    """A no of the desk is an answer: which rule, which field, which value."""
    intent = ledger.refuse(draft(), REFUSAL, now_ms=T_MS)

    assert intent == now(ledger, intent)
    assert (intent.status, intent.code) == (OrderStatus.DENIED, "RISK_MAX_NOTIONAL")
    assert intent.reason == str(REFUSAL)
    assert intent.ended_ms == T_MS
    assert kinds(heard) == [EventKind.ORDER_BLOCKED]


def test_expire_when_received_then_it_ends_expired_with_the_reason(
    ledger: Ledger, heard: list[Event]
) -> None:
    """Too old is an answer too."""
    in_state(ledger, OrderStatus.RECEIVED)

    intent = ledger.expire(draft(), "older than 60 s", now_ms=T_MS)

    assert intent == now(ledger, intent)
    assert (intent.status, intent.reason) == (OrderStatus.EXPIRED_UNSENT, "older than 60 s")
    assert intent.next_wake_ms is None
    assert kinds(heard) == [EventKind.ORDER_EXPIRED]


@pytest.mark.parametrize("status", PAST_RECEIVED)
def test_refuse_and_expire_when_past_received_then_nothing_ends(
    ledger: Ledger, heard: list[Event], status: OrderStatus
) -> None:
    """What may be on the exchange, is there, or has ended, is not ended by the desk."""
    before = in_state(ledger, status)
    heard.clear()

    assert ledger.refuse(draft(), REFUSAL, now_ms=T_MS) == before
    assert ledger.expire(draft(), "too old", now_ms=T_MS) == before
    assert heard == []


@pytest.mark.parametrize("status", sorted(REPLAYABLE))
def test_reopen_when_provably_never_placed_then_it_may_be_tried_again(
    ledger: Ledger, heard: list[Event], status: OrderStatus
) -> None:
    """A replay re-enters the same intent, under the same client order id."""
    before = in_state(ledger, status)
    heard.clear()

    after = ledger.reopen(before.id, deadline_ms=NOW_MS + 999_999, by="anna", now_ms=T_MS)

    assert after == now(ledger, before)
    assert after.status is OrderStatus.RECEIVED
    assert after.client_order_id == before.client_order_id
    assert (after.reason, after.code, after.ended_ms) == (None, None, None)
    assert (after.deadline_ms, after.next_wake_ms) == (NOW_MS + 999_999, T_MS)
    assert not after.answerable
    assert kinds(heard) == [EventKind.REPLAYED]
    assert isinstance(try_open(ledger, draft()), Opened)


@pytest.mark.parametrize("status", sorted(set(OrderStatus) - REPLAYABLE))
def test_reopen_when_anything_else_then_it_is_refused(ledger: Ledger, status: OrderStatus) -> None:
    """What may be on the exchange, a quarantined order above all, is never tried again."""
    before = in_state(ledger, status)

    with pytest.raises(DeskError, match=str(status)):
        ledger.reopen(before.id, deadline_ms=NOW_MS + 999_999, by="anna", now_ms=T_MS)

    assert now(ledger, before) == before


def test_reopen_when_intent_is_unknown_then_it_says_so(ledger: Ledger) -> None:
    """Nobody's order cannot be replayed."""
    with pytest.raises(UnknownOrder):
        ledger.reopen(7, deadline_ms=NOW_MS, by="anna", now_ms=T_MS)
