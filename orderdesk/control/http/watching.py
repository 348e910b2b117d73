"""One reader for every page: it hears of events, reads the ledger once, and puts up the board.

Nothing is read while nobody looks.
"""

import threading
from collections.abc import Callable

from orderdesk.control.http import views
from orderdesk.control.http.house import House
from orderdesk.control.http.sections import SECTIONS, written
from orderdesk.errors import DeskError

Tail = Callable[[int], bool]
"""Waits up to so many ms; True if something was told meanwhile. Raises `StoreUnavailable`."""

EVERY_MS = 1_000
"""What no event tells (prices, a fence that has passed) is seen this much late."""

SETTLE_S = 0.1
"""An order's events come in a burst; one reading shows them all."""

PROCESSES_EVERY_S = 3.0
_IDLE_S = 1.0


class Watching:
    """Keeps a house's board true, in two threads: one for what is booked, one for processes."""

    def __init__(self, house: House, *, tail: Tail) -> None:
        self._house = house
        self._tail = tail
        self._stopped = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(step,), name=name, daemon=True)
            for name, step in (("board", self._read), ("processes", self._processes))
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End, and wait for it."""
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def _run(self, step: Callable[[], None]) -> None:
        while not self._stopped.is_set():
            if self._house.board.wait_for_onlooker(_IDLE_S):
                step()

    def _read(self) -> None:
        for name, read in SECTIONS.items():
            self._house.board.put(name, written(read, self._house))
        try:
            told = self._tail(EVERY_MS)
        except DeskError:
            # The ledger is read all the same; the section of processes shows what is away.
            self._stopped.wait(EVERY_MS / 1_000)
        else:
            if told:
                self._stopped.wait(SETTLE_S)

    def _processes(self) -> None:
        self._house.board.put("processes", written(_processes, self._house))
        self._stopped.wait(PROCESSES_EVERY_S)


def _processes(house: House) -> dict[str, object]:
    rows = views.processes(house)
    return {"processes": [row.model_dump(mode="json", exclude_none=True) for row in rows]}
