"""Say what became of an intent, as the producer reads it."""

from decimal import Decimal
from typing import Any

from orderdesk.contracts import OrderReport, Times
from orderdesk.core import money
from orderdesk.core.clock_offset import LATE_BIAS_MS
from orderdesk.core.intents import Intent


def of(intent: Intent) -> dict[str, Any]:
    """Return the report of an intent as it stands, ready for JSON."""
    size = intent.size
    return OrderReport(
        account=intent.account,
        idempotency_key=intent.idempotency_key,
        client_order_id=intent.client_order_id,
        order_id=intent.order_id,
        symbol=intent.symbol,
        side=size.side,
        type=size.type,
        status=intent.status,
        quantity=size.quantity,
        quote_quantity=size.quote_quantity,
        price=size.price,
        executed_quantity=intent.executed_quantity,
        executed_quote=intent.executed_quote,
        average_price=average_price(intent),
        commissions=dict(intent.commissions),
        fills=intent.fills,
        attempts=intent.attempts,
        reason=intent.reason,
        code=intent.code,
        trace_id=intent.trace_id,
        times=Times(
            received=intent.received_ms,
            throttled=intent.throttled_ms,
            sent=None if intent.sent_ms is None else intent.sent_ms + LATE_BIAS_MS,
            acknowledged=intent.acknowledged_ms,
            filled=intent.filled_ms,
            ended=intent.ended_ms,
        ),
    ).wire()


def average_price(intent: Intent) -> Decimal | None:
    """Return what an intent traded at on average; None if nothing was executed."""
    return money.average_price(intent.executed_quote, intent.executed_quantity)
