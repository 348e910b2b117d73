from collections.abc import Sequence

from orderdesk.core.answers import Accepted
from orderdesk.core.intents import Intent
from orderdesk.core.orders import ENDED, OrderStatus, OrderType
from orderdesk.ports import Ledger
from tests.stores.ledger_sql.drafts import NOW_MS, draft, fill, shown
from tests.stores.ledger_sql.steps import T_MS, in_state, now, placed, sending

BOOKED_MS = T_MS + 1_000


def _keys(intents: Sequence[Intent]) -> list[str]:
    return [intent.idempotency_key for intent in intents]


def _answered(ledger: Ledger, from_ms: int, to_ms: int, limit: int) -> list[tuple[int, str]]:
    """Return when which intent last moved, counted from T."""
    answered = ledger.answered_between(from_ms, to_ms, limit)
    return [(at_ms - T_MS, intent.idempotency_key) for at_ms, intent in answered]


def _one_in_each_state(ledger: Ledger) -> None:
    for status in OrderStatus:
        in_state(ledger, status, draft(str(status)))


def test_due_when_wakes_have_come_then_the_longest_due_come_first(ledger: Ledger) -> None:
    """Nobody who has waited longer is passed over, and nobody is woken early."""
    for key, wake_ms in (("late", 30), ("early", 10), ("twin", 10), ("future", 99)):
        ledger.receive(draft(key), now_ms=NOW_MS, next_wake_ms=NOW_MS + wake_ms)

    assert _keys(ledger.due(NOW_MS + 98, 9)) == ["early", "twin", "late"]
    assert _keys(ledger.due(NOW_MS + 10, 1)) == ["early"]
    assert ledger.due(NOW_MS + 9, 9) == []


def test_due_when_everything_rests_or_has_ended_then_nobody_is_woken(ledger: Ledger) -> None:
    """Only what has still to move is woken: what rests is followed by its symbol."""
    _one_in_each_state(ledger)

    due = ledger.due(NOW_MS + 99_999_999, 99)

    assert set(_keys(due)) == {"RECEIVED", "SENDING", "UNKNOWN", "QUARANTINED"}


def test_schedule_when_woken_then_the_next_wake_stands_and_is_counted(ledger: Ledger) -> None:
    """The sweep's bookkeeping: when next, and how often so far."""
    first = ledger.receive(draft("a"), now_ms=NOW_MS, next_wake_ms=NOW_MS)
    second = ledger.receive(draft("b"), now_ms=NOW_MS, next_wake_ms=NOW_MS)

    ledger.schedule({first.id: NOW_MS + 5_000, second.id: NOW_MS + 10_000})
    ledger.schedule({first.id: NOW_MS + 15_000})
    ledger.schedule({})

    first, second = now(ledger, first), now(ledger, second)
    assert (first.next_wake_ms, first.wakes) == (NOW_MS + 15_000, 2)
    assert (second.next_wake_ms, second.wakes) == (NOW_MS + 10_000, 1)


def test_schedule_when_it_ended_meanwhile_then_it_stays_asleep(ledger: Ledger) -> None:
    """Between finding it due and scheduling it a worker may have finished."""
    ended = in_state(ledger, OrderStatus.FILLED, draft(type=OrderType.MARKET))
    done = ledger.book(ended.id, order=None, fills=[fill(draft())], now_ms=BOOKED_MS)
    assert done.fills_complete

    ledger.schedule({done.id: NOW_MS})

    assert now(ledger, done) == done


def test_resting_when_asked_then_only_open_orders_are_returned(ledger: Ledger) -> None:
    """Of one account, or of all."""
    _one_in_each_state(ledger)
    placed(ledger, draft("theirs", account="other"))

    assert _keys(ledger.resting("main")) == ["NEW", "PARTIALLY_FILLED"]
    assert _keys(ledger.resting()) == ["NEW", "PARTIALLY_FILLED", "theirs"]


def test_live_when_asked_then_whatever_has_not_ended_is_returned(ledger: Ledger) -> None:
    """Of one account, from the first word of it to the last fill."""
    _one_in_each_state(ledger)
    placed(ledger, draft("theirs", account="other"))

    assert {intent.status for intent in ledger.live("main")} == set(OrderStatus) - ENDED
    assert _keys(ledger.live("other")) == ["theirs"]


