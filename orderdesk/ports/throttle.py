"""The throttle as the desk needs it: one for every process, and it answers with a time."""

from dataclasses import dataclass
from typing import Protocol

from orderdesk.core.throttle_use import Overview
from orderdesk.core.tokens import Cost, Lane


@dataclass(frozen=True, slots=True)
class Slot:
    """The throttle's answer. `booked` False: nothing was taken, come back after `wait_ms`."""

    wait_ms: int
    booked: bool
    mark: int = 0
    """The slot by the throttle's own clock (µs), or the place in line; to be shown again."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How somebody stands who asks."""

    patience_ms: int = 0
    """How long it would wait to be told to come back. Who would not wait gets no place in line."""
    waited_ms: int = 0
    before: Slot | None = None
    """The answer it got before: its place in line, or a slot it could not use and gives back."""


NOT_WAITING = Waiting()
ADDRESS = "ip"
"""Who is paused when the venue means everybody behind one IP address."""


class Throttle(Protocol):
    """One throttle for every process. Raises `StoreUnavailable`: then no request leaves."""

    def book(self, account: str, cost: Cost, lane: Lane, waiting: Waiting = NOT_WAITING) -> Slot:
        """Take the next slot of this lane from all pools of a request, or say when to come back.

        First come, first served among those of a lane who wait.
        """

    def pause(self, whom: str, for_ms: int, reason: str, *, again_ms: int = 0) -> int:
        """Give no slot to anybody for so long; a longer pause is never shortened.

        Args:
            whom: an account, or `ADDRESS` for everybody behind this IP address.
            for_ms: how long.
            reason: shown to the operator.
            again_ms: how long it lasts at least if the last pause has only just ended; twice as
                long each time after that. 0: it does not grow.

        Returns:
            How long it lasts from now on (ms).
        """

    def pause_left(self, account: str) -> tuple[int, str] | None:
        """Return how long nobody of an account gets a slot (ms) and why: its own pause, the
        address', or the venue's open circuit.
        """

    def overview(self, account: str) -> Overview:
        """Return how the pools of an account and of the address are used now; takes nothing."""

    def heard(self, *, answered: bool, reason: str = "") -> int:
        """Note that the venue answered, or that it did not.

        So many failures in a row open its circuit: nothing but cancels leaves, then one question
        at a time to see whether it is back, and everything again at the first answer.

        Returns:
            How long the circuit was opened for just now (ms), else 0.
        """
