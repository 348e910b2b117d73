"""The load of a soak: orders of every kind at a steady pace, each followed to its answer."""

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

from celery.result import AsyncResult

from orderdesk.client import Producer
from orderdesk.control.soaking.figures import Counts
from orderdesk.core.order_ids import mint_key

ANSWER_WITHIN_S = 60.0
"""An order that has no answer by then is an error; it is valid for as long."""

_MARKET = {"symbol": "BTCUSDT", "type": "MARKET"}
_ROUND: tuple[Mapping[str, str], ...] = (
    {**_MARKET, "side": "BUY", "quantity": "0.0005"},
    {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "quantity": "0.0005", "price": "30000"},
    {"task": "cancel"},
    {**_MARKET, "side": "SELL", "quantity": "0.0005"},
)
"""Bought and sold again, placed and cancelled again: the account ends as it began, but for fees."""


@dataclass(slots=True)
class Load:
    """Places orders when told to, and counts what becomes of them."""

    producer: Producer
    _statuses: Counter[str] = field(default_factory=Counter)
    _errors: list[str] = field(default_factory=list)
    _placed: int = 0
    _waiting: list[tuple[float, str, AsyncResult]] = field(default_factory=list)
    _steps: Iterator[Mapping[str, str]] = field(default_factory=lambda: cycle(_ROUND))
    _last_limit: str = ""

    @property
    def waiting(self) -> int:
        """How many have no answer yet."""
        return len(self._waiting)

    @property
    def counts(self) -> Counts:
        """What became of them so far."""
        return Counts(self._placed, dict(self._statuses), tuple(self._errors))

    def step(self) -> None:
        """Do the next thing of the round."""
        fields = dict(next(self._steps))
        if fields.get("task") == "cancel":
            self._call("cancel_order", {"order": self._last_limit})
            return
        key = mint_key()
        if fields["type"] == "LIMIT":
            self._last_limit = key
        self._placed += 1
        self._call("place_order", {**fields, "idempotency_key": key})

    def look(self) -> None:
        """Take in what was answered, and give up what took too long."""
        left = []
        for since_s, what, result in self._waiting:
            if result.ready():
                self._take(what, result)
            elif time.monotonic() - since_s > ANSWER_WITHIN_S:
                self._errors.append(f"{what}: no answer within {ANSWER_WITHIN_S:g} s")
            else:
                left.append((since_s, what, result))
        self._waiting = left

    def _call(self, task: str, fields: dict[str, Any]) -> None:
        result = self.producer.handle(task).delay(**fields)
        what = f"{task} {fields.get('idempotency_key') or fields.get('order')}"
        self._waiting.append((time.monotonic(), what, result))

    def _take(self, what: str, result: AsyncResult) -> None:
        if result.state == "SUCCESS":
            self._statuses[f"{what.partition(' ')[0]} {result.result['status']}"] += 1
        else:
            self._errors.append(f"{what}: {result.state} {result.result}"[:300])
        result.backend.remove_pending_result(result)
