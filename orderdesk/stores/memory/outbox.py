"""An event stream in memory, and how far the ledger's events have reached it."""

from collections.abc import Sequence

from orderdesk.core.events import Event
from orderdesk.errors import DeskError


class FakeOutbox:
    """The `Outbox` port without Redis.

    `stream` is what consumers would read, `told` what was told to whoever listened.
    """

    def __init__(self) -> None:
        self.stream: list[Event] = []
        self.told: list[Event] = []
        self.failure: DeskError | None = None
        self._cursor: int | None = None
        self._told: set[int] = set()

    def cursor(self) -> int | None:
        """Return the event up to which every one is in the stream; None at first."""
        self._reach()
        return self._cursor

    def highest(self) -> int:
        """Return the highest event that is known to be in the stream, 0 if none is."""
        self._reach()
        return max(self._cursor or 0, *self._told, 0)

    def begin_after(self, event_id: int, *, anew: bool = False) -> None:
        """Set the cursor where there is none; `anew` forgets what was in the stream before."""
        self._reach()
        if anew:
            self._told.clear()
        if anew or self._cursor is None:
            self._cursor = event_id

    def missing(self, event_ids: Sequence[int]) -> set[int]:
        """Return which events behind the cursor are not in the stream."""
        self._reach()
        return set(event_ids) - self._told

    def deliver(self, event: Event, *, aloud: bool) -> None:
        """Put an event into the stream, unless it is there."""
        self._reach()
        if event.id in self._told or 0 < event.id <= (self._cursor or 0):
            return
        self.stream.append(event)
        if aloud:
            self.told.append(event)
        if event.id:
            self._told.add(event.id)

    def settle(self, event_id: int) -> None:
        """Move the cursor."""
        self._reach()
        self._cursor = event_id
        self._told = {told for told in self._told if told > event_id}

    def _reach(self) -> None:
        if self.failure is not None:
            raise self.failure
