"""PURE: the venue's book against the ledger, one by one; what contradicts the promise is found.

Each law is a generator of findings over the same evidence. None of them asks the desk anything.
"""

import itertools
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from tests.crash.evidence import Evidence, Row
from tests.crash.troubles import L_MS

OURS = "od1-"
"""How the desk's client order ids begin (design, protocol point 2)."""

SKEW_MS = 1_000
"""d of the design, written here once more, so that a slip in the code is no slip here."""

ABSENCES = 3
ENDED = frozenset(
    {"FILLED", "CANCELED", "PARTIALLY_CANCELED", "REJECTED", "DENIED", "EXPIRED_UNSENT"}
)
NEVER_PLACED = frozenset({"REJECTED", "DENIED", "EXPIRED_UNSENT"})
AT_ONCE = frozenset({"MARKET", "IMMEDIATE_OR_CANCEL", "FILL_OR_KILL"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One contradiction: which law, which order (empty: none), and what was seen."""

    law: str
    key: str
    detail: str


def judged(evidence: Evidence) -> list[Finding]:
    """Hold every law against the evidence."""
    return [
        Finding(name, key, detail) for name, law in LAWS.items() for key, detail in law(evidence)
    ]


Found = Iterator[tuple[str, str]]


def one_order_at_most(evidence: Evidence) -> Found:
    """One intent, at most one order on the exchange."""
    for name, orders in _orders_by_name(evidence).items():
        if len(orders) > 1:
            yield _key_of(evidence, name), f"{len(orders)} orders: {[o['orderId'] for o in orders]}"


def nothing_lost(evidence: Evidence) -> Found:
    """Whatever a producer was told is accepted has a row."""
    rows = {row["idempotency_key"] for row in evidence.ledger.intents}
    for key in sorted(evidence.keys - rows):
        yield key, "called for, and the ledger has no row"


def everything_ends(evidence: Evidence) -> Found:
    """Every intent has ended, or stands before a person; nothing is left open behind it."""
    for intent in evidence.ledger.intents:
        if intent["status"] not in ENDED and intent["status"] != "QUARANTINED":
            yield intent["idempotency_key"], f"still {intent['status']}"
    waiting = {i["id"] for i in evidence.ledger.intents if i["status"] == "QUARANTINED"}
    for attempt in evidence.ledger.attempts:
        if attempt["state"] == "OPEN" and attempt["intent_id"] not in waiting:
            yield attempt["idempotency_key"], f"attempt {attempt['number']} is still open"


def ends_are_true(evidence: Evidence) -> Found:
    """REJECTED, DENIED, EXPIRED_UNSENT, unsent: not in the book; everything else as it is there."""
    by_name = _orders_by_name(evidence)
    for intent in evidence.ledger.intents:
        orders = by_name.get(intent["client_order_id"], [])
        status, key = intent["status"], intent["idempotency_key"]
        unsent = status == "CANCELED" and intent["order_id"] is None
        if status == "QUARANTINED":
            continue
        if (status in NEVER_PLACED or unsent) and orders:
            yield key, f"{status}, and the book has order {orders[0]['orderId']}"
        elif intent["order_id"] is not None and not orders:
            yield key, f"{status} as order {intent['order_id']}, which the book does not have"
        elif orders and status != orders[0]["status"]:
            yield key, f"{status}, and {orders[0]['status']} in the book"


def nothing_unknown_is_there(evidence: Evidence) -> Found:
    """Every order of ours in the book belongs to an intent."""
    known = {intent["client_order_id"] for intent in evidence.ledger.intents}
    for name in _orders_by_name(evidence):
        if name not in known:
            yield "", f"the book has an order under {name}, and the ledger no intent"


def fills_agree(evidence: Evidence) -> Found:
    """Each trade of the book is booked once, with the same figures, and no other is."""
    theirs = {row["id"]: row for row in evidence.book.trades if _ours(row)}
    booked = Counter(row["trade_id"] for row in evidence.ledger.fills)
    keys = {row["trade_id"]: row["idempotency_key"] for row in evidence.ledger.fills}
    for trade_id, times in booked.items():
        if times > 1:
            yield keys[trade_id], f"trade {trade_id} is booked {times} times"
        if trade_id not in theirs:
            yield keys[trade_id], f"trade {trade_id} is booked, and not in the book"
    asked = _in_question(evidence)
    for trade_id, trade in theirs.items():
        if trade_id not in booked and trade["clientOrderId"] not in asked:
            yield _key_of(evidence, trade["clientOrderId"]), f"trade {trade_id} is not booked"
    for row in evidence.ledger.fills:
        other = theirs.get(row["trade_id"])
        if other is not None and _figures_of_fill(row) != _figures_of_trade(other):
            yield row["idempotency_key"], f"trade {row['trade_id']} has other figures in the book"


def sums_agree(evidence: Evidence) -> Found:
    """What an intent says it executed is what its order did."""
    by_name = _orders_by_name(evidence)
    for intent in evidence.ledger.intents:
        orders = by_name.get(intent["client_order_id"], [])
        if not orders or intent["status"] == "QUARANTINED":
            continue
        ours = Decimal(intent["executed_quantity"]), Decimal(intent["executed_quote"])
        theirs = Decimal(orders[0]["executedQty"]), Decimal(orders[0]["cummulativeQuoteQty"])
        if ours != theirs:
            yield intent["idempotency_key"], f"executed {ours}, in the book {theirs}"


def balances_agree(evidence: Evidence) -> Found:
    """What the account began with and the booked fills give what it has now; nothing is locked.

    Trades of orders in question are taken from the book: whose they are a person says.
    """
    expected: defaultdict[str, Decimal] = defaultdict(Decimal, evidence.deposits)
    booked = {fill["trade_id"] for fill in evidence.ledger.fills}
    for fill in evidence.ledger.fills:
        amounts = tuple(
            Decimal(fill[name]) for name in ("quantity", "quote_quantity", "commission")
        )
        _trade(expected, fill["symbol"], fill["side"] == "BUY", amounts, fill["commission_asset"])
    for row in evidence.book.trades:
        if row["clientOrderId"] in _in_question(evidence) and row["id"] not in booked:
            amounts = tuple(Decimal(row[name]) for name in ("qty", "quoteQty", "commission"))
            _trade(expected, row["symbol"], row["isBuyer"], amounts, row["commissionAsset"])
    for asset, (free, locked) in evidence.book.balances.items():
        if free + locked != expected[asset]:
            yield "", f"{asset}: {expected[asset]} by our fills, {free + locked} in the book"
        if locked and not any(i["status"] == "QUARANTINED" for i in evidence.ledger.intents):
            yield "", f"{asset}: {locked} is still locked"


def reports_agree(evidence: Evidence) -> Found:
    """Every producer has its report, and it says of the order what the book says."""
    by_name = _orders_by_name(evidence)
    for intent in evidence.ledger.intents:
        key = intent["idempotency_key"]
        task_id = evidence.task_ids.get(key)
        result = evidence.results.get(task_id or "")
        if task_id is None or key in evidence.told_before_a_restore:
            # What was told before the ledger was replaced is counted apart: a hole, and named.
            continue
        if result is None:
            yield key, "its producer has no result"
        elif result["status"] == "SUCCESS":
            yield from _report_agrees(key, result["result"], by_name)
        elif task_id != intent["task_id"] and _conflicts(result):
            # The other call of its key came first; this one was refused, and rightly.
            continue
        elif by_name.get(intent["client_order_id"]) and intent["status"] != "QUARANTINED":
            yield key, f"its producer heard {result['status']}, and the book has the order"


def _conflicts(result: Row) -> bool:
    return bool(result["result"].get("exc_type") == "IntentConflict")


def _report_agrees(key: str, report: Row, by_name: Mapping[str, list[Row]]) -> Found:
    orders = by_name.get(report["client_order_id"], [])
    if (report.get("order_id") is None) is bool(orders) and report["status"] != "QUARANTINED":
        yield (
            key,
            f"reported {report['status']} {report.get('order_id')}; {len(orders)} in the book",
        )
    elif orders and report.get("order_id") not in (None, orders[0]["orderId"]):
        yield key, f"reported as order {report['order_id']}, it is {orders[0]['orderId']}"
    elif orders and report["type"] in AT_ONCE and report["status"] in ENDED:
        ours, theirs = Decimal(report["executed_quantity"]), Decimal(orders[0]["executedQty"])
        if ours != theirs:
            yield key, f"reported executed {ours}, in the book {theirs}"


def nothing_sent_unwritten(evidence: Evidence) -> Found:
    """No bytes left without an attempt written down with exactly their stamp, and none twice."""
    written = {
        (row["client_order_id"], row["stamp_ms"])
        for row in (*evidence.ledger.attempts, *evidence.forgotten_attempts)
    }
    for (name, stamp_ms), times in Counter(evidence.sent).items():
        if (name, stamp_ms) not in written:
            yield _key_of(evidence, name), f"sent with stamp {stamp_ms}, which no attempt has"
        if times > 1:
            yield _key_of(evidence, name), f"sent {times} times with stamp {stamp_ms}"


def absence_is_proven(evidence: Evidence) -> Found:
    """An attempt that ended "not placed" was asked for long enough, past its fence."""
    asked: defaultdict[int, list[int]] = defaultdict(list)
    for row in evidence.ledger.absences:
        asked[row["attempt_id"]].append(row["asked_ms"])
    for attempt in evidence.ledger.attempts:
        if attempt["state"] != "NOT_PLACED":
            continue
        fence_ms = attempt["stamp_ms"] + attempt["window_ms"] + SKEW_MS
        after = [ms for ms in asked[attempt["id"]] if ms > fence_ms]
        if len(after) < ABSENCES or max(after) <= fence_ms + L_MS:
            yield attempt["idempotency_key"], f"attempt {attempt['number']}: absent only at {after}"


def no_second_attempt_before_proof(evidence: Evidence) -> Found:
    """After an attempt without an answer the next one waits for its fence + L."""
    by_intent: defaultdict[int, list[Row]] = defaultdict(list)
    for attempt in evidence.ledger.attempts:
        by_intent[attempt["intent_id"]].append(attempt)
    for attempts in by_intent.values():
        for first, second in itertools.pairwise(attempts):
            proof_ms = first["stamp_ms"] + first["window_ms"] + SKEW_MS + L_MS
            if first["state"] == "NOT_PLACED" and second["stamp_ms"] <= proof_ms:
                early_ms = proof_ms - second["stamp_ms"]
                yield second["idempotency_key"], f"sent again {early_ms} ms before it was proven"


def caps_hold(evidence: Evidence) -> Found:
    """No request beyond a cap."""
    if evidence.book.overshoots:
        yield "", f"{evidence.book.overshoots} requests beyond a cap"


LAWS: Mapping[str, Callable[[Evidence], Iterable[tuple[str, str]]]] = {
    "orders per intent": one_order_at_most,
    "lost": nothing_lost,
    "no end": everything_ends,
    "false end": ends_are_true,
    "orphan": nothing_unknown_is_there,
    "fills": fills_agree,
    "sums": sums_agree,
    "balances": balances_agree,
    "reports": reports_agree,
    "sent unwritten": nothing_sent_unwritten,
    "absence unproven": absence_is_proven,
    "second attempt too early": no_second_attempt_before_proof,
    "cap overshoot": caps_hold,
}
"""Every law by the name it has in the report."""


def _orders_by_name(evidence: Evidence) -> dict[str, list[Row]]:
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for order in evidence.book.orders:
        if _ours(order):
            found[order["clientOrderId"]].append(order)
    return dict(found)


def _in_question(evidence: Evidence) -> set[str]:
    """Return the client order ids that stand before a person."""
    intents = evidence.ledger.intents
    return {row["client_order_id"] for row in intents if row["status"] == "QUARANTINED"}


def _trade(
    balances: defaultdict[str, Decimal],
    symbol: str,
    buys: bool,
    amounts: tuple[Decimal, ...],
    commission_asset: str,
) -> None:
    quantity, quote_quantity, commission = amounts
    sign = 1 if buys else -1
    balances[symbol.removesuffix("USDT")] += sign * quantity
    balances["USDT"] -= sign * quote_quantity
    balances[commission_asset] -= commission


def _ours(row: Row) -> bool:
    return str(row["clientOrderId"]).startswith(OURS)


def _key_of(evidence: Evidence, name: str) -> str:
    rows = (row for row in evidence.ledger.intents if row["client_order_id"] == name)
    return next((row["idempotency_key"] for row in rows), name)


def _figures_of_fill(row: Row) -> tuple[Decimal, ...]:
    names = ("quantity", "quote_quantity", "price", "commission")
    return tuple(Decimal(row[name]) for name in names)


def _figures_of_trade(row: Row) -> tuple[Decimal, ...]:
    names = ("qty", "quoteQty", "price", "commission")
    return tuple(Decimal(row[name]) for name in names)
