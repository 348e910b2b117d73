"""What the page shows, in sections: kept once for everybody who looks, pushed when it changes.

One writer puts sections, any number of onlookers wait for them. Each is given what is new to
it; one that is slow skips what has been replaced meanwhile, and costs nobody anything.
"""

import asyncio
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

MOST_ONLOOKERS = 50


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the page as JSON, and how often it has changed."""

    name: str
    text: str
    version: int


@dataclass(eq=False, slots=True)
class _Onlooker:
    loop: asyncio.AbstractEventLoop
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self) -> None:
        """Wake it up, from any thread; one whose loop has ended needs no news."""
        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self.news.set)


class Board:
    """The sections and who looks at them; threads and event loops may share it."""

    def __init__(self, *, most: int = MOST_ONLOOKERS) -> None:
        self._lock = threading.Condition()
        self._sections: dict[str, Section] = {}
        self._onlookers: set[_Onlooker] = set()
        self._most = most

    def put(self, name: str, text: str) -> None:
        """Show a section; nobody is told if it says what it said before."""
        with self._lock:
            before = self._sections.get(name)
            if before is not None and before.text == text:
                return
            version = 1 if before is None else before.version + 1
            self._sections[name] = Section(name, text, version)
            for onlooker in self._onlookers:
                onlooker.tell()

    def wait_for_onlooker(self, timeout_s: float) -> bool:
        """Return True as soon as somebody looks, False after so long."""
        with self._lock:
            return self._lock.wait_for(lambda: bool(self._onlookers), timeout_s)

    async def look(self) -> AsyncIterator[Section]:
        """Give every section, and each again whenever it has changed."""
        onlooker, seen = _Onlooker(asyncio.get_running_loop()), dict[str, int]()
        self._enter(onlooker)
        try:
            while True:
                onlooker.news.clear()
                for section in self._new_to(seen):
                    seen[section.name] = section.version
                    yield section
                await onlooker.news.wait()
        finally:
            with self._lock:
                self._onlookers.discard(onlooker)

    def has_room(self) -> bool:
        """Tell whether one more may look: with too many, each would be served late."""
        with self._lock:
            return len(self._onlookers) < self._most

    def _enter(self, onlooker: _Onlooker) -> None:
        with self._lock:
            self._onlookers.add(onlooker)
            self._lock.notify_all()

    def _new_to(self, seen: dict[str, int]) -> list[Section]:
        with self._lock:
            return [s for s in self._sections.values() if seen.get(s.name) != s.version]
