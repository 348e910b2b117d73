"""A person answers for an order in quarantine: placed under an id, or not placed."""

from orderdesk.core.intents import Intent
from orderdesk.errors import UnknownOrder
from orderdesk.flows import wake
from orderdesk.ports import Desk


def answer(
    desk: Desk, *, account: str, name: str, order_id: str | None, reason: str, by: str
) -> Intent:
    """End a quarantine, recorded with who and why.

    `order_id` is the exchange's id if the order is there, None if a person has made sure
    that it is not.

    Raises:
        UnknownOrder: no such intent, or it is not in quarantine.
    """
    intent = desk.ledger.find(account, name)
    if intent is None:
        raise UnknownOrder(f"no order {name!r} on account {account!r}", name)
    ended = desk.ledger.answer_quarantined(
        intent.id, order_id=order_id, reason=reason, by=by, now_ms=desk.time.now_ms()
    )
    wake.for_what_is_left(desk, ended)
    if ended.answerable:
        wake.owner(desk, ended)
    return ended
