"""A desk in memory with a venue, a clock and a queue in the test's hand."""

from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from orderdesk.contracts import CancelOrder, PlaceOrder, checked
from orderdesk.core.events import Event, EventKind
from orderdesk.core.intents import Intent
from orderdesk.core.risk.limits import RiskLimits
from orderdesk.core.tokens import Caps, Cost, Lane
from orderdesk.errors import DeskError, NotYet, StoreUnavailable, Transient
from orderdesk.exchanges.in_memory import InMemoryExchange, InMemoryVenue
from orderdesk.flows import cancel, collect, fate, kill_switch, place, resolve, sweep
from orderdesk.flows.exchange_time import ExchangeTime
from orderdesk.flows.pacing import Pacer
from orderdesk.ports import Desk, Exchange, NewOrder, Rules, Slot, Waiting
from orderdesk.ports.throttle import NOT_WAITING
from orderdesk.stores.ledger_sql.ledger import LedgerSql
from orderdesk.stores.memory import (
    FakeClock,
    FakeIntake,
    FakeMarkets,
    FakeMemory,
    FakeOutbox,
    FakeQueue,
    FakeThrottle,
    Published,
    example_market,
)

CAPS = Caps("test", orders_per_s=10_000, requests_per_s=10_000, weight_per_10_s=1_000_000)
WINDOW_MS = 3_000
VENUE_AHEAD_MS = 7_000
"""The venue's clock is not ours: nothing may hold only where the two are equal."""


class Unhurried(FakeThrottle):
    """A throttle that lets time pass before every request, as it does everywhere."""

    def book(self, account: str, cost: Cost, lane: Lane, waiting: Waiting = NOT_WAITING) -> Slot:
        """Take a slot, a ms away at least."""
        slot = super().book(account, cost, lane, waiting)
        return replace(slot, wait_ms=max(1, slot.wait_ms))


