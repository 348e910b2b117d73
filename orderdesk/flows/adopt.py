"""Adopt an order found on the exchange under our client id, after checking that it is ours."""

from orderdesk.core.answers import ExchangeOrder
from orderdesk.core.intents import Attempt, Intent
from orderdesk.core.reconcile import differing
from orderdesk.ports import Desk

CREATED_SLACK_MS = 2_000
"""An order of ours cannot be older than its stamp by more than this (protocol point 2)."""


def found(desk: Desk, intent: Intent, order: ExchangeOrder) -> Intent:
    """Book a found order; one that is not what we sent puts the intent before a person."""
    now_ms = desk.time.now_ms()
    differs = difference(intent, order, desk.ledger.open_attempt_of(intent.id))
    if differs is not None:
        return desk.ledger.quarantine(intent.id, differs, now_ms=now_ms)
    return desk.ledger.book(intent.id, order=order, fills=(), now_ms=now_ms, next_wake_ms=now_ms)


def difference(intent: Intent, order: ExchangeOrder, attempt: Attempt | None) -> str | None:
    """Name what speaks against a found order being the one we sent, or None."""
    other = differing(intent, order)
    if other is not None:
        return f"found {other}"
    if attempt and order.created_ms < attempt.window.stamp_ms - CREATED_SLACK_MS:
        return (
            f"found order {order.order_id} is from {order.created_ms}, "
            f"older than our stamp {attempt.window.stamp_ms}"
        )
    return None
