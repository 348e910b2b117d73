"""The intake stream as a list."""

import threading
from collections.abc import Mapping, Sequence
from typing import Any

from orderdesk.core.backoff import doubling_ms
from orderdesk.errors import DeskError, OutcomeUnknown
from orderdesk.ports import Clock, IntakeEntry

_START = "0-0"


class FakeIntake:
    """The `Intake` port without Redis; Redis' clock is the clock's wall time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.RLock()
        self._entries: list[IntakeEntry] = []
        self._last = (0, 0)
        self._cursor = _START
        self._wakes: dict[str, tuple[int, int]] = {}
        self.failure: DeskError | None = None
        self.answer_lost = False
        """True: `append` keeps the command, but the caller never hears of it."""

    def append(self, task: str, task_id: str, fields: Mapping[str, Any]) -> str:
        """Keep a command; return its entry id."""
        now_ms = self.now_ms()
        with self._lock:
            last_ms, counter = self._last
            self._last = (now_ms, 0) if now_ms > last_ms else (last_ms, counter + 1)
            entry_id = f"{self._last[0]}-{self._last[1]}"
            self._entries.append(IntakeEntry(entry_id, task, task_id, dict(fields)))
        if self.answer_lost:
            key = str(fields.get("idempotency_key", ""))
            raise OutcomeUnknown(f"nobody said whether {task} was kept", key, task_id)
        return entry_id

    def entries(self, after: str, limit: int) -> Sequence[IntakeEntry]:
        """Return at most `limit` entries after an id, oldest first."""
        self._reach()
        with self._lock:
            later = [e for e in self._entries if _order(e.entry_id) > _order(after or _START)]
            return later[:limit]

    def now_ms(self) -> int:
        """Return the wall clock."""
        self._reach()
        return self._clock.unix_ms()

    def trim(self, before: str) -> int:
        """Drop entries older than an id, and wake times nobody needs; return how many entries."""
        self._reach()
        with self._lock:
            kept = [e for e in self._entries if _order(e.entry_id) >= _order(before)]
            dropped = len(self._entries) - len(kept)
            self._entries = kept
            self._wakes = {
                entry_id: wake
                for entry_id, wake in self._wakes.items()
                if _order(entry_id) >= _order(before) and _order(entry_id) > _order(self._cursor)
            }
            return dropped

    def cursor(self) -> str:
        """Return the id up to which the ledger knows every entry; `0-0` at first."""
        self._reach()
        return self._cursor

    def move_cursor(self, entry_id: str) -> None:
        """Remember that everything up to this id has its row."""
        self._reach()
        self._cursor = entry_id

    def wake_due(self, entry_ids: Sequence[str], now_ms: int) -> set[str]:
        """Return which entries may be woken now; each again after 5 s, doubling to 60 s."""
        self._reach()
        due = set()
        with self._lock:
            for entry_id in entry_ids:
                times, due_ms = self._wakes.get(entry_id, (0, 0))
                if due_ms <= now_ms:
                    self._wakes[entry_id] = (times + 1, now_ms + doubling_ms(times))
                    due.add(entry_id)
        return due

    def _reach(self) -> None:
        if self.failure is not None:
            raise self.failure


def _order(entry_id: str) -> tuple[int, int]:
    ms, _, counter = entry_id.partition("-")
    return int(ms), int(counter or 0)
