"""Signals become a flag that every wait looks at, so that nothing is cut in half by one."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_LOOK_S = 0.05
_STDIN = 0


class StopAsked(Exception):
    """Raised by a wait when a signal has asked to stop: not an error, the way out."""


class Stopping:
    """What signals have asked for so far."""

    def __init__(self, *, heeds_terminal: bool) -> None:
        self._heard = 0
        # A closed terminal only signals the leader of its session, which may be `make`.
        self._heeds_terminal = heeds_terminal and os.isatty(_STDIN)

    @property
    def asked(self) -> bool:
        """True from the first signal on, or when the terminal this began in is gone."""
        return self._heard > 0 or (self._heeds_terminal and not os.isatty(_STDIN))

    def hurried(self) -> bool:
        """Tell whether a second signal asked not to wait any longer."""
        return self._heard > 1

    def hear(self, _number: int, _frame: FrameType | None) -> None:
        """Note a signal; this is the handler."""
        self._heard += 1

    def check(self) -> None:
        """Raise `StopAsked` if a signal came."""
        if self.asked:
            raise StopAsked

    def wait(self, duration_s: float) -> None:
        """Wait, but raise `StopAsked` as soon as a signal came."""
        deadline = time.monotonic() + duration_s
        self.check()
        while (left := deadline - time.monotonic()) > 0:
            time.sleep(min(left, _LOOK_S))
            self.check()


@contextmanager
def stopping_on_signals() -> Iterator[Stopping]:
    """Listen to Ctrl-C, to a polite kill and to a terminal that closes, for a block."""
    # nohup means: go on without the terminal.
    heeds_terminal = signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN
    numbers = [signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if heeds_terminal else [])]
    stopping = Stopping(heeds_terminal=heeds_terminal)
    before = {number: signal.signal(number, stopping.hear) for number in numbers}
    try:
        yield stopping
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
