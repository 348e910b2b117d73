from dataclasses import replace
from decimal import Decimal
from typing import NoReturn

import pytest

from orderdesk.core.answers import Unsent
from orderdesk.core.events import Event, EventKind
from orderdesk.core.fence import Window
from orderdesk.core.intents import AttemptState, Intent, Opened, Switch
from orderdesk.core.orders import OrderStatus
from orderdesk.core.risk.advice import WHAT_TO_DO
from orderdesk.core.risk.verdicts import PASSED, Verdict
from orderdesk.errors import ClockUncertain, IntentConflict
from orderdesk.ports import Ledger
from tests.stores.ledger_sql.drafts import NOW_MS, WINDOW_MS, draft
from tests.stores.ledger_sql.steps import (
    REFUSAL,
    T_MS,
    in_state,
    kinds,
    now,
    refuses,
    sending,
    try_open,
)

KILL = Switch("kill", engaged=True, reason="drill", by="anna", at_ms=NOW_MS + 8)


def test_open_attempt_when_intent_is_new_then_everything_is_written_before_the_wire(
    ledger: Ledger, heard: list[Event]
) -> None:
    """The attempt, its stamp and window, the exposure and the sweep's alarm clock: one commit."""
    opened = sending(ledger, draft())

    intent = now(ledger, opened.intent)
    assert intent == opened.intent
    assert intent.status is OrderStatus.SENDING
    assert intent.sent_ms == T_MS
    assert intent.throttled_ms == NOW_MS + 5
    assert intent.reserved_notional == 100
    assert intent.next_wake_ms == T_MS + WINDOW_MS + 500
    assert intent.attempts == 1
    assert ledger.open_attempt_of(intent.id) == opened.attempt
    assert opened.attempt.window == Window(T_MS, WINDOW_MS)
    assert opened.attempt.state is AttemptState.OPEN
    assert kinds(heard) == [EventKind.ORDER_SENDING]
    assert (heard[0].order, heard[0].account, heard[0].trace_id) == ("key-1", "main", "trace-1")


@pytest.mark.parametrize("status", sorted(set(OrderStatus) - {OrderStatus.RECEIVED}))
def test_open_attempt_when_intent_is_past_received_then_it_is_returned_unchanged(
    ledger: Ledger, heard: list[Event], status: OrderStatus
) -> None:
    """A known intent is resumed, never sent again; not even the time is asked for."""
    before = in_state(ledger, status)
    heard.clear()

    answer = try_open(ledger, draft(), stamp=_never)

    assert answer == before
    assert now(ledger, before) == before
    assert heard == []


def test_open_attempt_when_key_names_another_order_then_it_conflicts(ledger: Ledger) -> None:
    """The same key with other parameters is never merged."""
    opened = sending(ledger, draft())

    with pytest.raises(IntentConflict):
        try_open(ledger, draft(price="101"))

    assert now(ledger, opened.intent) == opened.intent


def test_open_attempt_when_client_order_id_is_taken_then_it_conflicts(ledger: Ledger) -> None:
    """Two keys can never stand under one id on the exchange."""
    opened = sending(ledger, draft("key-1"))
    stolen = replace(draft("key-2"), client_order_id=opened.intent.client_order_id)

    with pytest.raises(IntentConflict):
        try_open(ledger, stolen)

    assert ledger.intent("main", "key-2") is None


def test_open_attempt_when_kill_switch_is_engaged_then_intent_is_denied(
    ledger: Ledger, heard: list[Event]
) -> None:
    """From the switch's commit on no attempt opens."""
    ledger.set_switch(KILL)

    answer = try_open(ledger, draft(), stamp=_never, gate=_never)

    assert isinstance(answer, Intent)
    assert (answer.status, answer.code, answer.reason) == (
        OrderStatus.DENIED,
        "KILL_SWITCH",
        "drill",
    )
    assert answer.ended_ms == KILL.at_ms
    assert kinds(heard) == [EventKind.KILL_ENGAGED, EventKind.ORDER_BLOCKED]


def test_open_attempt_when_kill_switch_is_released_then_it_opens(ledger: Ledger) -> None:
    """A switch holds as it was last set."""
    ledger.set_switch(KILL)
    ledger.set_switch(replace(KILL, engaged=False))

    assert isinstance(try_open(ledger, draft()), Opened)


def test_open_attempt_when_gate_refuses_then_intent_is_denied_with_the_rule(
    ledger: Ledger,
) -> None:
    """The rules that age are asked again at the last moment, before the time is."""
    answer = try_open(ledger, draft(), stamp=_never, gate=refuses)

    assert isinstance(answer, Intent)
    assert answer.status is OrderStatus.DENIED
    assert answer.code == "RISK_MAX_NOTIONAL"
    assert answer.reason == f"{REFUSAL}: {WHAT_TO_DO[REFUSAL.rule]}"
    assert answer.reserved_notional == 0


