"""Wait for a slot of the shared throttle: sleep to a near one, go back to the queue for a far."""

from orderdesk.core.tokens import Cost, Lane
from orderdesk.errors import NotYet
from orderdesk.flows import patience
from orderdesk.ports import Clock, Throttle


class Pacer:
    """Called with a request's cost before its bytes leave; returns when its slot has come.

    Raises `NotYet` if no slot is near enough, `StoreUnavailable` if the throttle is away:
    either way nothing may be sent.
    """

    def __init__(
        self, throttle: Throttle, clock: Clock, *, account: str, lane: Lane, sleep_bound_ms: int
    ) -> None:
        self._throttle = throttle
        self._clock = clock
        self._account = account
        self._lane = lane
        self._sleep_bound_ms = sleep_bound_ms

    def __call__(self, cost: Cost) -> None:
        """Take a slot and wait for it."""
        left_ms = patience.at_least(self._sleep_bound_ms)
        while True:
            slot = self._throttle.book(self._account, cost, self._lane)
            if slot.booked:
                self._clock.sleep_ms(slot.wait_ms)
                return
            if slot.wait_ms > left_ms:
                raise NotYet(f"no slot for {cost.name} within {left_ms} ms", slot.wait_ms)
            left_ms -= max(slot.wait_ms, 1)
            self._clock.sleep_ms(max(slot.wait_ms, 1))
