"""Hold two books against each other: a pure comparison, and what to do about each finding.

| finding   | meaning                                        | what is done            |
|-----------|------------------------------------------------|-------------------------|
| BEHIND    | theirs moved and ours does not know            | healed: booked          |
| MISSING   | ours is open, theirs does not list it          | healed: asked by id     |
| DUPLICATE | two of theirs under one client id              | booked, alarmed         |
| ORPHAN    | our prefix, not in our ledger                  | alarmed                 |
| FOREIGN   | not our prefix                                 | noted, never touched    |
| MISMATCH  | same id, other symbol, side or amounts         | alarmed                 |

Adoption is by client id only, never by looks.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from orderdesk.core.answers import ExchangeOrder
from orderdesk.core.intents import Intent
from orderdesk.core.order_ids import is_ours
from orderdesk.core.orders import ON_EXCHANGE, OrderType


class Kind(StrEnum):
    """What a comparison can find; the module's table says what each one means."""

    BEHIND = "BEHIND"
    MISSING = "MISSING"
    DUPLICATE = "DUPLICATE"
    ORPHAN = "ORPHAN"
    FOREIGN = "FOREIGN"
    MISMATCH = "MISMATCH"


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference between the books."""

    kind: Kind
    symbol: str
    intent: Intent | None = None
    order: ExchangeOrder | None = None
    detail: str = ""


def compare(ours: Sequence[Intent], theirs: Sequence[ExchangeOrder]) -> Iterator[Finding]:
    """Compare one symbol's books; `theirs` must be whole lists over the time of `ours`."""
    by_client_id: dict[str | None, list[ExchangeOrder]] = defaultdict(list)
    for order in {order.order_id: order for order in theirs}.values():
        by_client_id[order.client_order_id].append(order)
    for intent in ours:
        yield from _one(intent, by_client_id.pop(intent.client_order_id, []))
    for orders in by_client_id.values():
        for order in orders:
            kind = Kind.ORPHAN if is_ours(order.client_order_id) else Kind.FOREIGN
            yield Finding(kind, order.symbol, order=order)


def _one(intent: Intent, found: list[ExchangeOrder]) -> Iterator[Finding]:
    if not found:
        if intent.status in ON_EXCHANGE:
            yield Finding(Kind.MISSING, intent.symbol, intent=intent)
        return
    mine = next((order for order in found if order.order_id == intent.order_id), found[0])
    for surplus in found:
        if surplus is not mine:
            yield Finding(Kind.DUPLICATE, intent.symbol, intent, surplus)
    difference = differing(intent, mine)
    if difference is not None:
        yield Finding(Kind.MISMATCH, intent.symbol, intent, mine, difference)
    elif _news(intent, mine):
        yield Finding(Kind.BEHIND, intent.symbol, intent, mine)


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


def _news(intent: Intent, order: ExchangeOrder) -> bool:
    return (
        order.order_id != intent.order_id
        or order.status is not intent.status
        or order.executed_quantity != intent.executed_quantity
        or not intent.fills_complete
    )
