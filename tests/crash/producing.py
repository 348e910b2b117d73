"""The producers of a campaign: they call, repeat, cancel, and are told what they must repeat."""

import json
import random
import time
from collections import deque
from typing import Any

from celery.states import UNREADY_STATES
from redis.exceptions import RedisError

from orderdesk.core.order_ids import client_order_id
from orderdesk.errors import OutcomeUnknown, QueueUnreachable
from orderdesk.stores.redis_door import connect
from tests.crash.house import House
from tests.crash.plan import COINS, VALID_FOR_MS, Plan, Planned
from tests.crash.troubles import Trouble

_PATIENCE_S = 60.0
_CANCEL_ANYWAY_S = 15.0
_RESULT = "celery-task-meta-"


class Producing:
    """Calls what the plan says, and keeps what it was given: key, fields, task id."""

    def __init__(self, house: House, plan: Plan) -> None:
        self.house = house
        self.called: dict[str, Planned] = {}
        self.task_ids: dict[str, str] = {}
        self.conflicts: dict[str, str] = {}
        """Task ids of calls that took a key for another order, by key."""
        self.repeated_calls = 0
        self._redis = connect(house.redis.url)
        self._plain = house.producer()
        self._wired = house.producer(over_the_wire=True)
        self._rng = random.Random(f"producing {plan.seed}")
        self._to_cancel: deque[tuple[float, str]] = deque()
        self._rested = 0

    def call(self, intent: Planned) -> None:
        """Let one intent in, with all that is planned for it."""
        self.called[intent.key] = intent
        if intent.trouble is not None:
            self._prepare(client_order_id("main", intent.key), intent.trouble)
        if intent.routine == "cancel first":
            self._cancel(intent.key)
        way = intent.trouble.way if intent.trouble else ""
        if way == "dies":
            self.house.run(f"producer-{intent.key}", ("produce", json.dumps(dict(intent.fields))))
        if way == "wire":
            self.house.wire.swallow_reply_to(self._rng.choice((b"LPUSH", b":intake")))
        self._place(intent, wired=way == "wire")
        if intent.routine == "repeat":
            self._place(intent)
        elif intent.routine == "conflict":
            self._conflict(intent)
        elif intent.routine == "poll":
            self._ask("poll_order_status", order=intent.key)
        if intent.cancel:
            self._to_cancel.append((time.monotonic() + self._rng.uniform(0.5, 4), intent.key))

    def repeat(self, key: str) -> None:
        """Call again with the same key and the same order."""
        self._place(self.called[key])

    def rest_one(self) -> None:
        """Have one more order that rests."""
        self._rested += 1
        coin = COINS[0]
        price = str((coin.price * 9 / 10).quantize(coin.tick))
        key = f"rests-{self._rested}"
        fields: dict[str, Any] = {"symbol": coin.symbol, "side": "BUY", "type": "LIMIT"}
        fields |= {"price": price, "quantity": "0.0002"}
        intent = Planned(key, fields | {"idempotency_key": key, "valid_for_ms": VALID_FOR_MS})
        self.called[key] = intent
        result = self._place(intent)
        deadline_s = time.monotonic() + 5
        while result is not None and time.monotonic() < deadline_s:
            if self._stored([result]):
                return
            time.sleep(0.05)

    def cancel_some(self, *, all_of_them: bool = False) -> None:
        """Cancel whose time has come: who has its answer, or has waited for it long enough."""
        now_s = time.monotonic()
        due = [key for at_s, key in self._to_cancel if all_of_them or at_s <= now_s]
        if not due:
            return
        answered = self._stored([self.task_ids.get(key, "") for key in due])
        patient = now_s - _CANCEL_ANYWAY_S
        for at_s, key in list(self._to_cancel):
            told = key in due and self.task_ids.get(key) in answered
            if all_of_them or told or at_s < patient:
                self._to_cancel.remove((at_s, key))
                self._cancel(key)

    def cancel_all(self) -> None:
        """Cancel whatever rests."""
        self._ask("cancel_all_orders", idempotency_key=f"all-{time.monotonic_ns()}")

    def missing_results(self) -> list[str]:
        """Return the keys whose producers have no result yet."""
        calls = [*self.task_ids.items(), *self.conflicts.items()]
        stored = set(self._stored([task_id for _, task_id in calls]))
        return [key for key, task_id in calls if task_id not in stored]

    def repeat_conflicts(self, keys: set[str]) -> None:
        """Call again what two calls wanted one key for: the loser's answer went with its Redis.

        The desk stores again what it has a row of, and of the losing call it has none.
        """
        for key in sorted(keys & set(self.conflicts)):
            self.repeat(key)
            self._conflict(self.called[key])

    def results(self) -> dict[str, dict[str, Any]]:
        """Return what is stored for each producer, by task id."""
        found = self._stored([*self.task_ids.values(), *self.conflicts.values()])
        return {task_id: json.loads(text) for task_id, text in found.items()}

    def _stored(self, task_ids: list[str]) -> dict[str, str]:
        if not task_ids:
            return {}
        try:
            found: list[Any] = self._redis.mget([_RESULT + task_id for task_id in task_ids])
        except RedisError:
            return {}
        pairs = zip(task_ids, found, strict=True)
        return {name: text for name, text in pairs if text and _is_result(text)}

    def _prepare(self, name: str, trouble: Trouble) -> None:
        if trouble.point is not None:
            self.house.tickets.arm(trouble.point, name, trouble.act, for_s=trouble.for_s)
        for kind, options in trouble.faults:
            self._plant(kind, {**options, "client_order_id": name})

    def _plant(self, kind: str, options: dict[str, int | str]) -> None:
        deadline_s = time.monotonic() + _PATIENCE_S
        while True:
            try:
                self.house.simulator.door.fault(kind, **options)
            except OSError:
                # The exchange is down just now.
                if time.monotonic() > deadline_s:
                    raise
                time.sleep(0.2)
            else:
                return

    def _place(self, intent: Planned, *, wired: bool = False) -> str | None:
        result = self._ask("place_order", wired=wired, **intent.fields)
        if result is not None:
            self.task_ids[intent.key] = result
        return result

    def _conflict(self, intent: Planned) -> None:
        other = "SELL" if intent.fields["side"] == "BUY" else "BUY"
        fields = {**intent.fields, "side": other}
        if "quote_quantity" in fields:
            fields["quantity"] = fields.pop("quote_quantity")
        result = self._ask("place_order", **fields)
        if result is not None:
            self.conflicts[intent.key] = result

    def _cancel(self, key: str) -> None:
        self._ask("cancel_order", order=key, idempotency_key=f"cancel-{key}", valid_for_ms=900_000)

    def _ask(self, name: str, *, wired: bool = False, **fields: Any) -> str | None:
        """Call as a producer should: what is not certain is called again with the same key."""
        deadline_s = time.monotonic() + _PATIENCE_S
        producer = self._wired if wired else self._plain
        while True:
            try:
                return str(producer.handle(name).delay(**fields).id)
            except (OutcomeUnknown, QueueUnreachable):
                self.repeated_calls += 1
                producer = self._plain
                if time.monotonic() > deadline_s:
                    raise
                time.sleep(0.2)


def _is_result(text: str) -> bool:
    """False for the note of a retry: a producer that calls get() waits on."""
    return json.loads(text)["status"] not in UNREADY_STATES
