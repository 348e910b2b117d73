"""The judge can fail: each contradiction of the promise, planted alone, is found under its law."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.crash.evidence import Book, Evidence, Ledger
from tests.crash.judge import LAWS, judged
from tests.crash.laws_of_attempts import LEAN_MS

NAME = "od1-a"
T_MS, W_MS = 1_000_000, 3_000
FENCE_MS = T_MS + W_MS + 1_000
PROOF_MS = FENCE_MS + 20_000

ORDER = {
    "orderId": "X1",
    "clientOrderId": NAME,
    "status": "FILLED",
    "executedQty": "2",
    "cummulativeQuoteQty": "20",
}
TRADE = {
    "id": "t1",
    "orderId": "X1",
    "clientOrderId": NAME,
    "symbol": "AUSDT",
    "isBuyer": True,
    "qty": "2",
    "quoteQty": "20",
    "price": "10",
    "commission": "0.01",
    "commissionAsset": "USDT",
}
INTENT = {
    "id": 1,
    "idempotency_key": "a",
    "task_id": "task",
    "client_order_id": NAME,
    "status": "FILLED",
    "order_id": "X1",
    "executed_quantity": "2",
    "executed_quote": "20",
}
ATTEMPT = {
    "id": 1,
    "intent_id": 1,
    "idempotency_key": "a",
    "client_order_id": NAME,
    "number": 1,
    "stamp_ms": T_MS,
    "window_ms": W_MS,
    "state": "ACCEPTED",
}
FILL = {
    "trade_id": "t1",
    "idempotency_key": "a",
    "symbol": "AUSDT",
    "side": "BUY",
    "quantity": "2",
    "quote_quantity": "20",
    "price": "10",
    "commission": "0.01",
    "commission_asset": "USDT",
}
REPORT: dict[str, Any] = {
    "status": "SUCCESS",
    "result": {
        "client_order_id": NAME,
        "order_id": "X1",
        "status": "FILLED",
        "type": "MARKET",
        "executed_quantity": "2",
    },
}


def evidence() -> Evidence:
    """One order that was placed, filled, booked and reported."""
    return Evidence(
        book=Book(
            orders=(ORDER,),
            trades=(TRADE,),
            balances={
                "USDT": (Decimal("79.99"), Decimal(0)),
                "A": (Decimal(2), Decimal(0)),
            },
        ),
        ledger=Ledger(intents=(INTENT,), attempts=(ATTEMPT,), absences=(), fills=(FILL,)),
        forgotten_attempts=(),
        ended_before_a_restore=frozenset(),
        sent=((NAME, T_MS),),
        keys=frozenset({"a"}),
        task_ids={"a": "task"},
        conflicts={},
        results={"task": REPORT},
        deposits={"USDT": Decimal(100)},
    )


def of_book(**changes: Any) -> Evidence:
    """The same, with another book."""
    whole = evidence()
    return replace(whole, book=replace(whole.book, **changes))


def of_ledger(**changes: Any) -> Evidence:
    """The same, with another ledger."""
    whole = evidence()
    return replace(whole, ledger=replace(whole.ledger, **changes))


def reported(**changes: Any) -> Evidence:
    """The same, with another report."""
    result: dict[str, Any] = {**REPORT["result"], **changes}
    return replace(evidence(), results={"task": {**REPORT, "result": result}})


def absent(*asked_ms: int) -> Evidence:
    """An attempt that was given up after these absences."""
    rows = tuple({"attempt_id": 1, "asked_ms": ms} for ms in asked_ms)
    return of_ledger(attempts=({**ATTEMPT, "state": "NOT_PLACED"},), absences=rows)


BREAKS: dict[str, tuple[str, Callable[[], Evidence]]] = {
    "two orders": (
        "orders per intent",
        lambda: of_book(orders=(ORDER, {**ORDER, "orderId": "X2"})),
    ),
    "no row": ("lost", lambda: replace(evidence(), keys=frozenset({"a", "b"}))),
    "still sending": ("no end", lambda: of_ledger(intents=({**INTENT, "status": "SENDING"},))),
    "open attempt": ("no end", lambda: of_ledger(attempts=({**ATTEMPT, "state": "OPEN"},))),
    "rejected, and there": (
        "false end",
        lambda: of_ledger(intents=({**INTENT, "status": "REJECTED"},)),
    ),
    "cancelled unsent, and there": (
        "false end",
        lambda: of_ledger(intents=({**INTENT, "status": "CANCELED", "order_id": None},)),
    ),
    "placed, and not there": ("false end", lambda: of_book(orders=())),
    "nobody's": ("orphan", lambda: of_ledger(intents=())),
    "fill missing": ("fills", lambda: of_ledger(fills=())),
    "fill twice": ("fills", lambda: of_ledger(fills=(FILL, FILL))),
    "fill invented": ("fills", lambda: of_book(trades=())),
    "fill wrong": ("fills", lambda: of_ledger(fills=({**FILL, "commission": "0"},))),
    "sum wrong": ("sums", lambda: of_ledger(intents=({**INTENT, "executed_quantity": "1"},))),
    "balance wrong": ("balances", lambda: of_book(balances={"USDT": (Decimal(1), Decimal(0))})),
    "still locked": ("balances", lambda: of_book(balances={"B": (Decimal(-1), Decimal(1))})),
    "no result": ("reports", lambda: replace(evidence(), results={})),
    "failure, and there": (
        "reports",
        lambda: replace(evidence(), results={"task": {"status": "FAILURE", "result": {}}}),
    ),
    "no result of the losing call": (
        "reports",
        lambda: replace(evidence(), conflicts={"a": "other"}),
    ),
    "told otherwise before a restore": (
        "reports",
        lambda: reported(status="DENIED", order_id=None),
    ),
    "another failure of the losing call": (
        "reports",
        lambda: replace(
            evidence(),
            conflicts={"a": "other"},
            results={"task": REPORT, "other": {"status": "FAILURE", "result": {}}},
        ),
    ),
    "sent without attempt": (
        "sent unwritten",
        lambda: replace(evidence(), sent=((NAME, T_MS), (NAME, T_MS + 1))),
    ),
    "sent twice": (
        "sent unwritten",
        lambda: replace(evidence(), sent=((NAME, T_MS), (NAME, T_MS))),
    ),
    "two absences": ("absence unproven", lambda: absent(FENCE_MS + 1, PROOF_MS + 1)),
    "absent too early": (
        "absence unproven",
        lambda: absent(FENCE_MS + 1, FENCE_MS + 2, PROOF_MS),
    ),
    "second attempt early": (
        "second attempt too early",
        lambda: of_ledger(
            attempts=(
                {**ATTEMPT, "state": "NOT_PLACED"},
                {**ATTEMPT, "id": 2, "number": 2, "stamp_ms": PROOF_MS - LEAN_MS},
            )
        ),
    ),
    "beyond a cap": ("cap overshoot", lambda: of_book(overshoots=1)),
}


def test_judge_when_the_books_agree_then_it_finds_nothing() -> None:
    """An order as it should be is no finding."""
    assert judged(evidence()) == []


@pytest.mark.parametrize("broken", sorted(BREAKS))
def test_judge_when_something_is_broken_then_it_finds_it_under_its_law(broken: str) -> None:
    """A law that cannot be broken in a test would prove nothing in a campaign."""
    law, build = BREAKS[broken]
    assert law in {finding.law for finding in judged(build())}


def test_breaks_when_listed_then_every_law_has_one() -> None:
    """No law goes untried."""
    assert {law for law, _ in BREAKS.values()} == set(LAWS)


def test_judge_when_an_absence_is_proven_then_a_second_attempt_is_no_finding() -> None:
    """Three absences past the fence, the last past the proof, allow it."""
    first = absent(FENCE_MS + 1, FENCE_MS + 2, PROOF_MS + 1).ledger
    stamp_ms = PROOF_MS + 2 - LEAN_MS
    second = {**ATTEMPT, "id": 2, "number": 2, "stamp_ms": stamp_ms}
    whole = of_ledger(attempts=(*first.attempts, second), absences=first.absences)
    assert judged(replace(whole, sent=((NAME, T_MS), (NAME, stamp_ms)))) == []


def test_judge_when_an_order_stands_before_a_person_then_its_fills_are_in_question() -> None:
    """Quarantined is an end of its own: counted, explained, and no finding."""
    intent = {**INTENT, "status": "QUARANTINED", "order_id": None, "executed_quantity": "0"}
    report = {**REPORT["result"], "status": "QUARANTINED", "order_id": None}
    whole = of_ledger(intents=(intent,), fills=())
    results = {"task": {"status": "SUCCESS", "result": report}}
    assert judged(replace(whole, results=results)) == []


def test_judge_when_the_losing_call_of_a_key_heard_so_then_it_is_no_finding() -> None:
    """One key, one order: the other call is refused, and told."""
    refused = {"status": "FAILURE", "result": {"exc_type": "IntentConflict"}}
    results = {"task": REPORT, "other": refused}
    assert judged(replace(evidence(), conflicts={"a": "other"}, results=results)) == []
