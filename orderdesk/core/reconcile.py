"""Hold two books against each other: a pure comparison, and what is done about each finding.

`TREATMENT` is the table: each kind of finding, whether it is healed or alarmed, and why.
Adoption is by client id only, never by looks.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from orderdesk.core.answers import ExchangeOrder, Fill
from orderdesk.core.intents import Intent
from orderdesk.core.order_ids import is_ours
from orderdesk.core.orders import ENDED, ON_EXCHANGE, OrderType


class Kind(StrEnum):
    """What a comparison can find."""

    MISSING_THERE = "MISSING_THERE"
    MISSING_HERE = "MISSING_HERE"
    ENDED_UNSEEN = "ENDED_UNSEEN"
    BEHIND = "BEHIND"
    FILL_MISSING_HERE = "FILL_MISSING_HERE"
    FILL_MISSING_THERE = "FILL_MISSING_THERE"
    FILL_MISMATCH = "FILL_MISMATCH"
    DUPLICATE = "DUPLICATE"
    ORPHAN = "ORPHAN"
    FOREIGN = "FOREIGN"
    MISMATCH = "MISMATCH"


class Action(StrEnum):
    """What is done about a finding."""

    HEALED = "HEALED"
    """The ledger is brought up to what the exchange shows."""
    ALARMED = "ALARMED"
    """A person must look; told once as an event."""
    NOTED = "NOTED"
    """Said in the report; told once as an event, which is no alarm."""


@dataclass(frozen=True, slots=True)
class Treatment:
    """What is done about a kind of finding, and why that."""

    meaning: str
    action: Action
    why: str


K, A = Kind, Action

TREATMENT: Mapping[Kind, Treatment] = {
    K.MISSING_THERE: Treatment(
        "ours rests, theirs does not list it",
        A.HEALED,
        "lists may lag, so it is asked for by its client id; alarmed if that shows nothing",
    ),
    K.MISSING_HERE: Treatment(
        "theirs has an order under our client id that our ledger had not found",
        A.HEALED,
        "the client id proves that we sent it: adopted, if it is what we sent",
    ),
    K.ENDED_UNSEEN: Treatment(
        "theirs has ended, ours does not know",
        A.HEALED,
        "an end on the exchange is a fact: booked, with its fills",
    ),
    K.BEHIND: Treatment(
        "theirs has moved on, ours does not know",
        A.HEALED,
        "what was executed is a fact: booked, with its fills",
    ),
    K.FILL_MISSING_HERE: Treatment(
        "a trade of our order that our ledger lacks",
        A.HEALED,
        "trades have ids of their own, so booking one twice is impossible",
    ),
    K.FILL_MISSING_THERE: Treatment(
        "a trade in our ledger that theirs does not list",
        A.ALARMED,
        "a trade does not vanish: one of the books is wrong, and we cannot say which",
    ),
    K.FILL_MISMATCH: Treatment(
        "one trade id, two amounts, prices or fees",
        A.ALARMED,
        "a booked trade is never rewritten by a machine",
    ),
    K.DUPLICATE: Treatment(
        "two of theirs under one client id",
        A.ALARMED,
        "both are booked and what is open of the surplus is cancelled; it must never happen",
    ),
    K.ORPHAN: Treatment(
        "our prefix, not in our ledger",
        A.ALARMED,
        "another desk on this account, or a ledger that forgot: nothing of it is touched",
    ),
    K.FOREIGN: Treatment(
        "not our prefix",
        A.NOTED,
        "a person or another program may trade on the account: never touched, never adopted",
    ),
    K.MISMATCH: Treatment(
        "our client id, other symbol, side, type, quantity or price than we sent",
        A.ALARMED,
        "what is not what we sent is not booked as if it were",
    ),
}
"""Every finding, healed or alarmed. `docs/reconciliation.md` shows the same table."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference between the books."""

    kind: Kind
    symbol: str
    intent: Intent | None = None
    order: ExchangeOrder | None = None
    detail: str = ""
    fill: Fill | None = None


