"""PURE: the laws of orders: one at most, none lost, every end true."""

from tests.crash.evidence import Evidence
from tests.crash.reading import ENDED, Found, key_of, orders_by_name

NEVER_PLACED = frozenset({"REJECTED", "DENIED", "EXPIRED_UNSENT"})


def one_order_at_most(evidence: Evidence) -> Found:
    """One intent, at most one order on the exchange."""
    for name, orders in orders_by_name(evidence).items():
        if len(orders) > 1:
            yield key_of(evidence, name), f"{len(orders)} orders: {[o['orderId'] for o in orders]}"


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
    by_name = orders_by_name(evidence)
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
    for name in orders_by_name(evidence):
        if name not in known:
            yield "", f"the book has an order under {name}, and the ledger no intent"