def test_in_doubt_when_asked_then_what_may_be_there_of_the_symbol_is_returned(
    ledger: Ledger,
) -> None:
    """One round of list queries is evidence for all of them."""
    _one_in_each_state(ledger)
    in_state(ledger, OrderStatus.UNKNOWN, draft("elsewhere", symbol="ETHUSDT"))

    assert _keys(ledger.in_doubt("main", "BTCUSDT")) == ["SENDING", "UNKNOWN", "QUARANTINED"]
    assert _keys(ledger.in_doubt("main", "ETHUSDT")) == ["elsewhere"]


def test_awaiting_fills_when_asked_then_those_whose_trades_are_missing_are_returned(
    ledger: Ledger,
) -> None:
    """On the exchange and ending at once, or executed further than its fills tell."""
    market = draft("market", type=OrderType.MARKET)
    ioc = draft("ioc", type=OrderType.IMMEDIATE_OR_CANCEL, symbol="ETHUSDT")
    partly = placed(ledger, draft("partly"))
    for of in (market, ioc, draft("limit")):
        placed(ledger, of)
    sending(ledger, draft("in flight", type=OrderType.MARKET))
    order = shown(draft("partly"), OrderStatus.PARTIALLY_FILLED, executed="0.4")
    ledger.book(partly.id, order=order, fills=(), now_ms=BOOKED_MS)

    assert _keys(ledger.awaiting_fills("main")) == ["partly", "market", "ioc"]
    assert _keys(ledger.awaiting_fills("main", "ETHUSDT")) == ["ioc"]
    assert ledger.awaiting_fills("other") == []


def test_awaiting_fills_when_all_are_here_then_it_waits_no_more(ledger: Ledger) -> None:
    """Ended without its fills it still waits; with them it does not."""
    of = draft(type=OrderType.MARKET)
    intent = placed(ledger, of)
    filled = shown(of, OrderStatus.FILLED, executed="1")

    ledger.book(intent.id, order=filled, fills=(), now_ms=BOOKED_MS)
    assert _keys(ledger.awaiting_fills("main")) == ["key-1"]

    ledger.book(intent.id, order=None, fills=[fill(of)], now_ms=BOOKED_MS)
    assert ledger.awaiting_fills("main") == []


def test_answered_between_when_asked_then_answerable_intents_come_by_their_last_move(
    ledger: Ledger,
) -> None:
    """LIMIT orders when acknowledged, orders that end at once when complete; [from, to)."""
    limit, market = draft("limit"), draft("market", type=OrderType.MARKET)
    ledger.settle(sending(ledger, market).attempt.id, Accepted("X2"), now_ms=T_MS + 10)
    ledger.settle(sending(ledger, limit).attempt.id, Accepted("X1"), now_ms=T_MS + 20)
    assert _answered(ledger, 0, T_MS + 21, 9) == [(20, "limit")]
    assert ledger.answered_between(0, T_MS + 20, 9) == []

    market_intent = ledger.find("main", "market")
    assert market_intent is not None
    order = shown(market, OrderStatus.FILLED, executed="1", order_id="X2")
    fills = [fill(market, order_id="X2")]
    ledger.book(market_intent.id, order=order, fills=fills, now_ms=T_MS + 30)

    assert _answered(ledger, T_MS + 20, T_MS + 31, 9) == [(20, "limit"), (30, "market")]
    assert _answered(ledger, T_MS + 20, T_MS + 31, 1) == [(20, "limit")]
    assert _answered(ledger, T_MS + 21, T_MS + 31, 9) == [(30, "market")]


def test_answered_between_when_only_the_desk_made_a_note_then_the_answer_has_not_moved(
    ledger: Ledger,
) -> None:
    """A wake or a waiting cancel is no news for the producer."""
    of = draft()
    ledger.settle(sending(ledger, of).attempt.id, Accepted("X1"), now_ms=T_MS + 10)

    ledger.request_cancel("main", of.client_order_id, reason="no", now_ms=T_MS + 20)

    assert _answered(ledger, T_MS + 10, T_MS + 11, 9) == [(10, "key-1")]
