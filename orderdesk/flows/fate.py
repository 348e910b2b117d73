"""Judge an error by its class: wait and run again, or bury it and say what stands."""

import random
import traceback
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from orderdesk.core.backoff import backoff_ms
from orderdesk.core.intents import DeadLetter, Intent
from orderdesk.core.queues import KEPT
from orderdesk.errors import (
    DeskError,
    Fate,
    InvalidOrder,
    LedgerUnavailable,
    NotInTime,
    NotYet,
    StoreUnavailable,
    Transient,
)
from orderdesk.flows import bury as burying
from orderdesk.flows import pause, taken_up
from orderdesk.ports import Desk

LONGEST_WAIT_MS = 60_000
"""Below the broker's visibility timeout by far: a longer countdown would be delivered twice."""

TRACE_CHARACTERS = 8_000

UNREADABLE = "(unreadable)"
"""Stands for the task of a message that names none."""


def wait_ms(error: Exception, broken: int, max_retries: int) -> int | None:
    """Return how long to wait before running again, or None if it should be buried.

    `broken` is how often the work broke before; waiting in line (`NotYet`) does not count.
    """
    if not isinstance(error, DeskError):
        return None
    if error.fate is Fate.LATER:
        return min(error.retry_after_ms or 0, LONGEST_WAIT_MS)
    if error.fate is Fate.RETRY and broken < max_retries:
        # Jitter is no secret: it only has to differ between workers.
        draw = random.SystemRandom().randint
        return min(backoff_ms(broken, draw, retry_after_ms=error.retry_after_ms), LONGEST_WAIT_MS)
    return None


def heed(desk: Desk, error: Exception, fields: Mapping[str, Any]) -> None:
    """Let everybody heed what the error says of the venue, as far as it says anything."""
    account = str(fields.get("account") or desk.rules.accounts[0])
    # What cannot be told now must not change the fate of the work: without Redis no request
    # leaves anyway, and without the ledger only the event is missing.
    with suppress(StoreUnavailable, LedgerUnavailable):
        pause.after_question(desk, account, error)


def letter(
    error: Exception, *, task: str, task_id: str, fields: Mapping[str, Any], attempts: int
) -> DeadLetter:
    """Write down what broke, for a person: the work, the reason, the trace."""
    text = "".join(traceback.format_exception(error))[-TRACE_CHARACTERS:]
    return DeadLetter(
        id=0,
        at_ms=0,
        task=task,
        task_id=task_id,
        arguments=dict(fields),
        reason=type(error).__name__,
        message=str(error),
        attempts=attempts,
        trace=text,
        order=_text(fields, "idempotency_key") or (task_id if task == "place_order" else None),
        account=_text(fields, "account") or "main",
    )


def bury(desk: Desk, error: Exception, dead: DeadLetter) -> Intent | None:
    """Bury broken work; return the intent that its producer waits for, if there is one.

    Trouble that may pass does not end an order before its deadline: the sweep goes on with
    it, and there is nothing to bury yet. Otherwise an order that provably was not placed
    ends with its dead letter in one transaction; one with an open attempt goes on, and so does
    one that a doubt concerns until it was looked for in vain (`NotInTime` comes after that).
    Without the ledger the letter waits in the queue `dead_letter`, and the intake keeps the
    command.
    """
    is_order = dead.task == "place_order" and not isinstance(error, InvalidOrder)
    if is_order and isinstance(error, Transient):
        return _goes_on(desk, dead)
    ends = is_order and (isinstance(error, NotInTime) or not _forgotten_perhaps(desk, dead))
    end_as = f"{dead.reason}: {dead.message}" if ends else None
    try:
        burying.bury(desk, dead, end_as=end_as)
        _note_taken_up(desk, dead)
        if not is_order or dead.order is None:
            return None
        return desk.ledger.intent(dead.account or "main", dead.order)
    except LedgerUnavailable:
        # Should Redis be away too, then nothing can be written anywhere now.
        with suppress(StoreUnavailable):
            desk.queue.publish("bury", as_fields(dead))
        raise


def _forgotten_perhaps(desk: Desk, dead: DeadLetter) -> bool:
    """True if the order may be on the exchange although the ledger has no attempt of it."""
    doubt = desk.ledger.doubt()
    intent = desk.ledger.intent(dead.account or "main", dead.order or "")
    if doubt is None or intent is None:
        return False
    return doubt.concerns(
        key_minted=bool(intent.command.get("key_minted")),
        received_ms=intent.received_ms,
        now_ms=desk.time.now_ms(),
    )


def _note_taken_up(desk: Desk, dead: DeadLetter) -> None:
    """Let the sweep know that a kept command was taken up, though it left no row of its own."""
    if dead.task in KEPT and dead.account and dead.task_id:
        taken_up.note(desk, dead.account, task=dead.task, task_id=dead.task_id)


def _goes_on(desk: Desk, dead: DeadLetter) -> Intent:
    """Return the intent that the sweep goes on with; raise if the ledger does not have it yet."""
    intent = desk.ledger.intent(dead.account or "main", dead.order or "")
    if intent is None:
        raise LedgerUnavailable("the order is not written down yet; the intake keeps it")
    return intent


def book(desk: Desk, fields: Mapping[str, Any]) -> DeadLetter:
    """Book a dead letter that came over the queue.

    Raises:
        NotYet: the ledger is away; the message stays in the queue until it is back.
    """
    try:
        return burying.bury(desk, _from_fields(fields))
    except LedgerUnavailable as error:
        raise NotYet(f"the ledger is away: {error}", 5_000) from error


def as_fields(dead: DeadLetter) -> dict[str, Any]:
    """Return a dead letter as the keyword arguments of the task `bury`."""
    names = ("task", "task_id", "reason", "message", "attempts", "trace", "order", "account")
    return {"arguments": dict(dead.arguments), **{name: getattr(dead, name) for name in names}}


def _from_fields(fields: Mapping[str, Any]) -> DeadLetter:
    """Read what `as_fields` wrote, or what a worker says of a message it could not read."""
    raw = _text(fields, "raw")
    unread = f"{fields.get('size')} bytes from {fields.get('queue')}, in base64: {raw}"
    return DeadLetter(
        id=0,
        at_ms=0,
        task=_text(fields, "task") or UNREADABLE,
        task_id=_text(fields, "task_id") or "",
        arguments=dict(fields.get("arguments") or {}),
        reason=_text(fields, "reason") or "?",
        message=_text(fields, "message") or (unread if raw else ""),
        attempts=int(fields.get("attempts") or 1),
        trace=_text(fields, "trace") or "",
        order=_text(fields, "order"),
        account=_text(fields, "account"),
    )


def _text(fields: Mapping[str, Any], name: str) -> str | None:
    value = fields.get(name)
    return None if value is None else str(value)
