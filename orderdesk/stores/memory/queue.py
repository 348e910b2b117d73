"""A broker that only writes down what was published."""

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from orderdesk.core.queues import QUEUE_OF, QUEUES
from orderdesk.errors import DeskError
from orderdesk.ports import Told


@dataclass(frozen=True, slots=True)
class Published:
    """One message, as it was published."""

    task: str
    fields: Mapping[str, Any]
    task_id: str | None
    delay_ms: int
    queue: str | None = None


@dataclass(slots=True)
class FakeQueue:
    """The `Queue` port without a broker; tests set `heads` and `results` themselves."""

    published: list[Published] = field(default_factory=list)
    heads: dict[str, int] = field(default_factory=dict)
    """The intake time (ms) of the oldest message waiting, by task."""
    results: set[str] = field(default_factory=set)
    """The task ids that have a stored result."""
    words: dict[str, Told] = field(default_factory=dict)
    """What those results say, where a test needs it."""
    failure: DeskError | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def publish(
        self,
        task: str,
        fields: Mapping[str, Any],
        *,
        task_id: str | None = None,
        delay_ms: int = 0,
        queue: str | None = None,
    ) -> None:
        """Write a message down."""
        self._reach()
        with self._lock:
            self.published.append(Published(task, dict(fields), task_id, delay_ms, queue))

    def head_ms(self, task: str) -> int | None:
        """Return what the test set for a task, None if nothing."""
        self._reach()
        return self.heads.get(task)

    def waiting(self) -> Mapping[str, int]:
        """Count what was published and not taken."""
        self._reach()
        with self._lock:
            named = Counter(one.queue or QUEUE_OF[one.task] for one in self.published)
        return {queue: named[queue] for queue in QUEUES}

    def missing_results(self, task_ids: Sequence[str]) -> set[str]:
        """Return the task ids that are not in `results`."""
        self._reach()
        return set(task_ids) - self.results

    def told(self, task_id: str) -> Told | None:
        """Return what the test has had told."""
        self._reach()
        return self.words.get(task_id)

    def forget_told(self, task_id: str) -> None:
        """Take it back."""
        self._reach()
        self.words.pop(task_id, None)
        self.results.discard(task_id)

    def take(self, task: str) -> list[Published]:
        """Return and forget what was published for a task, oldest first, as a worker would."""
        with self._lock:
            taken = [message for message in self.published if message.task == task]
            self.published = [message for message in self.published if message.task != task]
        return taken

    def _reach(self) -> None:
        if self.failure is not None:
            raise self.failure
