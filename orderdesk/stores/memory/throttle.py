"""The throttle's pools in one process, by the clock it is given: what `throttle.lua` does."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from orderdesk.core import circuit
from orderdesk.core.pools import LANES, Draw, Pool, draws, pools_of
from orderdesk.core.throttle_use import LaneNow, Overview, PoolNow
from orderdesk.core.tokens import Caps, Cost, Lane
from orderdesk.errors import DeskError
from orderdesk.ports import Clock, Slot, Waiting
from orderdesk.ports.throttle import ADDRESS, NOT_WAITING


@dataclass(frozen=True, slots=True)
class Admitted:
    """One slot that was given; `slot_ms` on the clock's monotonic time."""

    account: str
    cost: Cost
    lane: Lane
    slot_ms: int


@dataclass(slots=True)
class _Pool:
    """What a pool gave, a time a unit, newest first; and until when its pace is used up."""

    given_us: list[int] = field(default_factory=list)
    next_us: int = 0

    def earliest_us(self, draw: Draw, lane: Lane) -> int:
        given, edge = self.given_us, draw.held_units - draw.units
        return max(
            given[0] if given else 0,
            given[edge] + draw.held_us if edge < len(given) else 0,
            self.next_us - draw.ahead_us(lane),
        )

    def give(self, draw: Draw, slot_us: int) -> None:
        self.given_us[:0] = [slot_us] * draw.units
        self.next_us = max(self.next_us, slot_us) + draw.rest_us

    def take_back(self, draw: Draw, slot_us: int, now_us: int) -> None:
        for _ in range(draw.units):
            self.given_us.remove(slot_us)
        self.next_us = max(self.next_us - draw.rest_us, min(self.next_us, now_us))