def compare(ours: Sequence[Intent], theirs: Sequence[ExchangeOrder]) -> Iterator[Finding]:
    """Compare one symbol's orders; `theirs` must be whole lists over the time of `ours`."""
    by_client_id: dict[str | None, list[ExchangeOrder]] = defaultdict(list)
    for order in {order.order_id: order for order in theirs}.values():
        by_client_id[order.client_order_id].append(order)
    for intent in ours:
        yield from _one(intent, by_client_id.pop(intent.client_order_id, []))
    for orders in by_client_id.values():
        for order in orders:
            kind = Kind.ORPHAN if is_ours(order.client_order_id) else Kind.FOREIGN
            yield Finding(kind, order.symbol, order=order)


def compare_fills(
    intent: Intent, ours: Sequence[Fill], theirs: Sequence[Fill], *, since_ms: int, until_ms: int
) -> Iterator[Finding]:
    """Compare one order's trades, trade by trade.

    Args:
        intent: whose trades they are.
        ours: its booked fills, all of them.
        theirs: what the exchange lists of it in the span.
        since_ms: where their list begins; older trades of ours are not missed in it.
        until_ms: younger trades of ours may not be listed yet.
    """
    booked = {fill.trade_id: fill for fill in ours}
    listed = {fill.trade_id: fill for fill in theirs}
    for trade_id, fill in listed.items():
        if trade_id not in booked:
            yield Finding(Kind.FILL_MISSING_HERE, intent.symbol, intent, fill=fill)
            continue
        difference = _differing_fill(booked[trade_id], fill)
        if difference:
            yield Finding(Kind.FILL_MISMATCH, intent.symbol, intent, detail=difference, fill=fill)
    for trade_id, fill in booked.items():
        if trade_id not in listed and since_ms <= fill.traded_ms < until_ms:
            yield Finding(Kind.FILL_MISSING_THERE, intent.symbol, intent, fill=fill)


def _one(intent: Intent, found: list[ExchangeOrder]) -> Iterator[Finding]:
    if not found:
        if intent.status in ON_EXCHANGE:
            yield Finding(Kind.MISSING_THERE, intent.symbol, intent=intent)
        return
    mine = next((order for order in found if order.order_id == intent.order_id), found[0])
    for surplus in found:
        if surplus is not mine:
            yield Finding(Kind.DUPLICATE, intent.symbol, intent, surplus)
    difference = differing(intent, mine)
    if difference is not None:
        yield Finding(Kind.MISMATCH, intent.symbol, intent, mine, difference)
        return
    kind = _behind(intent, mine)
    if kind is not None:
        yield Finding(kind, intent.symbol, intent, mine)


def differing(intent: Intent, order: ExchangeOrder) -> str | None:
    """Name what tells an order under our client id from the one we sent; None if it is it.

    On market orders the venue reports protective, inflated amounts: they tell nothing.
    """
    size = intent.size
    pairs: list[tuple[str, object, object]] = [
        ("symbol", intent.symbol, order.symbol),
        ("side", size.side, order.side),
        ("type", size.type, order.type),
    ]
    if size.type is not OrderType.MARKET:
        pairs += [
            ("quantity", size.quantity, order.quantity),
            ("price", size.price, order.price),
        ]
    for name, ours, theirs in pairs:
        if ours != theirs:
            return f"order {order.order_id} has {name}={theirs}, we sent {ours}"
    return None


def _differing_fill(ours: Fill, theirs: Fill) -> str:
    names = ("side", "quantity", "price", "quote_quantity", "commission", "commission_asset")
    parts = [
        f"{name}={getattr(theirs, name)}, we booked {getattr(ours, name)}"
        for name in names
        if getattr(ours, name) != getattr(theirs, name)
    ]
    return f"trade {ours.trade_id} has {'; '.join(parts)}" if parts else ""


def _behind(intent: Intent, order: ExchangeOrder) -> Kind | None:
    if order.order_id != intent.order_id:
        return Kind.MISSING_HERE
    if order.status is not intent.status:
        unseen = order.status in ENDED and intent.status in ON_EXCHANGE
        return Kind.ENDED_UNSEEN if unseen else Kind.BEHIND
    if order.executed_quantity != intent.executed_quantity or not intent.fills_complete:
        return Kind.BEHIND
    return None
