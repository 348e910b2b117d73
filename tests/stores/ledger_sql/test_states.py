"""The state table, walked wholly through the ledger's methods."""

from collections.abc import Callable
from itertools import product

import pytest

from orderdesk.core.answers import Accepted, Answer, Refused, Unclear, Unsent, Why
from orderdesk.core.events import Event, EventKind
from orderdesk.core.orders import NEXT, Move, OrderStatus, judge_move
from orderdesk.ports import Ledger
from tests.stores.ledger_sql.drafts import draft, shown
from tests.stores.ledger_sql.steps import REFUSAL, T_MS, in_state, kinds, now

S = OrderStatus
LATER_MS = T_MS + 30_000

SHOWN = {
    S.NEW: "0",
    S.PARTIALLY_FILLED: "0.5",
    S.FILLED: "1",
    S.CANCELED: "0",
    S.PARTIALLY_CANCELED: "0.5",
}
"""What the exchange can show, and how much of it is executed then."""


@pytest.mark.parametrize(("status", "then"), [*product(S, SHOWN)])
def test_book_when_exchange_shows_a_state_then_it_moves_as_the_table_says(
    memory_ledger: Ledger, heard: list[Event], status: OrderStatus, then: OrderStatus
) -> None:
    """Every pair: expected and late moves are made, late ones alarmed, stale ones ignored."""
    intent = in_state(memory_ledger, status)
    heard.clear()

    order = shown(draft(), then, executed=SHOWN[then])
    after = memory_ledger.book(intent.id, order=order, fills=(), now_ms=LATER_MS)

    move = judge_move(status, then)
    assert after == now(memory_ledger, intent)
    assert after.status is (then if move in (Move.EXPECTED, Move.LATE) else status)
    if move is Move.LATE:
        assert EventKind.LATE_EVIDENCE in kinds(heard)
    assert after.ended == (after.ended_ms is not None)
    # What was executed stays reserved until its fills are booked, and are in the position.
    assert (after.ended and after.fills_complete) == (after.reserved_notional == 0)


@pytest.mark.parametrize("then", SHOWN)
def test_book_when_it_was_cancelled_unsent_then_whatever_shows_is_news(
    memory_ledger: Ledger, heard: list[Event], then: OrderStatus
) -> None:
    """The odd row: CANCELED by us, unsent, is no answer of the exchange that could be newer."""
    intent = in_state(memory_ledger, S.RECEIVED)
    of = draft()
    memory_ledger.request_cancel("main", of.client_order_id, reason="no", now_ms=T_MS)
    heard.clear()

    order = shown(of, then, executed=SHOWN[then])
    after = memory_ledger.book(intent.id, order=order, fills=(), now_ms=LATER_MS)

    assert after.status is then
    assert after.order_id == "X1"
    assert EventKind.LATE_EVIDENCE in kinds(heard)


def _settle(answer: Answer) -> Callable[[Ledger, int], object]:
    def settle(ledger: Ledger, intent_id: int) -> object:
        attempts = ledger.story(intent_id).attempts
        return [ledger.settle(attempt.id, answer, now_ms=LATER_MS) for attempt in attempts]

    return settle


def _not_placed(ledger: Ledger, intent_id: int) -> object:
    attempts = ledger.story(intent_id).attempts
    return [ledger.not_placed(attempt.id, now_ms=LATER_MS) for attempt in attempts]


OUR_MOVES: dict[str, Callable[[Ledger, int], object]] = {
    "yes": _settle(Accepted("X1")),
    "no": _settle(Refused(Why.REJECT, "30004", "no")),
    "no to the attempt": _settle(Refused(Why.CLOCK, "700003", "no")),
    "unsent": _settle(Unsent("refused connect")),
    "no answer": _settle(Unclear("read timeout")),
    "not placed": _not_placed,
    "refuse": lambda ledger, _id: ledger.refuse(draft(), REFUSAL, now_ms=LATER_MS),
    "expire": lambda ledger, _id: ledger.expire(draft(), "too old", now_ms=LATER_MS),
    "quarantine": lambda ledger, key: ledger.quarantine(key, "odd", now_ms=LATER_MS),
    "cancel": lambda ledger, _id: ledger.request_cancel(
        "main", draft().client_order_id, reason="no", now_ms=LATER_MS
    ),
}


@pytest.mark.parametrize(("status", "move"), [*product(S, OUR_MOVES)])
def test_any_method_when_called_in_any_state_then_it_stays_within_the_table(
    memory_ledger: Ledger, heard: list[Event], status: OrderStatus, move: str
) -> None:
    """No method makes a move that is not in the table; a late yes is let in with an alarm."""
    before = in_state(memory_ledger, status)
    heard.clear()

    OUR_MOVES[move](memory_ledger, before.id)

    after = now(memory_ledger, before)
    through_unknown = status is S.SENDING and after.status in NEXT[S.UNKNOWN]
    late = EventKind.LATE_EVIDENCE in kinds(heard) and judge_move(status, after.status) is Move.LATE
    assert after.status in {status} | NEXT[status] or through_unknown or late
    if after.status is before.status and move != "cancel":
        assert after == before
    assert after.ended == (after.ended_ms is not None)
