"""Two workers on one order, in every order of their steps up to a bound: the laws hold in each.

Where `test_laws.py` draws by lot, this goes through all: the first worker makes so many calls of
its ports, the second so many, the first so many more, then each runs to its end. What the venue
makes of the order, and how late the second begins, is gone through as well.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import pytest

from orderdesk.contracts import CancelOrder, PlaceOrder, checked
from orderdesk.core.answers import Answer, Refused, Why
from orderdesk.core.orders import OrderStatus
from orderdesk.errors import DeskError, ExchangeUnreachable
from orderdesk.flows import cancel, kill, kill_switch, place, resolve, sweep
from orderdesk.ports import Desk
from tests.flows import doings, laws
from tests.flows.crew import Crew
from tests.flows.stepping import Stepper
from tests.flows.trial import VENUE_AHEAD_MS, Trial
from tests.flows.unruly import UnrulyVenue

Job = Callable[[Desk], object]

BEFORE = (0, 3, 4, 5, 6, 7, 8)
"""After how many calls of its ports the first is stopped: a placement makes eight, and opens its
attempt with the fourth. What comes before the third leaves nothing behind.
"""

BETWEEN = (1, 3, 4, 5, 6, 99)
"""How many calls the second makes before the first goes on to its end."""

LATER = (0, 1, 2)
"""How many calls the first makes after another attempt, before it goes on to its end."""

REST_EACH = 6
"""Every so many runs all comes to rest as well; the laws of every moment are held in each."""


def _command() -> PlaceOrder:
    fields = {
        "symbol": "BTCUSDT",
        "side": "BUY",
        "type": "LIMIT",
        "quantity": "0.001",
        "price": "50000",
        "idempotency_key": "k-1",
        "valid_for_ms": 600_000,
    }
    return checked(PlaceOrder, fields)


def _places(desk: Desk) -> None:
    command = _command()
    place.place(desk, command, task_id=command.task_id)


def _cancels(desk: Desk) -> None:
    cancel.cancel(desk, checked(CancelOrder, {"order": "k-1", "idempotency_key": "c-1"}))


def _resolves(desk: Desk) -> None:
    resolve.resolve(desk, "main", "BTCUSDT")


def _kills(desk: Desk) -> None:
    kill_switch.engage(desk, reason="drill", by="a person")


def _kills_and_sweeps(desk: Desk) -> None:
    _kills(desk)
    kill.sweep(desk)


JOBS: dict[str, Job] = {
    "places": _places,
    "cancels": _cancels,
    "resolves": _resolves,
    "kills": _kills,
    "kills and sweeps": _kills_and_sweeps,
}

MOODS: dict[str, Answer | None] = {
    "takes it": None,
    "takes it, and the answer is lost": None,
    "never sees it": None,
    "finds the stamp too old": Refused(Why.CLOCK, "700003", "outside of recvWindow"),
}

PAST_THE_WINDOW_MS, PAST_THE_PROOF_MS = 3_500, 26_000

PAIRS: list[tuple[str, str, int]] = [
    *(("places", mood, 0) for mood in MOODS),
    *(("cancels", mood, 0) for mood in ("takes it", "takes it, and the answer is lost")),
    *(("kills", mood, 0) for mood in ("takes it", "never sees it")),
    *(
        ("kills and sweeps", mood, 0)
        for mood in ("takes it, and the answer is lost", "never sees it")
    ),
    *(("resolves", mood, PAST_THE_WINDOW_MS) for mood in MOODS),
]
"""What the second does, what the venue makes of the order, and when the second begins."""


@dataclass
class Pair:
    """Two workers of one trial."""

    first: Job
    second: Job
    mood: str

    def __post_init__(self) -> None:
        self.trial = Trial()
        self.venue = UnrulyVenue(lambda: self.trial.clock.unix_ms() + VENUE_AHEAD_MS)
        self.trial.venue = self.venue
        self.crew = Crew(self.trial)
        answer = MOODS[self.mood]
        self.venue.next_answers = [answer] if answer else []
        self.venue.lose_answers = int("lost" in self.mood)
        self.venue.hold_back = int("never" in self.mood)
        self.crew.submit("place_order", _command(), lost=True)

    def run(self, before: int, between: int, *, later: int = 0, gap_ms: int, rest: bool) -> None:
        """Interleave the two; hold the laws after each part, and at rest if asked to."""
        first = Stepper(self.trial.desk, _quietly(self.first))
        second = Stepper(self.trial.desk, _quietly(self.second))
        first.go(before)
        laws.hold(self.crew)
        self.trial.clock.advance(gap_ms)
        second.go(between)
        laws.hold(self.crew)
        if gap_ms >= PAST_THE_PROOF_MS:
            # Whoever resolves has meanwhile proven the first attempt absent, and sent another.
            self.upkeep(gap_ms)
        first.go(later)
        laws.hold(self.crew)
        second.go()
        first.go()
        laws.hold(self.crew)
        if rest:
            self.rest()

    def upkeep(self, for_ms: int) -> None:
        """Let sweeps and workers go on, and time pass."""
        for _ in range(for_ms // 2_000):
            self.crew.upkeep(sweep.sweep)
            for message in self.crew.due():
                self.crew.take(message)
            self.trial.clock.advance(2_000)
            laws.hold(self.crew)

    def rest(self) -> None:
        """Let everything come to rest, and hold what must be true then."""
        kill_switch.release(self.trial.desk, reason="over", by="a person")
        for _ in range(60):
            self.crew.upkeep(sweep.sweep)
            self.crew.upkeep(doings.follow_all)
            for message in self.crew.due():
                self.crew.take(message)
            self.trial.clock.advance(2_000)
            if laws.rests(self.crew, {"k-1"}):
                break
        laws.hold(self.crew)
        laws.hold_at_rest(self.crew, {"k-1"})


def _quietly(job: Job) -> Job:
    def run(desk: Desk) -> None:
        try:
            job(desk)
        except DeskError:
            # Its fate is the crew's affair; here only what it did to the world counts.
            return

    return run


@pytest.mark.parametrize(("second", "mood", "gap_ms"), PAIRS)
def test_two_workers_when_interleaved_in_every_order_then_the_laws_hold(
    second: str, mood: str, gap_ms: int
) -> None:
    """One order at most, one open attempt at most, no end without evidence, whoever is first."""
    for n, (before, between) in enumerate(product(BEFORE, BETWEEN)):
        pair = Pair(_places, JOBS[second], mood)
        pair.run(before, between, gap_ms=gap_ms, rest=n % REST_EACH == 0)


@pytest.mark.parametrize("mood", MOODS)
def test_late_worker_when_another_attempt_was_made_meanwhile_then_its_answer_harms_nothing(
    mood: str,
) -> None:
    """A late no is only recorded, a late yes is adopted: the newer attempt is not closed by it."""
    for before, later in product(BEFORE[3:6], LATER):
        pair = Pair(_places, _resolves, mood)
        pair.run(before, 99, later=later, gap_ms=PAST_THE_PROOF_MS, rest=later == 0)


def test_unknown_when_no_query_is_answered_past_the_proof_then_it_stays_unknown() -> None:
    """A question that fails is no answer: only what was answered counts as absence."""
    # Given an order that is there, and a venue whose clock answers and whose queries do not
    pair = Pair(_places, _resolves, "takes it, and the answer is lost")
    for name in ("order", "open_orders", "all_orders", "trades"):
        pair.venue.denials[name] = ExchangeUnreachable("no answer")
    # When
    pair.run(99, 1, gap_ms=PAST_THE_PROOF_MS, rest=False)
    pair.upkeep(2 * PAST_THE_PROOF_MS)
    # Then
    assert [intent.status for intent in laws.intents(pair.trial)] == [OrderStatus.UNKNOWN]
    pair.venue.denials.clear()
    pair.rest()
