"""What a producer was told stands, though a restored ledger has forgotten that it was told.

A backup knows nothing of the refusals after it, and the intake still has those commands: taken
up again, a refused order might be placed behind the back of a producer who has long drawn its
conclusions. Results lie in Redis, which kept them; so whoever looks before a first attempt also
asks what was told. Evidence comes first: an order that the exchange has is adopted, whatever was
told of it. A result that is gone, after a day or with its Redis, tells nothing.
"""

from orderdesk.core.intents import Draft, Intent
from orderdesk.core.orders import ENDED, OrderStatus
from orderdesk.errors import IntentConflict
from orderdesk.ports import Desk, Told


def confirm_key(order: Draft, told: Told | None) -> None:
    """Raise again what the losing call of a key was told; it must not take the key now.

    Raises:
        IntentConflict: this call's key named another order before the ledger was restored.
    """
    if told is not None and told.error == IntentConflict.__name__:
        raise IntentConflict(
            f"idempotency_key={order.idempotency_key!r} already named another order, before the "
            "ledger was restored; use a new key for a new order",
            "idempotency_key",
            order.idempotency_key,
            "one key, one order",
        )


def stands(desk: Desk, order: Draft, told: Told | None) -> Intent | None:
    """Return the intent ended as was told, or None if nothing was.

    Call it only once the exchange was found not to have the order. A producer that was told of an
    order on the exchange, which has none, gets a question for a person: one of them is wrong.
    """
    if told is None:
        return None
    now_ms = desk.time.now_ms()
    status = _ended_unplaced(told)
    if status is not None:
        reason = f"as was told before the ledger was restored: {told.reason}"
        return desk.ledger.keep_word(order, status, reason=reason, code=told.code, now_ms=now_ms)
    intent = desk.ledger.receive(order, now_ms=now_ms, next_wake_ms=now_ms)
    reason = f"told as {told.status} before the ledger was restored, and not on the exchange"
    return desk.ledger.quarantine(intent.id, reason, now_ms=now_ms)


def _ended_unplaced(told: Told) -> OrderStatus | None:
    """Return the end that was told, if it was one without an order on the exchange."""
    if told.error:
        # FAILURE is stored of an order only while it has no row, and so no attempt.
        return OrderStatus.EXPIRED_UNSENT
    ended = told.status in ENDED and told.order_id is None
    return OrderStatus(told.status) if ended else None