@dataclass(slots=True)
class _Circuit:
    """What `heard.lua` keeps."""

    failed: int = 0
    broken_us: int | None = None
    broken_ms: int = 0
    broken_for: str = ""
    probing_us: int = 0

    def wait_ms(self, lane: Lane, now_us: int) -> int:
        """Return how long a lane must stay away; 0 if it may go."""
        looks = LANES[lane].looks
        if self.broken_us is None or looks > 1:
            return 0
        free_us = max(self.broken_us, self.probing_us, 0 if looks else now_us + 500_000)
        return max(0, -(-(free_us - now_us) // 1_000))

    def fail(self, reason: str, now_us: int) -> int:
        """Count a failure; return how long the circuit was opened for."""
        self.failed += 1
        if self.failed < circuit.FAILURES or now_us < (self.broken_us or 0):
            return 0
        longer_ms = min(self.broken_ms * 2, circuit.LONGEST_MS)
        self.broken_ms = circuit.FIRST_MS if self.broken_us is None else longer_ms
        self.broken_us, self.broken_for = now_us + self.broken_ms * 1_000, reason
        self.probing_us = 0
        return self.broken_ms


@dataclass(slots=True)
class FakeThrottle:
    """The `Throttle` port without Redis. Unlike there, unknown pools hold nobody back."""

    clock: Clock
    caps: Caps
    buffer: Fraction = Fraction(1)
    reach_ms: Mapping[Lane, int] = field(
        default_factory=lambda: {lane: rule.reach_ms for lane, rule in LANES.items()}
    )
    unknown_ms: int = 0
    failure: DeskError | None = None
    admitted: list[Admitted] = field(default_factory=list)
    """Every slot that was given, in order."""
    _pools: dict[str, _Pool] = field(default_factory=dict, repr=False)
    _paused: dict[str, tuple[int, str]] = field(default_factory=dict, repr=False)
    _turns: dict[Lane, int] = field(default_factory=dict, repr=False)
    _strikes: dict[str, tuple[int, int]] = field(default_factory=dict, repr=False)
    """Pauses in a row, and how many slots had been given when the last one began."""
    _lanes: dict[Lane, LaneNow] = field(default_factory=dict, repr=False)
    _circuit: _Circuit = field(default_factory=_Circuit, repr=False)
    _open_us: int | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def book(self, account: str, cost: Cost, lane: Lane, waiting: Waiting = NOT_WAITING) -> Slot:
        """Take the next slot, or say when to come back."""
        drawn = draws(account, cost, self.caps, self.buffer)
        with self._lock:
            now_us = self._now_us()
            self._heed(drawn, waiting.before, now_us)
            if waiting.before is not None and waiting.before.booked:
                self._count(lane, missed=1)
            slot_us = self._earliest_us(account, drawn, lane, now_us)
            away_ms = self._circuit.wait_ms(lane, now_us)
            if away_ms:
                return Slot(away_ms, booked=False)
            refused = self._lined_up(lane, waiting, slot_us, drawn=drawn, now_us=now_us)
            if refused is not None:
                return refused
            wait_ms = -(-(slot_us - now_us) // 1_000)
            slot_us = now_us + wait_ms * 1_000
            for draw in drawn:
                self._pool(draw).give(draw, slot_us)
            self._count(lane, given=1, waited_ms=waiting.waited_ms + wait_ms)
            self.admitted.append(Admitted(account, cost, lane, slot_us // 1_000))
            if self._circuit.broken_us is not None:
                self._circuit.probing_us = slot_us + circuit.LOOK_MS * 1_000
            return Slot(wait_ms, booked=True, mark=slot_us)

    def pause(self, whom: str, for_ms: int, reason: str, *, again_ms: int = 0) -> int:
        """Give no slot to anybody for so long; never shortens a pause."""
        with self._lock:
            now_us = self._now_us()
            standing_us = self._paused.get(whom, (0, ""))[0]
            if again_ms and now_us >= standing_us:
                for_ms = max(for_ms, self._grown_ms(whom, again_ms))
            until_us = now_us + min(for_ms, circuit.LONGEST_PAUSE_MS) * 1_000
            if until_us > standing_us:
                self._paused[whom] = (until_us, reason)
            return -(-(max(until_us, standing_us) - now_us) // 1_000)

    def pause_left(self, account: str) -> tuple[int, str] | None:
        """Return how long nobody gets a slot and why."""
        with self._lock:
            broken = (self._circuit.broken_us or 0, self._circuit.broken_for)
            pauses = (self._paused.get(whom, (0, "")) for whom in (account, ADDRESS))
            until_us, reason = max(broken, *pauses)
            left_us = until_us - self._now_us()
            return None if left_us <= 0 else (-(-left_us // 1_000), reason)

    def overview(self, account: str) -> Overview:
        """Return how the pools are used now."""
        with self._lock:
            now_us = self._now_us()
            given = {name: pool.given_us for name, pool in self._pools.items()}
            named = pools_of(account, self.caps)
            return Overview(
                pools=tuple(_pool_now(pool, given.get(pool.name, []), now_us) for pool in named),
                buffer=self.buffer,
                lanes={lane: self._lanes.get(lane, LaneNow()) for lane in Lane},
                closed_ms=max(0, (self._open_us or 0) - now_us) // 1_000,
            )

    def heard(self, *, answered: bool, reason: str = "") -> int:
        """Note whether the venue answered."""
        with self._lock:
            now_us = self._now_us()
            if answered:
                self._circuit = _Circuit()
                return 0
            return self._circuit.fail(reason, now_us)

    def _grown_ms(self, whom: str, again_ms: int) -> int:
        """Count a sign of the venue; return how long its pause is because of earlier ones."""
        strikes, given = self._strikes.get(whom, (0, 0))
        repeats = strikes > 0 and len(self.admitted) - given <= circuit.SOON_SLOTS
        strikes = strikes + 1 if repeats else 1
        self._strikes[whom] = (strikes, len(self.admitted))
        return again_ms << min(strikes - 2, 30) if strikes > 1 else 0

    def _heed(self, drawn: tuple[Draw, ...], before: Slot | None, now_us: int) -> None:
        if self._open_us is None:
            self._open_us = now_us + self.unknown_ms * 1_000
        if before is not None and before.booked:
            for draw in drawn:
                self._pool(draw).take_back(draw, before.mark, now_us)

    def _earliest_us(self, account: str, drawn: tuple[Draw, ...], lane: Lane, now_us: int) -> int:
        return max(
            now_us,
            self._open_us or 0,
            self._paused.get(ADDRESS, (0, ""))[0],
            self._paused.get(account, (0, ""))[0],
            *(self._pool(draw).earliest_us(draw, lane) for draw in drawn),
        )

    def _lined_up(
        self, lane: Lane, waiting: Waiting, slot_us: int, *, drawn: tuple[Draw, ...], now_us: int
    ) -> Slot | None:
        """Send away who must wait, with a place in line if it would wait there."""
        before = waiting.before
        turn_us = before.mark if before is not None and not before.booked else 0
        last_us = self._turns.get(lane, -1)
        gave_back = before is not None and before.booked
        overtakes = not turn_us and not gave_back and last_us >= slot_us
        wanted_us = last_us + max(draw.rest_us for draw in drawn) if overtakes else slot_us
        reach_us = self.reach_ms[lane] * 1_000
        if not overtakes and wanted_us <= now_us + reach_us:
            return None
        wait_ms = max(1, -(-(wanted_us - reach_us - now_us) // 1_000))
        if wait_ms > waiting.patience_ms:
            self._count(lane, refused=1)
        elif not turn_us:
            turn_us = wanted_us
            self._turns[lane] = max(wanted_us, last_us)
        return Slot(wait_ms, booked=False, mark=turn_us)

    def _count(self, lane: Lane, **more: int) -> None:
        so_far = self._lanes.get(lane, LaneNow())
        counted = {name: getattr(so_far, name) + number for name, number in more.items()}
        self._lanes[lane] = replace(so_far, **counted)

    def _pool(self, draw: Draw) -> _Pool:
        return self._pools.setdefault(draw.pool, _Pool())

    def _now_us(self) -> int:
        if self.failure is not None:
            raise self.failure
        return self.clock.monotonic_ms() * 1_000


def _pool_now(pool: Pool, given_us: Sequence[int], now_us: int) -> PoolNow:
    since_us = now_us - pool.span_s * 1_000_000
    within = sum(since_us < at_us <= now_us for at_us in given_us)
    booked = sum(at_us > now_us for at_us in given_us)
    return PoolNow(pool.name, within, booked, pool.cap, pool.span_s * 1_000)
