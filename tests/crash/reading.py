"""PURE: how the laws read the evidence: whose order is whose, and what the words mean."""

from collections import defaultdict
from collections.abc import Iterator

from tests.crash.evidence import Evidence, Row

Found = Iterator[tuple[str, str]]
"""Contradictions of one law: the order's key (empty: none), and what was seen."""

OURS = "od1-"
"""How the desk's client order ids begin (design, protocol point 2)."""

ENDED = frozenset(
    {"FILLED", "CANCELED", "PARTIALLY_CANCELED", "REJECTED", "DENIED", "EXPIRED_UNSENT"}
)
AT_ONCE = frozenset({"MARKET", "IMMEDIATE_OR_CANCEL", "FILL_OR_KILL"})


def orders_by_name(evidence: Evidence) -> dict[str, list[Row]]:
    """Return our orders in the book by client order id."""
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for order in evidence.book.orders:
        if is_ours(order):
            found[order["clientOrderId"]].append(order)
    return dict(found)


def in_question(evidence: Evidence) -> set[str]:
    """Return the client order ids that stand before a person."""
    intents = evidence.ledger.intents
    return {row["client_order_id"] for row in intents if row["status"] == "QUARANTINED"}


def is_ours(row: Row) -> bool:
    """Tell whether an order or a trade of the book is this desk's."""
    return str(row["clientOrderId"]).startswith(OURS)


def key_of(evidence: Evidence, name: str) -> str:
    """Return the key of a client order id, or that id if no intent has it."""
    rows = (row for row in evidence.ledger.intents if row["client_order_id"] == name)
    return next((row["idempotency_key"] for row in rows), name)
