"""Orders that come in over Redis: each message becomes a call, and each gets a reply.

A message is answered only after its call is kept, so a bridge that dies in between reads it
again, and the same key makes it the same order.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from orderdesk.contracts import DEFAULT_ACCOUNT
from orderdesk.contracts.bridged import Call, call_of
from orderdesk.core.intents import Intent
from orderdesk.core.money import average_price, canonical
from orderdesk.core.orders import OrderStatus
from orderdesk.errors import IntentConflict, InvalidOrder, LedgerUnavailable
from orderdesk.ports import Inbox, Incoming, Ledger

Submit = Callable[[str, Mapping[str, Any]], str]
"""(task, fields) → the task's id, once the call is kept; raises as `producing.submit` does."""

Reply = dict[str, Any]

TAKEN, REFUSED = "command_taken", "command_refused"


def work(inbox: Inbox, ledger: Ledger, submit: Submit, *, wait_ms: int) -> int:
    """Answer what waits in an inbox; return how many messages.

    Raises:
        StoreUnavailable, QueueUnreachable, OutcomeUnknown: Redis failed; the messages that
            were not answered come again.
    """
    messages = inbox.messages(wait_ms)
    for message in messages:
        inbox.answer(message, reply_to(message, ledger, submit))
    return len(messages)


def reply_to(message: Incoming, ledger: Ledger, submit: Submit) -> Reply:
    """Do what a message asks for; return what its sender is told."""
    about = {
        "timestamp": datetime.fromtimestamp(message.received_ms / 1_000, UTC).isoformat(
            timespec="milliseconds"
        ),
        "source": message.source,
        "entry_id": message.entry_id,
    }
    try:
        call = _call_of(message)
        known = _known(ledger, call)
    except InvalidOrder as error:
        return {**about, **_refusal(error, message.fields or {}, ledger)}
    if known is not None:
        return {**about, **_taken(call, known.task_id), **_standing(known)}
    task_id = submit(call.task, _fields(call))
    return {**about, **_taken(call, task_id)}


def _call_of(message: Incoming) -> Call:
    if message.fields is None:
        raise InvalidOrder(f"the message cannot be read: {message.trouble}", "", "", "JSON object")
    return call_of(
        message.fields,
        source=message.source,
        entry_id=message.entry_id,
        received_ms=message.received_ms,
    )


def _known(ledger: Ledger, call: Call) -> Intent | None:
    """Return the order that an earlier message placed under this key.

    Raises:
        IntentConflict: the key names another order.
    """
    command = call.command
    known = _under(ledger, command.account, command.idempotency_key)
    if known is None or call.task != "place_order":
        return None
    if known.parameter_hash != command.parameter_hash:
        rule = "one key, one order: use a new order_id for a new order"
        text = f"order_id={command.idempotency_key!r} already names another order: {rule}"
        raise IntentConflict(text, "order_id", command.idempotency_key, rule)
    return known


def _under(ledger: Ledger, account: str, key: str) -> Intent | None:
    """Return the intent under a key; without the ledger a repeat is submitted, as harmless."""
    with suppress(LedgerUnavailable):
        return ledger.intent(account, key)
    return None


def _fields(call: Call) -> Mapping[str, Any]:
    ours = ("version", "key_minted", "intake_entry")
    return {name: value for name, value in call.command.wire().items() if name not in ours}


def _taken(call: Call, task_id: str) -> Reply:
    command = call.command
    order = getattr(command, "order", command.idempotency_key)
    return {
        "event_type": TAKEN,
        "task": call.task,
        "order_id": order,
        "symbol": getattr(command, "symbol", None),
        "task_id": task_id,
        "trace_id": command.trace_id,
    }


def _standing(intent: Intent) -> Reply:
    """Say how a known order stands, in S1's words: its result may have been told long ago."""
    price = average_price(intent.executed_quote, intent.executed_quantity)
    return {
        "status": str(intent.status),
        "executed_qty": canonical(intent.executed_quantity),
        "executed_price": None if price is None else canonical(price),
        "exchange_order_id": intent.order_id,
        "reason": intent.reason,
    }


def _refusal(error: InvalidOrder, fields: Mapping[str, Any], ledger: Ledger) -> Reply:
    """Say why not. DENIED is said only of an order that does not stand otherwise by its name."""
    named = fields.get("order_id", fields.get("idempotency_key"))
    order = None if named is None else str(named)[:200]
    stands = _under(ledger, str(fields.get("account", DEFAULT_ACCOUNT)), order or "")
    reply = {
        "event_type": REFUSED,
        "order_id": order,
        "reason": str(error),
        "code": "INTENT_CONFLICT" if isinstance(error, IntentConflict) else "INVALID_ORDER",
        "field": error.field,
        "value": error.value,
        "rule": error.rule,
    }
    return reply if stands else {**reply, "status": str(OrderStatus.DENIED)}
