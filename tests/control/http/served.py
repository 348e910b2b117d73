"""A desk in memory behind the real app, and what a test may do with it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from celery import Celery
from celery.result import AsyncResult
from fastapi.testclient import TestClient

from orderdesk.contracts import CancelOrder, PlaceOrder, checked
from orderdesk.control.http.app import build
from orderdesk.control.http.bodies import ProcessRow
from orderdesk.control.http.house import House, Sign
from orderdesk.control.operators import hashed
from orderdesk.core.intents import Intent
from orderdesk.errors import DeskError, NotYet, UnknownOrder
from orderdesk.flows import figures, report
from orderdesk.producing import submit
from orderdesk.telemetry.metrics.setup import Metrics
from tests.flows.trial import CAPS, Trial

OPERATOR, READER = "operator-token", "reader-token"
SIGN = Sign(mode="TEST", exchange="paper", trades_at="memory", desk_id="desk", account="main")
ORDER = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "quantity": "0.001", "price": "50000"}
ROW = ProcessRow(name="placing", well=True, says="running")
METRICS = Metrics(
    home=Path("a home that is not there"),
    symbols=(),
    codes=(),
    exchange="paper",
    aliases=False,
    version="1",
    mode="TEST",
)
"""Nothing is counted: what is looked at is the trial's."""


class Producing:
    """What `delay()` does, with an intake and a queue in memory, and a worker if one is wanted."""

    def __init__(self, trial: Trial) -> None:
        self._trial = trial
        self._app = Celery("served", broker="memory://", backend="cache+memory://")
        self.works = False
        """True: a call is worked on, and its result stored, before it returns."""

    def __call__(self, name: str, fields: Mapping[str, Any]) -> AsyncResult:
        """Check, keep and publish a call."""

        def publish(
            fields: dict[str, Any], task_id: str, *, producer: object = None
        ) -> AsyncResult:
            self._trial.queue.publish(name, fields, task_id=task_id)
            if self.works:
                self._work(name, fields, task_id)
            return self._app.AsyncResult(task_id)

        return submit(name, fields, intake=lambda: self._trial.intake, publish=publish)

    def _work(self, name: str, wire: dict[str, Any], task_id: str) -> None:
        try:
            intent = self._cancel(wire) if name == "cancel_order" else self._place(wire)
        except DeskError as error:
            # A worker comes back until the call's time is over, and then says this.
            over = UnknownOrder(str(error)) if isinstance(error, NotYet) else error
            self._app.backend.store_result(task_id, over, "FAILURE")
        else:
            self._app.backend.store_result(task_id, report.of(intent), "SUCCESS")

    def _cancel(self, wire: dict[str, Any]) -> Intent:
        return self._trial.cancel_with(checked(CancelOrder, wire))

    def _place(self, wire: dict[str, Any]) -> Intent:
        intent = self._trial.place(checked(PlaceOrder, wire))
        if not intent.size.type.ends_at_once:
            return intent
        self._trial.work()
        return self._trial.stands(intent.idempotency_key)


@dataclass
class Served:
    """What a test may do: `trial` is the desk itself, the clients are whoever calls."""

    trial: Trial
    house: House
    producing: Producing
    client: TestClient
    """Nobody: shows no token."""

    def get(self, path: str, *, token: str = READER, **options: Any) -> Any:
        """Ask as a reader."""
        return self.client.get(path, headers=shown(token), **options)

    def post(self, path: str, *, token: str = OPERATOR, **options: Any) -> Any:
        """Act as an operator."""
        headers = shown(token) | options.pop("headers", {})
        return self.client.post(path, headers=headers, **options)

    def delete(self, path: str, *, token: str = OPERATOR) -> Any:
        """Cancel as an operator."""
        return self.client.delete(path, headers=shown(token))


def shown(token: str) -> dict[str, str]:
    """Return what a caller with a token sends."""
    return {"Authorization": f"Bearer {token}"}


@contextmanager
def served(**changes: Any) -> Iterator[Served]:
    """Serve a desk in memory; `changes` are fields of its house."""
    trial = Trial()
    producing = Producing(trial)
    given: dict[str, Any] = {
        "desk": trial.desk,
        "desk_for_a_kill": lambda: trial.desk,
        "submit": producing,
        "sign": SIGN,
        "caps": CAPS,
        "buffer": Fraction(4, 5),
        "operators": {"anna": hashed(OPERATOR)},
        "readers": {"ben": hashed(READER)},
        "per_min": 1_000_000,
        "look": lambda: [ROW],
        "scrape": METRICS.exposition(lambda: figures.look(trial.desk)).scrape,
    }
    house = House(**{**given, **changes})
    with TestClient(build(house), raise_server_exceptions=False) as client:
        yield Served(trial, house, producing, client)
