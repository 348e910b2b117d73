"""Place the sample orders as any producer would, and see what becomes of each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from http.client import HTTPException
from typing import Any

from celery.result import AsyncResult

from orderdesk.client import Producer
from orderdesk.contracts import DEFAULT_ACCOUNT, OrderReport
from orderdesk.control.running.samples import Sample
from orderdesk.control.running.stopping import Stopping
from orderdesk.control.shown.orders import Outcome
from orderdesk.core.intents import Story
from orderdesk.core.order_ids import client_order_id
from orderdesk.errors import DeskError
from orderdesk.ports import Desk
from orderdesk.simulator.door import Door, DoorClosed

PATIENCE_S = 60.0
"""Longer than the proof that an order was never placed may take (fence + L, about 25 s)."""

_LOOK_S = 0.05

Report = Callable[[str], None]
"""Hears what is waited for, for the progress shown."""


@dataclass
class Placed:
    """A sample on its way."""

    sample: Sample
    result: AsyncResult
    price_before: Decimal
    cancel: AsyncResult | None = None

    @property
    def done(self) -> bool:
        """True when nothing more is waited for."""
        if not self.sample.cancels or (self.result.ready() and self.result.failed()):
            return bool(self.result.ready())
        return self.cancel is not None and bool(self.cancel.ready())


def simulator_prices(door: Door) -> Mapping[str, Decimal] | None:
    """Return the last prices by symbol, or None if what answers there is no simulator of ours."""
    try:
        prices = door.state()["prices"]
    except (OSError, HTTPException, DoorClosed, ValueError, KeyError):
        return None
    return {symbol: Decimal(str(price)) for symbol, price in prices.items()}


def place_all(
    samples: Sequence[Sample], prices: Mapping[str, Decimal], *, producer: Producer, door: Door
) -> list[Placed]:
    """Place every sample with `place_order.delay`."""
    place_order = producer.handle("place_order")
    placed = []
    for sample in samples:
        if sample.loses_answer:
            # This very order, and no other that may be on its way.
            named = client_order_id(DEFAULT_ACCOUNT, sample.fields["idempotency_key"])
            door.lose_next_answer(client_order_id=named)
        result = place_order.delay(**sample.fields)
        placed.append(Placed(sample, result, prices[sample.symbol]))
    return placed


def wait_for_all(
    placed: Sequence[Placed], *, producer: Producer, stopping: Stopping, report: Report
) -> list[Outcome]:
    """Wait for every order, cancel what is to be cancelled, and return what came of each.

    Raises:
        DeskError: an order has no answer in time, or ended in an error.
        StopAsked: a signal came.
    """
    cancel_order = producer.handle("cancel_order")
    left_s = PATIENCE_S
    while waiting := [order for order in placed if not order.done]:
        report(", ".join(order.sample.title for order in waiting))
        for order in waiting:
            if order.sample.cancels and order.cancel is None and order.result.successful():
                order.cancel = cancel_order.delay(order=order.result.result["idempotency_key"])
        if left_s <= 0:
            raise DeskError(_unanswered(waiting))
        stopping.wait(_LOOK_S)
        left_s -= _LOOK_S
    return [_outcome(order) for order in placed]


def story_of(desk: Desk, key: str) -> Story | None:
    """Return the story of an order, if the ledger has it."""
    intent = desk.ledger.find(DEFAULT_ACCOUNT, key)
    return None if intent is None else desk.ledger.story(intent.id)


def _outcome(order: Placed) -> Outcome:
    last = order.cancel if order.cancel is not None else order.result
    answer: Any = last.result
    if isinstance(answer, BaseException):
        raise DeskError(f"the sample that {order.sample.title} broke: {answer}")
    return Outcome(order.sample.title, OrderReport.model_validate(answer), order.price_before)


def _unanswered(waiting: Sequence[Placed]) -> str:
    titles = " and ".join(f"the one that {order.sample.title}" for order in waiting)
    return (
        f"no answer after {PATIENCE_S:.0f} s from {titles}; the logs of placing and cancelling "
        "may tell why"
    )
