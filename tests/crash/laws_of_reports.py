"""PURE: the laws of reports: every caller is told, and what it was told is in the book."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from tests.crash.evidence import Evidence, Row
from tests.crash.reading import AT_ONCE, ENDED, Found, orders_by_name


def reports_agree(evidence: Evidence) -> Found:
    """Every call has its result, and it says of the order what the book says.

    Celery never overwrites a report: what stands at the end is what was told first, also of an
    order that a restored ledger forgot.
    """
    by_name = orders_by_name(evidence)
    intents = {row["idempotency_key"]: row for row in evidence.ledger.intents}
    for key, task_id in _calls(evidence):
        result, intent = evidence.results.get(task_id), intents.get(key)
        if intent is None:
            # Lost, which is another law's.
            continue
        if result is None:
            yield key, "its producer has no result"
        elif result["status"] == "SUCCESS":
            yield from _report_agrees(key, result["result"], by_name)
        elif task_id != intent["task_id"] and _conflicts(result):
            # The other call of its key came first; this one was refused, and rightly.
            continue
        elif task_id != intent["task_id"]:
            yield key, f"its producer heard {result['status']}, and the key is another order's"
        elif by_name.get(intent["client_order_id"]) and intent["status"] != "QUARANTINED":
            yield key, f"its producer heard {result['status']}, and the book has the order"


def _calls(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """Yield every call as (key, task id); a key may have two that want different orders."""
    yield from evidence.task_ids.items()
    yield from evidence.conflicts.items()


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
