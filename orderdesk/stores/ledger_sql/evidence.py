"""PURE: what evidence of the exchange makes of an intent.

Evidence adds up: in whatever order it comes, once or twice, the same set of it gives the
same intent. Executed amounts only grow, and what is older than what we know moves nothing.
No query lives here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Context, Decimal
from functools import reduce

from orderdesk.core.answers import ExchangeOrder, Fill
from orderdesk.core.intents import Intent
from orderdesk.core.money import ZERO
from orderdesk.core.orders import ENDED, Move, OrderStatus, judge_move

_EXACT = Context(prec=60)
"""Sums must not be rounded; Python's own context keeps 28 digits."""


def placed(intent: Intent, order_id: str, *, acknowledged_ms: int) -> Intent:
    """Return an intent whose order is on the exchange under this id, its status unchanged."""
    return replace(
        intent,
        order_id=order_id,
        acknowledged_ms=intent.acknowledged_ms or acknowledged_ms,
        # Whatever ended it before has been disproved.
        reason=None,
        code=None,
    )


def moved(intent: Intent, then: OrderStatus, *, known_before: bool, now_ms: int) -> Intent:
    """Return an intent after the exchange showed it in a state.

    Args:
        intent: as it stands.
        then: the state the exchange showed.
        known_before: whether we knew it to be on the exchange at all. If not, whatever
            shows is newer than what we thought: an intent CANCELED unsent is moved by an
            open order, one CANCELED on the exchange is not.
        now_ms: when we learned it.
    """
    move = judge_move(intent.status, then)
    if intent.ended and not known_before:
        move = Move.LATE
    if move in (Move.SAME, Move.STALE):
        return intent
    if then not in ENDED:
        return replace(intent, status=then, ended_ms=None)
    return released(replace(intent, status=then, ended_ms=now_ms))


def released(intent: Intent) -> Intent:
    """Return an intent without its reservation, once it has ended and every fill is booked.

    Until then what was executed is in no position yet, and must not vanish from the count.
    """
    if intent.ended and intent.fills_complete:
        return replace(intent, reserved_notional=ZERO)
    return intent


def learned(
    intent: Intent,
    *,
    order: ExchangeOrder | None,
    fills: Sequence[Fill],
    known_before: bool,
    now_ms: int,
) -> Intent:
    """Return an intent with evidence of its own order added.

    Args:
        intent: as it stands, its `order_id` known.
        order: as the exchange showed it, if it was asked.
        fills: all of the order that are booked, the new ones included; empty if none is new.
        known_before: see `moved`.
        now_ms: when we learned it.
    """
    after = released(_with_fills(intent, fills)) if fills else intent
    if order is not None:
        after = _executed(after, order.executed_quantity, order.executed_quote)
        after = moved(after, order.status, known_before=known_before, now_ms=now_ms)
        known_before = True
    shown = _status_by_fills(after)
    if shown is None:
        return after
    return moved(after, shown, known_before=known_before, now_ms=now_ms)


def contradicts(before: Intent, after: Intent) -> bool:
    """Tell whether the exchange knows better than what we had proven or ended: an alarm."""
    if before.order_id is None and after.order_id is not None:
        proven_absent = before.status is OrderStatus.RECEIVED and before.attempts > 0
        return before.ended or proven_absent
    more = after.executed_quantity > before.executed_quantity
    return before.ended and (more or after.status is not before.status)


def _with_fills(intent: Intent, fills: Sequence[Fill]) -> Intent:
    paid: dict[str, Decimal] = {}
    for fill in fills:
        paid[fill.commission_asset] = _EXACT.add(
            paid.get(fill.commission_asset, ZERO), fill.commission
        )
    quantity = _total(fill.quantity for fill in fills)
    with_fills = replace(
        intent,
        fills=len(fills),
        filled_quantity=quantity,
        commissions=paid,
        filled_ms=max(fill.traded_ms for fill in fills),
    )
    return _executed(with_fills, quantity, _total(fill.quote_quantity for fill in fills))


def _executed(intent: Intent, quantity: Decimal, quote: Decimal) -> Intent:
    return replace(
        intent,
        executed_quantity=max(intent.executed_quantity, quantity),
        executed_quote=max(intent.executed_quote, quote),
    )


def _status_by_fills(intent: Intent) -> OrderStatus | None:
    """Say what the fills alone prove; of an order by quote amount never that it is complete."""
    if intent.filled_quantity == ZERO:
        return None
    if intent.size.quantity is not None and intent.filled_quantity >= intent.size.quantity:
        return OrderStatus.FILLED
    return OrderStatus.PARTIALLY_FILLED


def _total(amounts: Iterable[Decimal]) -> Decimal:
    return reduce(_EXACT.add, amounts, ZERO)