@dataclass
class Trial:
    """Everything a flow test needs, and a few verbs."""

    clock: FakeClock = field(default_factory=FakeClock)
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.venue = InMemoryVenue(lambda: self.clock.unix_ms() + VENUE_AHEAD_MS)
        self.ledger = LedgerSql("sqlite://", listener=self.events.append)
        self.queue = FakeQueue()
        self.memory = FakeMemory(self.clock)
        self.intake = FakeIntake(self.clock)
        self.outbox = FakeOutbox()
        self.markets = FakeMarkets(
            {"BTCUSDT": example_market()}, prices={"BTCUSDT": Decimal(60_000)}
        )
        self.throttle = Unhurried(self.clock, CAPS, Fraction(1))
        self.time = ExchangeTime(self.clock, lambda: self._exchange(Lane.RESOLVE).time_ms())
        self.desk = Desk(
            rules=Rules(("main",), WINDOW_MS, RiskLimits(Decimal(5), Decimal(1_000))),
            ledger=self.ledger,
            exchange=lambda _account, lane: self._exchange(lane),
            throttle=self.throttle,
            clock=self.clock,
            time=self.time,
            intake=self.intake,
            queue=self.queue,
            memory=self.memory,
            markets=self.markets,
            outbox=self.outbox,
            reconciled={"main"},
        )
        self.memory.begin_epoch()
        self.memory.claim(self.ledger.ledger_id())

    def _exchange(self, lane: Lane) -> Exchange:
        pacer = Pacer(self.throttle, self.clock, account="main", lane=lane, sleep_bound_ms=1_000)
        return InMemoryExchange(self.venue, pace=pacer, monotonic_ms=self.clock.monotonic_ms)

    # -- verbs

    def order(self, key: str = "k-1", **changes: Any) -> PlaceOrder:
        """A LIMIT that rests; `changes` are its fields."""
        fields: dict[str, Any] = {
            "symbol": "BTCUSDT",
            "side": "BUY",
            "type": "LIMIT",
            "quantity": "0.001",
            "price": "50000",
            "idempotency_key": key,
            **changes,
        }
        return checked(PlaceOrder, {name: v for name, v in fields.items() if v is not None})

    def market_order(self, key: str = "k-1", **changes: Any) -> PlaceOrder:
        """A MARKET that fills at once."""
        return self.order(key, type="MARKET", price=None, **changes)

    def place(self, command: PlaceOrder) -> Intent:
        """Run the flow once, as a worker would."""
        return place_at(self.desk, command)

    def cancel(self, key: str = "k-1") -> Intent:
        """Run the cancel flow once."""
        return self.cancel_with(checked(CancelOrder, {"order": key}))

    def cancel_with(self, command: CancelOrder) -> Intent:
        """Run the cancel flow once with a command of one's own."""
        return cancel.cancel(self.desk, command)

    def keep_waiting(self, command: PlaceOrder) -> Intent:
        """Run the flow once while the throttle is away, so that the order is only written down."""
        self.throttle.failure = StoreUnavailable("the throttle is away")
        try:
            self.place(command)
        except StoreUnavailable:
            self.throttle.failure = None
        return self.stands(command.idempotency_key)

    def write_attempt(self, command: PlaceOrder) -> Intent:
        """Do what a worker does before its bytes, and die."""
        grave: Any = _Grave()
        dying = replace(self.desk, memory=grave)
        try:
            place_at(dying, command)
        except _Died:
            return self.stands(command.idempotency_key)
        raise AssertionError("it did not come to its attempt")

    def quarantine(self, command: PlaceOrder) -> Intent:
        """Place an order in vain, and let a person decide what became of it."""
        self.venue.hold_back += 1
        unknown = self.place(command)
        self.queue.published.clear()
        return self.ledger.quarantine(unknown.id, "a test", now_ms=self.time.now_ms())

    def force(self, like: Intent, client_order_id: str | None = None) -> str:
        """Have the venue hold one more order, which this desk did not send; its id."""
        name = client_order_id or like.client_order_id
        return self.venue.force(NewOrder(like.symbol, name, like.size))

    def place_after_release(self, command: PlaceOrder) -> Intent:
        """Release the kill switch for one order, and engage it again."""
        kill_switch.release(self.desk, reason="a test", by="a person")
        intent = self.place(command)
        kill_switch.engage(self.desk, reason="drill", by="a person")
        return intent

    def submit(self, command: PlaceOrder) -> str:
        """Keep a command in the intake as `delay()` does, and lose its message; the entry's id."""
        return self.intake.append("place_order", command.task_id, command.wire())

    def sweep(self) -> list[Published]:
        """Sweep once; return and forget what was published."""
        sweep.sweep(self.desk)
        published, self.queue.published = self.queue.published, []
        return published

    def resolve(self) -> None:
        """Ask one round."""
        resolve.resolve(self.desk, "main", "BTCUSDT")

    def stands(self, key: str = "k-1") -> Intent:
        """The intent as the ledger has it."""
        intent = self.ledger.intent("main", key)
        assert intent is not None
        return intent

    def kinds(self) -> list[EventKind]:
        """What has been told so far."""
        return [event.kind for event in self.events]

    def run(self, for_ms: int, step_ms: int = 250) -> None:
        """Let the desk run by itself: sweeps each second, and workers that take every message."""
        for n in range(for_ms // step_ms):
            if n % (1_000 // step_ms) == 0:
                sweep.sweep(self.desk)
            self.work()
            self.clock.advance(step_ms)

    def work(self) -> None:
        """Take every message that waits, once."""
        waiting, self.queue.published = self.queue.published, []
        for message in waiting:
            try:
                self._work_on(message.task, dict(message.fields))
            except (NotYet, Transient):
                # Upkeep is not retried: the sweep sends for it again.
                if message.task not in ("resolve_order", "collect_fills"):
                    self.queue.published.append(message)
            except DeskError as error:
                self._bury(message, error)

    def _work_on(self, task: str, fields: dict[str, Any]) -> None:
        if task == "place_order":
            command = checked(PlaceOrder, fields)
            intent = self.place(command)
            if intent.answerable:
                self.queue.results.add(intent.task_id)
        elif task == "cancel_order":
            cancel.cancel(self.desk, checked(CancelOrder, fields))
        elif task == "resolve_order":
            resolve.resolve(self.desk, fields["account"], fields["symbol"])
        elif task == "collect_fills":
            collect.collect(self.desk, fields["account"], fields["symbol"])
        else:
            raise AssertionError(f"nobody works on {task}")

    def _bury(self, message: Published, error: DeskError) -> None:
        task_id = message.task_id or ""
        letter = fate.letter(
            error, task=message.task, task_id=task_id, fields=message.fields, attempts=1
        )
        intent = fate.bury(self.desk, error, letter)
        if intent is None or intent.answerable:
            self.queue.results.add(task_id)


def place_at(desk: Desk, command: PlaceOrder) -> Intent:
    """Run the flow once at a desk of one's own."""
    return place.place(desk, command, task_id=command.task_id)


class _Died(Exception):
    """A worker died."""


class _Grave:
    """Where a worker dies that wants its attempt remembered."""

    def note_attempt(self, _attempt_id: int) -> None:
        raise _Died
