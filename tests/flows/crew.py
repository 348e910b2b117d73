"""Workers and their queue: what Celery and `tasks/` do with messages, one stoppable step a time.

No law lives here: `laws.py` has them.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from orderdesk.contracts import CancelOrder, PlaceOrder, checked
from orderdesk.core.backoff import MAX_RETRIES
from orderdesk.core.intents import Intent
from orderdesk.core.orders import OrderStatus
from orderdesk.errors import DeskError, Fate, LedgerUnavailable
from orderdesk.flows import cancel, collect, fate, place, resolve
from orderdesk.ports import Desk
from tests.flows.stepping import Fault, Stepper
from tests.flows.trial import Trial

RETRY_MS = 1_000
"""Between retries; the real wait is drawn by lot, which no test could repeat."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message in the queue; `broken` is how often work on it broke."""

    task: str
    fields: dict[str, Any]
    task_id: str
    due_ms: int
    broken: int = 0


@dataclass(slots=True)
class Hand:
    """One worker at work: on a message, or on an upkeep job of beat."""

    stepper: Stepper
    message: Message | None


@dataclass(slots=True)
class Crew:
    """Everybody who works for a trial, and the queue between them."""

    trial: Trial
    waiting: list[Message] = field(default_factory=list)
    hands: list[Hand] = field(default_factory=list)
    """Who has stopped in the middle of something."""
    failures: dict[str, DeskError] = field(default_factory=dict)
    """What was stored as FAILURE, by task id."""
    booked: set[str] = field(default_factory=set)
    """The trades that were seen booked, for the law that none is lost."""
    states: dict[str, OrderStatus] = field(default_factory=dict)
    """How each order stood after the event that was last looked at, for the law of the table."""
    heard: int = 0
    """How many events were looked at."""

    def submit(self, task: str, command: PlaceOrder | CancelOrder, *, lost: bool = False) -> None:
        """Do what `delay()` does: keep the command, then publish it (or lose that message)."""
        entry = self.trial.intake.append(task, command.task_id, command.wire())
        if not lost:
            fields = {**command.wire(), "intake_entry": entry}
            self.trial.queue.publish(task, fields, task_id=command.task_id)
        self.collect_published()

    def take(self, message: Message, calls: int | None = None, fault: Fault | None = None) -> None:
        """Let a worker take a message, as far as it comes."""
        self.waiting.remove(message)
        job = _Job(self, message)
        self._go(Hand(Stepper(self.trial.desk, job.run), message), calls, fault)

    def upkeep(
        self,
        job: Callable[[Desk], object],
        calls: int | None = None,
        fault: Fault | None = None,
    ) -> None:
        """Let a worker do a job of beat; trouble that may pass ends it, and no more."""
        heads = [m.fields.get("intake_entry", "0-0") for m in self.waiting_for("place_order")]
        self.trial.queue.heads = {"place_order": int(heads[0].split("-")[0])} if heads else {}
        self._go(Hand(Stepper(self.trial.desk, _upkeep(job)), None), calls, fault)

    def go_on(self, hand: Hand, calls: int | None = None, fault: Fault | None = None) -> None:
        """Let one that stopped go on."""
        self.hands.remove(hand)
        self._go(hand, calls, fault)

    def kill(self, hand: Hand, *, redelivered: bool) -> None:
        """Kill one that stopped; its message comes again, unless the queue has lost it."""
        self.hands.remove(hand)
        hand.stepper.kill()
        if redelivered and hand.message is not None:
            self.waiting.append(hand.message)

    def lose_redis(self) -> None:
        """Let Redis come back empty: no queue, no intake, no memory."""
        self.waiting.clear()
        self.hands = [Hand(hand.stepper, None) for hand in self.hands]
        self.trial.memory.forget()
        self.trial.intake.trim("9999999999999-0")
        self.trial.intake.move_cursor("0-0")

    def due(self) -> list[Message]:
        """What a worker may take now."""
        now_ms = self.trial.clock.unix_ms()
        return [message for message in self.waiting if message.due_ms <= now_ms]

    def waiting_for(self, task: str) -> list[Message]:
        """The messages of a task that wait for a worker, oldest first."""
        return [message for message in self.due() if message.task == task]

    def fail(self, message: Message, error: DeskError) -> None:
        """Store a FAILURE, as Celery does with whatever leaves a task."""
        self.failures[message.task_id] = error
        self.trial.queue.results.add(message.task_id)

    def collect_published(self) -> None:
        """Let what was published wait in the queue."""
        now_ms = self.trial.clock.unix_ms()
        published, self.trial.queue.published = self.trial.queue.published, []
        for sent in published:
            task_id = sent.task_id or f"{sent.task}-{len(self.waiting)}"
            message = Message(sent.task, dict(sent.fields), task_id, now_ms + sent.delay_ms)
            self.waiting.append(message)

    def _go(self, hand: Hand, calls: int | None, fault: Fault | None) -> None:
        if not hand.stepper.go(calls, fault):
            self.hands.append(hand)
        self.collect_published()


@dataclass(slots=True)
class _Job:
    """What `DeskTask` makes of a message."""

    crew: Crew
    message: Message

    def run(self, desk: Desk) -> None:
        try:
            self._answer(_work_on(desk, self.message))
        except DeskError as error:
            try:
                self._meet_fate(desk, error)
            except DeskError as unmet:
                self.crew.fail(self.message, unmet)

    def _answer(self, intent: Intent | None) -> None:
        if intent is not None and intent.answerable:
            self.crew.trial.queue.results.add(self.message.task_id)

    def _meet_fate(self, desk: Desk, error: DeskError) -> None:
        message = self.message
        fate.heed(desk, error, message.fields)
        upkeep = message.task in ("resolve_order", "collect_fills")
        if upkeep and error.fate in (Fate.RETRY, Fate.LATER):
            return
        if fate.wait_ms(error, message.broken, MAX_RETRIES) is not None:
            self._again(error)
            return
        letter = fate.letter(
            error,
            task=message.task,
            task_id=message.task_id,
            fields=message.fields,
            attempts=message.broken + 1,
        )
        try:
            intent = fate.bury(desk, error, letter)
        except LedgerUnavailable:
            return
        if intent is None:
            self.crew.fail(message, error)
        self._answer(intent)

    def _again(self, error: DeskError) -> None:
        later = error.fate is Fate.LATER
        wait_ms = error.retry_after_ms or 0 if later else RETRY_MS
        due_ms = self.crew.trial.clock.unix_ms() + wait_ms
        broken = self.message.broken + (not later)
        self.crew.waiting.append(replace(self.message, due_ms=due_ms, broken=broken))


def _work_on(desk: Desk, message: Message) -> Intent | None:
    fields = message.fields
    if message.task == "place_order":
        command = checked(PlaceOrder, fields, key=message.task_id)
        return place.place(desk, command, task_id=message.task_id)
    if message.task == "cancel_order":
        return cancel.cancel(desk, checked(CancelOrder, fields, key=message.task_id))
    if message.task == "resolve_order":
        resolve.resolve(desk, fields["account"], fields["symbol"])
    elif message.task == "collect_fills":
        collect.collect(desk, fields["account"], fields["symbol"])
    elif message.task == "bury":
        fate.book(desk, fields)
    else:
        raise AssertionError(f"nobody works on {message.task}")
    return None


def _upkeep(job: Callable[[Desk], object]) -> Callable[[Desk], None]:
    def run(desk: Desk) -> None:
        try:
            job(desk)
        except DeskError as error:
            if error.fate not in (Fate.RETRY, Fate.LATER):
                raise
            fate.heed(desk, error, {})

    return run
