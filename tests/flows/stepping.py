"""A worker in the test's hand: it stops at every door to the world, and may fail or die there.

A job runs in a thread of its own, but only while `go` waits for it, so nothing ever happens
at the same time and every run can be repeated. No law lives here.
"""

import threading
from collections.abc import Callable
from dataclasses import replace
from enum import Enum
from typing import Any

from orderdesk.core.answers import Unclear, Unsent
from orderdesk.errors import ExchangeUnreachable, LedgerUnavailable, StoreUnavailable
from orderdesk.ports import Desk


class Fault(Enum):
    """How one call of a port goes wrong."""

    NOT_DONE = "not done"
    """It fails, and nothing was done."""
    UNHEARD = "unheard"
    """It is done, and the caller hears of a failure."""


class Killed(BaseException):
    """Kill -9: from here on nothing reaches the world, not even what a `finally` tries."""


_TROUBLE = {
    "ledger": LedgerUnavailable,
    "exchange": ExchangeUnreachable,
    "throttle": StoreUnavailable,
    "memory": StoreUnavailable,
    "intake": StoreUnavailable,
    "queue": StoreUnavailable,
}
"""What each port raises when it cannot; all of them stand for kept state or for the wire."""


class Stepper:
    """One worker on one job."""

    def __init__(self, desk: Desk, job: Callable[[Desk], object]) -> None:
        self.finished = False
        self._desk = self._watched(desk)
        self._job = job
        self._left: int | None = 0
        self._fault: Fault | None = None
        self._killed = False
        self._broken: BaseException | None = None
        self._turn, self._back = threading.Semaphore(0), threading.Semaphore(0)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def go(self, calls: int | None = None, fault: Fault | None = None) -> bool:
        """Let it make so many calls and stop before the next; True once it has finished.

        With a fault it does not stop: the next call goes wrong, and it runs on to its end.
        """
        if not self.finished:
            self._left, self._fault = calls, fault
            self._turn.release()
            self._back.acquire()
        if self._broken is not None:
            raise self._broken
        return self.finished

    def kill(self) -> None:
        """End it where it stands."""
        self._killed = True
        self.go()
        self._thread.join()

    def at_door(self) -> Fault | None:
        """Wait here if the allowance is used up; return how this call is to go wrong."""
        if self._killed:
            raise Killed
        if self._left is None:
            return None
        if self._left > 0:
            self._left -= 1
            return None
        if self._fault is not None:
            fault, self._fault, self._left = self._fault, None, None
            return fault
        self._back.release()
        self._turn.acquire()
        return self.at_door()

    def _run(self) -> None:
        self._turn.acquire()
        try:
            self._job(self._desk)
        except Killed:
            pass
        except BaseException as error:  # noqa: BLE001 - it is raised again where the test waits
            self._broken = error
        self.finished = True
        self._back.release()

    def _watched(self, desk: Desk) -> Desk:
        def exchange(account: str, lane: Any) -> Any:
            return _Door(self, "exchange", desk.exchange(account, lane))

        doors: dict[str, Any] = {
            name: _Door(self, name, getattr(desk, name)) for name in _TROUBLE if name != "exchange"
        }
        return replace(desk, exchange=exchange, **doors)


class _Door:
    """A port behind which every call asks the stepper first."""

    def __init__(self, stepper: Stepper, name: str, port: Any) -> None:
        self._stepper, self._name, self._port = stepper, name, port

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._port, name)
        if not callable(method):
            return method

        def call(*args: Any, **keywords: Any) -> Any:
            fault = self._stepper.at_door()
            if fault is Fault.NOT_DONE:
                return self._fail(name, Unsent("no connection"))
            done = method(*args, **keywords)
            if fault is Fault.UNHEARD:
                return self._fail(name, Unclear("the answer was lost"))
            return done

        return call

    def _fail(self, name: str, answer: Unsent | Unclear) -> Unsent | Unclear:
        if (self._name, name) == ("exchange", "place"):
            return answer
        raise _TROUBLE[self._name](f"{self._name}.{name} failed")
