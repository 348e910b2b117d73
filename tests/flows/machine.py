"""A machine that does to a desk whatever can happen to it, in any order; the laws watch.

No test lives here: `test_laws.py` runs it.
"""

from functools import partial
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from orderdesk.contracts import CancelOrder, checked
from orderdesk.core.answers import Answer, ExchangeOrder, Refused, Unclear, Why
from orderdesk.core.money import ZERO
from orderdesk.core.orders import ON_EXCHANGE, OrderStatus
from orderdesk.exchanges.in_memory_venue import VIEWS
from orderdesk.flows import sweep
from tests.flows import doings, laws
from tests.flows.crew import Crew
from tests.flows.doings import PEOPLE, UPKEEP, Job
from tests.flows.stepping import Fault
from tests.flows.trial import VENUE_AHEAD_MS, Trial
from tests.flows.unruly import UnrulyVenue

ORDERS: dict[str, dict[str, Any]] = {
    "limit": {},
    "fitted": {"quantity": "0.0012345678", "price": "50000.007"},
    "market": {"type": "MARKET", "price": None},
    "ioc": {"time_in_force": "IOC", "price": "61000"},
}
"""What each key asks for; `fitted` is not what goes on the wire."""

Mood = str | Answer
"""What the venue makes of the next order."""

keys = st.sampled_from(sorted(ORDERS))
calls = st.none() | st.integers(0, 14)
"""How many calls a worker makes before it stops; None is all."""
near_the_wire = st.none() | st.integers(2, 7)
"""The same for a fresh order, around the calls that open, send and settle its attempt."""
faults = st.sampled_from([None, None, *Fault])
places = st.integers(0, 7)
lag = st.sampled_from([0, 500, 10_000, 19_999])
lags = lag.map(lambda ms: dict.fromkeys(VIEWS, ms)) | st.dictionaries(
    st.sampled_from(sorted(VIEWS)), lag
)
"""How late each view shows what comes to the venue next."""

moods: st.SearchStrategy[Mood] = st.sampled_from(
    [
        "takes it",
        "takes it, and the answer is lost",
        "never sees it in time",
        Refused(Why.REJECT, "30004", "Insufficient position"),
        Refused(Why.AUTH, "10072", "Api key info invalid"),
        Refused(Why.CLOCK, "700003", "outside of recvWindow"),
        Unclear("HTTP 429", 5_000),
        Refused(Why.RATE, "429", "Too many requests", 2_000),
    ]
)


