"""One campaign: orders go in, everything breaks, everything comes to rest."""

import sqlite3
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.crash.acts import ACTS
from tests.crash.house import House
from tests.crash.missed import hit_what_was_missed
from tests.crash.plan import Plan, Planned
from tests.crash.points import Act, Point
from tests.crash.producing import Producing

_ENDED = ("FILLED", "CANCELED", "PARTIALLY_CANCELED", "REJECTED", "DENIED", "EXPIRED_UNSENT")
_RESTING = {"NEW", "PARTIALLY_FILLED"}
_AHEAD = 150
"""So many intents may be without an answer before producers wait: a queue, not a flood."""

REST_S = 400.0
"""So long all may take to come to rest; what has not by then is found to have no end."""

_STEP_S = 0.25
_IN_HAND_S = 8.0
_RESULTS_S = 120.0

COUNTED = (Act.KILL, Act.FAIL)
"""A boundary is hit when something dies or fails there; standing still comes on top."""


@dataclass
class Campaign:
    """A plan at work on a house.

    Args:
        say: told once in a while how it goes.
    """

    house: House
    plan: Plan
    say: Callable[[str], None]
    pace_s: float = 0
    """The shortest time from one intent to the next, in seconds."""
    rest_s: float = REST_S
    second_desks: list[int | None] = field(default_factory=list)
    """With which codes workers of a second desk ended; None: they did not."""
    acts_done: Counter[str] = field(default_factory=Counter)
    forgotten_ledgers: list[Path] = field(default_factory=list)
    """The ledgers that an older copy replaced, for what they had written."""
    lost_with_redis: set[str] = field(default_factory=set)
    """Keys that were called for before a Redis came back empty, and have no row."""
    quiet_s: float = 0
    """How long the rest took."""

    def __post_init__(self) -> None:
        self.producing = Producing(self.house, self.plan)
        self.backup = self.house.folder / "backup.db"
        self._kills = deque(self.plan.kills)
        self._may_call = threading.Event()
        self._may_call.set()
        self._called = threading.Lock()
        self._before_the_loss: set[str] = set()
        self._last_rows: dict[str, str] = {}
        self._lost_s = 0.0
        self._acts = deque(self.plan.acts)
        self._busy: list[threading.Thread] = []
        self._broken: list[BaseException] = []
        self._start_s = self._said_s = time.monotonic()

    # -- for the acts

    @contextmanager
    def nobody_calls(self) -> Iterator[None]:
        """Let no producer begin a call meanwhile."""
        with self._called:
            yield

    def sent_before_the_loss(self) -> None:
        """Remember what was called for: what of it has no row is gone with this Redis."""
        self._before_the_loss = set(self.producing.called)
        self._lost_s = time.monotonic()

    def next_forgotten(self) -> Path:
        """Name the place for a ledger that is about to be replaced."""
        path = self.house.folder / f"forgotten-{len(self.forgotten_ledgers)}.db"
        self.forgotten_ledgers.append(path)
        return path

    def next_kill(self) -> str:
        """Give the reason of the next kill switch."""
        return self._kills.popleft()

    def let_something_rest(self) -> None:
        """Have an order resting, so that a kill has something to cancel."""
        self.producing.rest_one()

    # -- for more of the same

    def call(self, intent: Planned) -> None:
        """Have a producer ask for an intent, as soon as the queue is short enough."""
        self._wait_for_room()
        with self._called:
            self.producing.call(intent)

    def pull_kill(self, reason: str) -> None:
        """Pull the kill switch once more, and have it released."""
        self._kills.append(reason)
        ACTS["kill switch"](self)

    def until(self, truth: Callable[[], bool], within_s: float) -> bool:
        """Wait for something, and let producers go on meanwhile; False if it did not come."""
        deadline_s = time.monotonic() + within_s
        while time.monotonic() < deadline_s:
            if truth():
                return True
            self._tend()
            time.sleep(_STEP_S)
        return False

    # -- the campaign

    @property
    def points(self) -> tuple[Point, ...]:
        """The boundaries that must be hit."""
        return tuple(Point)

    def run(self) -> None:
        """Send everything, break everything, and wait for rest."""
        self.house.start_all()
        for number, intent in enumerate(self.plan.intents):
            self.call(intent)
            while self._acts and self._acts[0][0] <= number:
                self._begin(self._acts.popleft()[1])
            time.sleep(self.pace_s)
        self._finish_acts()
        hit_what_was_missed(self)
        self._come_to_rest()

    def hits(self) -> Counter[Point]:
        """How often each point was hit so far."""
        struck = [strike for strike in list(self.house.strikes) if strike.act in COUNTED]
        return Counter(strike.point for strike in struck)

    def rows(self) -> dict[str, str]:
        """Return the state of every intent that the ledger has, by key."""
        try:
            with closing(self.house.journal) as journal:
                found = journal.execute("SELECT idempotency_key, status FROM intents")
                self._last_rows = dict(found.fetchall())
        except sqlite3.Error:
            # Just being replaced by an older copy.
            return self._last_rows
        return self._last_rows

    def sending_is_stopped(self) -> bool:
        """Tell whether the kill switch is engaged, as far as the ledger can be read now."""
        try:
            with closing(self.house.journal) as journal:
                query = "SELECT 1 FROM switches WHERE name = 'kill' AND engaged"
                return journal.execute(query).fetchone() is not None
        except sqlite3.Error:
            # Just being replaced by an older copy: asked again at the next try.
            return True

    def _begin(self, act: str) -> None:
        """Start an act beside the calls; two at once only if the first takes long."""
        for thread in self._busy:
            thread.join(15)

        def do() -> None:
            try:
                ACTS[act](self)
                self.acts_done[act] += 1
            except BaseException as error:  # noqa: BLE001 - it is raised again where the campaign waits
                self._broken.append(error)

        thread = threading.Thread(target=do, daemon=True, name=act)
        thread.start()
        self._busy = [*(t for t in self._busy if t.is_alive()), thread]

    def _finish_acts(self) -> None:
        while self._acts:
            self._begin(self._acts.popleft()[1])
        for thread in self._busy:
            thread.join(90)
        self._raise_what_broke()

    def _raise_what_broke(self) -> None:
        if self._broken:
            raise self._broken[0]

    def _wait_for_room(self) -> None:
        while len(self.producing.called) - self._answered() > _AHEAD:
            time.sleep(_STEP_S)
            self._tend()
        self._tend()

    def _tend(self) -> None:
        """Do what producers do besides, and say how it goes."""
        self._raise_what_broke()
        self.producing.cancel_some()
        self._repeat_what_was_lost()
        self._show()

    def _answered(self) -> int:
        now_s = time.monotonic()
        if now_s > self._counted_s + _STEP_S:
            self._counted_s = now_s
            statuses = Counter(self.rows().values())
            self._in_doubt = statuses["UNKNOWN"] + statuses["SENDING"]
            self._answers = sum(statuses.values()) - self._in_doubt - statuses["RECEIVED"]
            self._answers += statuses["UNKNOWN"]
        return self._answers

    _counted_s = 0.0
    _answers = 0
    _in_doubt = 0

    def _come_to_rest(self) -> None:
        begun_s = time.monotonic()
        cancelled_s = 0.0
        while time.monotonic() < begun_s + self.rest_s:
            self.producing.cancel_some(all_of_them=True)
            rows = self.rows()
            self._repeat_what_was_lost()
            if time.monotonic() > cancelled_s + 8 and _RESTING & set(rows.values()):
                cancelled_s = time.monotonic()
                self.producing.cancel_all()
            self.quiet_s = time.monotonic() - begun_s
            if self._at_rest(rows):
                self.until(lambda: not self.producing.missing_results(), _RESULTS_S)
                return
            self._show()
            time.sleep(_STEP_S)
            self._raise_what_broke()

    def _at_rest(self, rows: dict[str, str]) -> bool:
        ended = all(status in (*_ENDED, "QUARANTINED") for status in rows.values())
        whole = set(self.producing.called) <= set(rows) and not self._awaiting_fills()
        return ended and whole and not self.house.stopped

    def _awaiting_fills(self) -> bool:
        query = "SELECT 1 FROM intents WHERE awaiting_fills AND status <> 'QUARANTINED' LIMIT 1"
        with closing(self.house.journal) as journal:
            return journal.execute(query).fetchone() is not None

    def _repeat_what_was_lost(self) -> None:
        """Let the producers of what a Redis forgot call again.

        What a worker had in hand has its row soon after; what has none then was only in Redis.
        """
        if not self._before_the_loss or time.monotonic() < self._lost_s + _IN_HAND_S:
            return
        called, self._before_the_loss = self._before_the_loss, set()
        lost = sorted(called - set(self.rows()))
        self.lost_with_redis |= set(lost)
        self.say(f"gone with Redis before they had a row, repeated: {len(lost)}")
        for key in lost:
            self.producing.repeat(key)
        self.producing.repeat_conflicts(called)

    def _show(self) -> None:
        now_s = time.monotonic()
        if now_s < self._said_s + 5:
            return
        self._said_s = now_s
        self._counted_s = 0
        self._answered()
        busy = ", ".join(t.name for t in self._busy if t.is_alive())
        self.say(
            f"{now_s - self._start_s:5.0f} s  called {len(self.producing.called)} of "
            f"{len(self.plan.intents)}, rows moved on {self._answers}, in doubt {self._in_doubt}, "
            f"struck {len(self.house.strikes)}, tickets {self.house.tickets.waiting()}"
            + (f"  [{busy}]" if busy else "")
        )
