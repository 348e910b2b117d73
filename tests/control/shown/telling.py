"""Intents, stories and rendered text, for the tests of this folder."""

from dataclasses import replace
from decimal import Decimal
from io import StringIO
from typing import Any

from rich.console import Console, RenderableType

from orderdesk.core.events import Event, EventKind
from orderdesk.core.fence import Window
from orderdesk.core.intents import Attempt, AttemptState, Intent, Story
from orderdesk.core.markets import Size
from orderdesk.core.orders import OrderStatus, OrderType, Side

T = 1_795_248_995_000
"""The moment the order was received."""

INTENT = Intent(
    id=1,
    account="main",
    idempotency_key="key-1",
    client_order_id="od1-abc",
    parameter_hash="h",
    task_id="t",
    symbol="MXUSDT",
    size=Size(Side.BUY, OrderType.MARKET, Decimal(80), None, None),
    status=OrderStatus.FILLED,
    deadline_ms=T + 60_000,
    received_ms=T,
    trace_id="",
    command={},
    order_id="C02",
    executed_quantity=Decimal(80),
    executed_quote=Decimal(200),
    fills=1,
    filled_quantity=Decimal(80),
    commissions={"USDT": Decimal("0.1")},
    attempts=1,
)

ATTEMPT = Attempt(
    id=7,
    intent_id=1,
    number=1,
    window=Window(T + 100, 3_000),
    state=AttemptState.ACCEPTED,
    request_hash="h",
    answer="accepted as C02",
)


def intent(**changes: Any) -> Intent:
    """Return an intent that differs from the usual one."""
    return replace(INTENT, **changes)


def event(kind: EventKind, after_ms: int = 0, **data: object) -> Event:
    """Return an event of the order, so long after it was received."""
    return Event(kind, T + after_ms, account="main", order="key-1", data=data)


def story(*events: Event, attempts: tuple[Attempt, ...] = (ATTEMPT,), **changes: Any) -> Story:
    """Return the story of an order."""
    return Story(intent(**changes), attempts, (), events)


def rendered(what: RenderableType, width: int = 200) -> str:
    """Return what a person would see."""
    out = StringIO()
    Console(file=out, width=width, highlight=False, markup=False).print(what)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())
