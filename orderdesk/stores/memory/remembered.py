"""What Redis would remember of the ledger."""

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from orderdesk.core.durability import Durability
from orderdesk.errors import DeskError
from orderdesk.ports import Clock

_KEEPS = Durability(kept=True, says="it is only memory")


@dataclass(slots=True)
class _Kept:
    ledger_id: str | None = None
    highest_attempt: int = 0
    epoch: str | None = None
    results_checked_ms: int = 0
    notes: dict[str, tuple[int, int]] = field(default_factory=dict)
    leases: dict[str, tuple[str, int]] = field(default_factory=dict)
    texts: dict[str, tuple[str, int]] = field(default_factory=dict)
    durability: Durability = _KEEPS
    lock: threading.Lock = field(default_factory=threading.Lock)


class FakeMemory:
    """The `Memory` port without Redis."""

    def __init__(self, clock: Clock, _kept: _Kept | None = None) -> None:
        self._clock = clock
        self._kept = _kept or _Kept()
        self._process = uuid.uuid4().hex
        self.failure: DeskError | None = None

    def beside(self) -> "FakeMemory":
        """Return the same memory as another process sees it."""
        return FakeMemory(self._clock, self._kept)

    def forget(self) -> None:
        """Come back empty, as a Redis without its files."""
        with self._reached() as kept:
            kept.ledger_id, kept.highest_attempt, kept.epoch = None, 0, None
            kept.results_checked_ms = 0
            kept.leases.clear()
            kept.texts.clear()
            kept.notes.clear()

    def be(self, durability: Durability) -> None:
        """Say this of itself from now on."""
        self._kept.durability = durability

    def claim(self, ledger_id: str) -> str:
        """Set the ledger's id if there is none; return the id that stands."""
        with self._reached() as kept:
            kept.ledger_id = kept.ledger_id or ledger_id
            return kept.ledger_id

    def owner(self) -> str | None:
        """Return the id of the ledger that has claimed it, None if none has."""
        with self._reached() as kept:
            return kept.ledger_id

    def durability(self) -> Durability:
        """Return what a test says of it; at first it keeps everything."""
        with self._reached() as kept:
            return kept.durability

    def keep(self, name: str, text: str, for_ms: int) -> None:
        """Keep a text for a while."""
        with self._reached() as kept:
            kept.texts[name] = (text, self._clock.monotonic_ms() + for_ms)

    def kept(self, name: str) -> str | None:
        """Return a text that is still kept."""
        with self._reached() as kept:
            text, until_ms = kept.texts.get(name, ("", 0))
            return text if self._clock.monotonic_ms() < until_ms else None

    def highest_attempt(self) -> int:
        """Return the highest attempt counter seen, 0 at first."""
        with self._reached() as kept:
            return kept.highest_attempt

    def note_attempt(self, attempt_id: int) -> None:
        """Remember an attempt; a lower one than is known changes nothing."""
        with self._reached() as kept:
            kept.highest_attempt = max(kept.highest_attempt, attempt_id)

    def accept_counter(self, counter: int) -> None:
        """Take the ledger's counter for true, even if it is lower."""
        with self._reached() as kept:
            kept.highest_attempt = counter

    def epoch(self) -> str | None:
        """Return the epoch key, None at first."""
        with self._reached() as kept:
            return kept.epoch

    def begin_epoch(self) -> str:
        """Set the epoch key unless it stands; return it."""
        with self._reached() as kept:
            kept.epoch = kept.epoch or uuid.uuid4().hex
            return kept.epoch

    def results_checked_ms(self) -> int:
        """Return until when all answers were found stored, 0 if that is unknown."""
        with self._reached() as kept:
            return kept.results_checked_ms

    def note_results_checked(self, until_ms: int) -> None:
        """Remember until when all answers were found stored."""
        with self._reached() as kept:
            kept.results_checked_ms = until_ms

    def note_ms(self, name: str, at_ms: int, *, keep_ms: int, first: bool = False) -> int:
        """Remember a moment under a name for so long; return the one that stands."""
        standing_ms = self.noted_ms(name)
        if first and standing_ms is not None:
            return standing_ms
        with self._reached() as kept:
            kept.notes[name] = (at_ms, self._clock.monotonic_ms() + keep_ms)
        return at_ms

    def noted_ms(self, name: str) -> int | None:
        """Return the moment noted under a name, if it is still remembered."""
        now_ms = self._clock.monotonic_ms()
        with self._reached() as kept:
            at_ms, until_ms = kept.notes.get(name, (0, now_ms))
        return at_ms if until_ms > now_ms else None

    def once(self, name: str, for_ms: int) -> bool:
        """Take a lease; False if anybody has it, ourselves included."""
        now_ms = self._clock.monotonic_ms()
        with self._reached() as kept:
            _, until_ms = kept.leases.get(name, ("", now_ms))
            free = until_ms <= now_ms
            if free:
                kept.leases[name] = (self._token(), now_ms + for_ms)
            return free

    def release(self, name: str) -> None:
        """Give back a lease that this thread took; anything else changes nothing."""
        with self._reached() as kept:
            if kept.leases.get(name, ("", 0))[0] == self._token():
                del kept.leases[name]

    @contextmanager
    def _reached(self) -> Iterator[_Kept]:
        if self.failure is not None:
            raise self.failure
        with self._kept.lock:
            yield self._kept

    def _token(self) -> str:
        return f"{self._process}:{threading.get_ident()}"