def test_open_attempt_when_cancel_came_before_the_row_then_it_ends_cancelled_unsent(
    ledger: Ledger, heard: list[Event]
) -> None:
    """A tombstone stops an order that nobody had seen when it was cancelled."""
    of = draft()
    assert ledger.request_cancel("main", of.client_order_id, reason="no", now_ms=NOW_MS) is None

    answer = try_open(ledger, of, stamp=_never)

    assert isinstance(answer, Intent)
    assert answer.status is OrderStatus.CANCELED
    assert answer.order_id is None
    assert answer.cancel_requested_ms == NOW_MS
    assert kinds(heard) == [EventKind.CANCEL_REQUESTED, EventKind.ORDER_CANCELED]


def test_open_attempt_when_window_passes_the_deadline_then_it_expires_unsent(
    ledger: Ledger,
) -> None:
    """No bytes may land after the deadline: T + W is held against it, not T."""
    of = draft(valid_for_ms=4_000)
    last_ms = of.deadline_ms - WINDOW_MS

    too_late = try_open(ledger, of, stamp=lambda: last_ms + 1)
    in_time = try_open(ledger, draft("key-2", valid_for_ms=4_000), stamp=lambda: last_ms)

    assert isinstance(too_late, Intent)
    assert too_late.status is OrderStatus.EXPIRED_UNSENT
    assert isinstance(in_time, Opened)


def test_open_attempt_when_deadline_is_given_twice_then_the_first_one_stands(
    ledger: Ledger,
) -> None:
    """A repeat cannot prolong an order's life."""
    ledger.receive(draft(valid_for_ms=1_000), now_ms=NOW_MS, next_wake_ms=NOW_MS)

    answer = try_open(ledger, draft(valid_for_ms=60_000))

    assert isinstance(answer, Intent)
    assert answer.status is OrderStatus.EXPIRED_UNSENT


def test_open_attempt_when_clock_is_uncertain_then_nothing_is_written(
    ledger: Ledger, heard: list[Event]
) -> None:
    """Without a time there is no attempt, and no trace of one."""

    def uncertain() -> int:
        raise ClockUncertain("the offset is 31 s old")

    with pytest.raises(ClockUncertain):
        try_open(ledger, draft(), stamp=uncertain)

    assert ledger.intent("main", "key-1") is None
    assert ledger.attempt_counter() == 0
    assert heard == []


def test_open_attempt_when_earlier_one_was_unsent_then_the_id_on_the_wire_stays(
    ledger: Ledger,
) -> None:
    """Attempts count up; the client order id is the same on every one of them."""
    first = sending(ledger, draft())
    ledger.settle(first.attempt.id, Unsent("refused connect"), now_ms=T_MS + 1)

    second = sending(ledger, draft(), t_ms=T_MS + 5_000)

    assert second.attempt.number == 2
    assert second.attempt.id > first.attempt.id
    assert second.intent.client_order_id == first.intent.client_order_id
    states = [attempt.state for attempt in ledger.story(first.intent.id).attempts]
    assert states == [AttemptState.UNSENT, AttemptState.OPEN]


def test_open_attempt_when_the_market_changed_meanwhile_then_the_row_holds_what_is_sent(
    ledger: Ledger,
) -> None:
    """The same command, fitted to new steps: adoption compares with what went on the wire."""
    asked = draft(quantity="1.007")
    ledger.receive(asked, now_ms=NOW_MS, next_wake_ms=NOW_MS)
    fitted = replace(asked, size=replace(asked.size, quantity=Decimal("1.00")))

    opened = sending(ledger, fitted)

    assert now(ledger, opened.intent).size == opened.intent.size == fitted.size


def test_open_attempt_when_gate_asks_the_ledger_then_it_sees_this_transaction(
    ledger: Ledger,
) -> None:
    """A rule may look at exposure inside the transaction, without waiting for itself."""
    seen: list[Intent | None] = []

    def looks(_of: object, _standing: object) -> Verdict:
        seen.append(ledger.intent("main", "key-1"))
        return PASSED

    sending_intent = ledger.open_attempt(
        draft(), stamp=lambda: T_MS, window_ms=WINDOW_MS, request_hash="r", gate=looks
    )

    assert isinstance(sending_intent, Opened)
    assert [intent.status for intent in seen if intent] == [OrderStatus.RECEIVED]


def _never(*_arguments: object) -> NoReturn:
    raise AssertionError("this must not be asked")