class Happenings(RuleBasedStateMachine):
    """Everything that may happen to a desk."""

    def __init__(self) -> None:
        super().__init__()
        self.trial = Trial()
        self.venue = UnrulyVenue(lambda: self.trial.clock.unix_ms() + VENUE_AHEAD_MS)
        self.trial.venue = self.venue
        self.crew = Crew(self.trial)
        self.asked_for: set[str] = set()

    # -- producers

    @rule(key=keys, valid_for_ms=st.sampled_from([60_000, 600_000, 4_000]), lost=st.booleans())
    def submit(self, key: str, valid_for_ms: int, lost: bool) -> None:
        """A producer calls, once or again, and its message may vanish."""
        fields = {"idempotency_key": key, "valid_for_ms": valid_for_ms, **ORDERS[key]}
        self.asked_for.add(key)
        self.crew.submit("place_order", self.trial.order(**fields), lost=lost)

    @rule(key=keys, mood=moods, lags_ms=lags, calls=near_the_wire, fault=faults)
    def submit_and_take(
        self,
        key: str,
        mood: Mood,
        lags_ms: dict[str, int],
        calls: int | None,
        fault: Fault | None,
    ) -> None:
        """A producer calls, and a worker takes the newest message at once."""
        self.be(mood, lags_ms)
        self.submit(key, 60_000, lost=False)
        self.crew.take(self.crew.waiting[-1], calls, fault)

    @rule(key=keys)
    def conflict(self, key: str) -> None:
        """A producer takes a key for an order it did not name first."""
        if key in self.asked_for:
            other = self.trial.order(key, side="SELL")
            self.crew.submit("place_order", other, lost=False)

    @rule(key=keys, n=st.integers(1, 2), lost=st.booleans())
    def cancel(self, key: str, n: int, lost: bool) -> None:
        """A producer cancels, before or after."""
        command = checked(CancelOrder, {"order": key, "idempotency_key": f"cancel-{n}-{key}"})
        self.crew.submit("cancel_order", command, lost=lost)

    # -- workers and the queue

    @precondition(lambda self: self.crew.due())
    @rule(place=places, calls=calls, fault=faults)
    def take(self, place: int, calls: int | None, fault: Fault | None) -> None:
        """A worker takes a message, and comes so far."""
        self.crew.take(_pick(self.crew.due(), place), calls, fault)

    @precondition(lambda self: self.crew.hands)
    @rule(place=places, calls=calls, fault=faults)
    def go_on(self, place: int, calls: int | None, fault: Fault | None) -> None:
        """One that stopped goes on, with all it believed before."""
        self.crew.go_on(_pick(self.crew.hands, place), calls, fault)

    @precondition(lambda self: self.crew.hands)
    @rule(place=places, redelivered=st.booleans())
    def kill(self, place: int, redelivered: bool) -> None:
        """A worker dies where it stands."""
        self.crew.kill(_pick(self.crew.hands, place), redelivered=redelivered)

    @precondition(lambda self: self.crew.waiting)
    @rule(place=places, what=st.sampled_from(["lost", "lost", "twice", "twice", "all is lost"]))
    def deliver_wrongly(self, place: int, what: str) -> None:
        """The queue loses a message, or has it twice; or Redis comes back empty."""
        message = _pick(self.crew.waiting, place)
        if what == "twice":
            self.crew.waiting.append(message)
        elif what == "lost":
            self.crew.waiting.remove(message)
        else:
            # What had no row yet is gone, and only that.
            self.asked_for &= {intent.idempotency_key for intent in laws.intents(self.trial)}
            self.crew.lose_redis()

    @rule(job=st.sampled_from(UPKEEP), calls=calls, fault=faults)
    def upkeep(self, job: Job, calls: int | None, fault: Fault | None) -> None:
        """Beat sends for a job, maybe beside another of its kind."""
        self.crew.upkeep(job, calls, fault)

    @rule(job=st.sampled_from(PEOPLE), place=places, calls=calls)
    def ask_for(self, job: Job, place: int, calls: int | None) -> None:
        """A person does something, and maybe does not wait for its end."""
        self.crew.upkeep(partial(job, place=place), calls)

    # -- the venue, the wire, and time

    @rule(mood=moods, lags_ms=lags)
    def be(self, mood: Mood, lags_ms: dict[str, int]) -> None:
        """The venue, or the wire, has its own idea of the next order."""
        self.venue.lags_ms = lags_ms
        self.venue.next_answers = [] if isinstance(mood, str) else [mood]
        self.venue.lose_answers = int(mood == "takes it, and the answer is lost")
        self.venue.hold_back = int(mood == "never sees it in time")

    @rule(last_moment=st.booleans())
    def land(self, last_moment: bool) -> None:
        """What is on the wire arrives, maybe at the last moment, where the clock is behind."""
        if last_moment:
            self.trial.clock.advance(self.venue.left_ms())
        self.venue.land_late()

    @rule(questions=st.integers(1, 4))
    def be_silent(self, questions: int) -> None:
        """Some questions get no answer."""
        self.venue.silent_questions = questions

    @precondition(lambda self: bool(_open(self.venue)))
    @rule(place=places, how=st.sampled_from(["partly", "wholly", "ended"]))
    def trade(self, place: int, how: str) -> None:
        """A resting order trades, or somebody ends it."""
        order = _pick(_open(self.venue), place)
        left = order.quantity - order.executed_quantity
        if how == "ended":
            traded = order.executed_quantity > ZERO
            ended = OrderStatus.PARTIALLY_CANCELED if traded else OrderStatus.CANCELED
            self.venue.end(order.order_id, ended)
        else:
            self.venue.fill(order.order_id, left if how == "wholly" else left / 2)

    @rule(by_ms=st.sampled_from([100, 1_000, 3_000, 10_000, 21_000]))
    def wait(self, by_ms: int) -> None:
        """Time passes; beat may miss some of its sweeps, but not all of them for long."""
        self.trial.clock.advance(by_ms)
        if by_ms > 20_000:
            self.crew.upkeep(sweep.sweep)

    # -- what must hold

    @invariant()
    def laws_hold(self) -> None:
        """Every law that holds at every moment."""
        laws.hold(self.crew)

    def teardown(self) -> None:
        """Let everything come to rest, and hold what must be true then."""
        try:
            self._come_to_rest()
            laws.hold_at_rest(self.crew, self.asked_for)
        finally:
            for hand in list(self.crew.hands):
                self.crew.kill(hand, redelivered=False)

    def _come_to_rest(self) -> None:
        self.venue.silent_questions = 0
        self.be("takes it", {})
        for hand in list(self.crew.hands):
            self.crew.go_on(hand)
        quiet = 0
        for _ in range(400):
            laws.hold(self.crew)
            for job in (sweep.sweep, doings.follow_all, doings.answer_truthfully(self.venue)):
                self.crew.upkeep(job)
            for message in self.crew.due():
                self.crew.take(message)
            self.trial.clock.advance(1_000)
            quiet = quiet + 1 if laws.rests(self.crew, self.asked_for) else 0
            if quiet > 3:
                return


def _pick(among: list[Any], place: int) -> Any:
    return among[place % len(among)]


def _open(venue: UnrulyVenue) -> list[ExchangeOrder]:
    return [order for order in venue.orders if order.status in ON_EXCHANGE]
