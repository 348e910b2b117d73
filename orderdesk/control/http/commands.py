"""Commands by HTTP go the way of every producer's `delay()`: checked, kept, then published."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from celery.exceptions import TimeoutError as NoAnswer
from celery.result import AsyncResult

from orderdesk.contracts import OrderReport
from orderdesk.control.http.house import House
from orderdesk.core.order_ids import mint_key
from orderdesk.errors import InvalidOrder

OURS = frozenset({"version", "key_minted", "intake_entry"})
"""Fields of a command that no producer gives."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A command that is kept."""

    idempotency_key: str
    result: AsyncResult


def send(house: House, task: str, fields: Mapping[str, Any], *, key: str | None) -> Sent:
    """Send a command; `key` is the header's, which must not contradict the body's.

    Raises:
        InvalidOrder: a field breaks a rule; nothing was queued.
        QueueUnreachable: nothing was queued.
        OutcomeUnknown: it may have been taken; repeat it with the key that is told.
    """
    if ours := sorted(OURS & set(fields)):
        raise InvalidOrder(f"{ours[0]} is the desk's own and cannot be given", ours[0])
    within = fields.get("idempotency_key")
    if key is not None and within not in (None, key):
        raise InvalidOrder(
            "the header Idempotency-Key and the body's idempotency_key differ: give one of them",
            "idempotency_key",
        )
    given = within if key is None else key
    chosen = mint_key() if given is None else given
    result = house.submit(task, {**fields, "idempotency_key": chosen})
    return Sent(str(chosen), result)


def outcome(result: AsyncResult, *, within_s: float) -> OrderReport | None:
    """Wait for an order's report; None if it is still to come.

    Raises:
        DeskError: as the worker raised it.
    """
    if within_s <= 0:
        return None
    try:
        answer = result.get(timeout=within_s)
    except NoAnswer:
        return None
    return OrderReport.model_validate(answer)
