"""Wait for a slot of the shared throttle: sleep to a near one, go back to the queue for a far."""

from dataclasses import dataclass

from orderdesk.core.pools import LATE_MS
from orderdesk.core.tokens import Cost, Lane
from orderdesk.errors import NotYet
from orderdesk.flows import patience
from orderdesk.ports import Clock, Slot, Throttle, Waiting


@dataclass(frozen=True, slots=True)
class Taken:
    """A slot that was taken, and when it is at the earliest (ms, the host's monotonic clock)."""

    slot: Slot
    at_ms: int


class Pacer:
    """Called with a request's cost before its bytes leave; returns when its slot has come.

    Raises `NotYet` if no slot is near enough, `StoreUnavailable` if the throttle is away:
    either way nothing may be sent.
    """

    def __init__(
        self,
        throttle: Throttle,
        clock: Clock,
        *,
        account: str,
        lane: Lane,
        sleep_bound_ms: int,
        late_ms: int = LATE_MS,
    ) -> None:
        self._throttle = throttle
        self._clock = clock
        self._account = account
        self._lane = lane
        self._sleep_bound_ms = sleep_bound_ms
        self._late_ms = late_ms

    def __call__(self, cost: Cost) -> Taken:
        """Take a slot and be there in time; a slot that was missed is given up for a new one."""
        return self._take(cost, patience.at_least(self._sleep_bound_ms), None)

    def renew(self, cost: Cost, taken: Taken, *, by_ms: int) -> Taken:
        """Return a slot that is not missed by now: the one at hand, or else a new one.

        Args:
            cost: the same request's.
            taken: what was taken for it.
            by_ms: on the host's monotonic clock; a slot that is farther away is no use.

        Raises:
            NotYet: there is none until then; the request must not be sent.
        """
        now_ms = self._clock.monotonic_ms()
        if self._in_time(taken, now_ms):
            return taken
        return self._take(cost, max(0, by_ms - now_ms), taken.slot)

    def _take(self, cost: Cost, bound_ms: int, before: Slot | None) -> Taken:
        begun_ms = self._clock.monotonic_ms()
        while True:
            asked_ms = self._clock.monotonic_ms()
            waited_ms = asked_ms - begun_ms
            left_ms = max(0, bound_ms - waited_ms)
            slot = self._throttle.book(
                self._account, cost, self._lane, Waiting(left_ms, waited_ms, before)
            )
            if not slot.booked and slot.wait_ms > left_ms:
                raise NotYet(f"no slot for {cost.name} within {bound_ms} ms", slot.wait_ms)
            self._clock.sleep_ms(slot.wait_ms if slot.booked else max(slot.wait_ms, 1))
            taken = Taken(slot, asked_ms + slot.wait_ms)
            if slot.booked and self._in_time(taken, self._clock.monotonic_ms()):
                return taken
            if waited_ms > bound_ms:
                raise NotYet(f"too late for every slot for {cost.name} in {bound_ms} ms", bound_ms)
            before = slot

    def _in_time(self, taken: Taken, now_ms: int) -> bool:
        return now_ms - taken.at_ms <= self._late_ms
