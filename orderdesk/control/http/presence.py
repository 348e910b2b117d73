"""Which processes of the desk there are, and how each of them is.

Under `make run` its supervisor is asked; elsewhere (containers, another runner) workers are
called through the queue, and beat and bridge are seen by the files they write.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from orderdesk.control.http.bodies import ProcessRow
from orderdesk.control.running.deaths import Deaths
from orderdesk.control.running.occupancy import socket_of
from orderdesk.control.running.readiness import BRIDGE_SIGN
from orderdesk.control.running.supervisor import Seen, SupervisorGone, look_at
from orderdesk.errors import DeskError

Workers = Callable[[], set[str]]
"""Calls the workers; the names of those that answer, like `placing@host`."""

BEAT_SIGN_S = 600.0
"""Beat writes its schedule down at least every three minutes (celery 5.7, beat_sync_every)."""

BRIDGE_SIGN_S = 60.0
"""The bridge freshens its sign with each look for orders, every second."""


class Presence:
    """Looks at the processes; remembers who was there, so that one that is gone is missed."""

    def __init__(self, home: Path, workers: Workers) -> None:
        self._home = home
        self._workers = workers
        self._deaths = Deaths()
        self._known: set[str] = set()

    def look(self) -> list[ProcessRow]:
        """Return a row for each process, those of the supervisor in its order."""
        answering = self._answering()
        seen = self._supervised()
        if seen:
            self._deaths.see(seen)
            return [self._row(one, answering) for one in seen]
        return [*self._called(answering), *self._signs()]

    def _answering(self) -> set[str] | None:
        """Return who answers; None if nobody can be asked."""
        try:
            found = self._workers()
        except DeskError:
            return None
        self._known |= found
        return found

    def _supervised(self) -> Sequence[Seen]:
        path = socket_of(self._home)
        if path is None:
            return ()
        try:
            return look_at(path)
        except SupervisorGone:
            return ()

    def _row(self, one: Seen, answering: set[str] | None) -> ProcessRow:
        runs = one.state == "RUNNING"
        is_worker = any(name.partition("@")[0] == one.name for name in self._known)
        mute = is_worker and answering is not None and not _among(one.name, answering)
        says = "does not answer" if runs and mute else one.state.lower()
        return ProcessRow(
            name=one.name,
            well=runs and not mute,
            says=f"{says}: {one.trouble}" if one.trouble else says,
            since_ms=one.started_s * 1_000 or None,
            restarts=self._deaths.count(one.name),
        )

    def _called(self, answering: set[str] | None) -> Iterator[ProcessRow]:
        for name in sorted(self._known):
            there = answering is not None and name in answering
            yield ProcessRow(name=name, well=there, says="answers" if there else "does not answer")

    def _signs(self) -> Iterator[ProcessRow]:
        signs = (("beat", "beat-schedule*", BEAT_SIGN_S), ("bridge", BRIDGE_SIGN, BRIDGE_SIGN_S))
        for name, pattern, fresh_s in signs:
            written = [path.stat().st_mtime for path in (self._home / "run").glob(pattern)]
            if written:
                age_s = max(0.0, time.time() - max(written))
                says = f"a sign {age_s:.0f} s ago"
                yield ProcessRow(name=name, well=age_s < fresh_s, says=says)


def _among(name: str, answering: set[str]) -> bool:
    return any(one.partition("@")[0] == name for one in answering)
