"""PURE: count how often a process has died, from what is seen of it now and then."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from orderdesk.control.running.supervisor import Seen

TOO_OFTEN = 3
"""So many deaths of one process, and a person is told why."""

_NOT_RUNNING = frozenset({"BACKOFF", "EXITED", "FATAL"})


@dataclass
class Deaths:
    """Deaths by process. What comes and goes between two looks is seen by its start."""

    _starts: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    _told: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def see(self, processes: Sequence[Seen]) -> list[Seen]:
        """Take a look in; return the processes that died since the last one."""
        for process in processes:
            if process.started_s:
                self._starts[process.name].add(process.started_s)
        fresh = [p for p in processes if self._of(p) > self._told[p.name]]
        for process in processes:
            self._told[process.name] = max(self._told[process.name], self._of(process))
        return fresh

    def count(self, name: str) -> int:
        """Return how often a process has died so far."""
        return self._told[name]

    def _of(self, process: Seen) -> int:
        """Every start but the present one ended in a death, and the present one may have."""
        starts = len(self._starts[process.name])
        return starts if process.state in _NOT_RUNNING else max(0, starts - 1)
