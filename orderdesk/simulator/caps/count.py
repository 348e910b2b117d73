"""The count of one cap: its windows, the fullest one there ever was, and how often it was passed.

The fullest window of a span is found among those that end with an arrival, so looking at every
arrival misses none.
"""

from dataclasses import dataclass, field

from orderdesk.simulator.caps.costs import Cost
from orderdesk.simulator.caps.profiles import IP_WEIGHT, ORDERS, REQUESTS, UID_WEIGHT, Cap
from orderdesk.simulator.caps.windows import Window

_US_PER_MS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One request at the door: when (microseconds), what, and from whom.

    `uid` is empty when the request names no account. `cost` is what the table says of it.
    """

    at_us: int
    endpoint: str
    address: str
    uid: str
    cost: Cost


@dataclass(slots=True)
class Count:
    """What was counted for one cap since the start or the last reset."""

    cap: Cap
    total: int = 0
    peak: int = 0
    peak_at_us: int = 0
    peak_of: str = ""
    overshoots: int = 0
    _windows: dict[str, Window] = field(default_factory=dict)

    def add(self, arrival: Arrival) -> bool:
        """Take in an arrival; say whether the window is fuller than the cap now."""
        cost = _cost(self.cap, arrival)
        holder = self._holder(arrival)
        if cost == 0 or not holder:
            return False
        window = self._windows.get(holder)
        if window is None:
            window = self._windows[holder] = Window(self.cap.span_ms * _US_PER_MS)
        used = window.add(cost, at_us=arrival.at_us)
        self.total += cost
        if used > self.peak:
            self.peak, self.peak_at_us, self.peak_of = used, arrival.at_us, holder
        if used <= self.cap.limit:
            return False
        self.overshoots += 1
        return True

    def room_at_us(self, arrival: Arrival) -> int:
        """Give the stamp from which on there is room again for what was taken in."""
        window = self._windows[self._holder(arrival)]
        return window.room_at_us(_cost(self.cap, arrival), limit=self.cap.limit)

    def report(self) -> dict[str, object]:
        """Give it as JSON can hold it."""
        return {
            "name": self.cap.name,
            "counts": self.cap.counts,
            "scope": self.cap.scope,
            "limit": self.cap.limit,
            "span_ms": self.cap.span_ms,
            "total": self.total,
            "peak": self.peak,
            "peak_at_us": self.peak_at_us,
            "peak_of": self.peak_of,
            "overshoots": self.overshoots,
        }

    def _holder(self, arrival: Arrival) -> str:
        return arrival.address if self.cap.scope == "ip" else arrival.uid


def _cost(cap: Cap, arrival: Arrival) -> int:
    if cap.counts == REQUESTS:
        return 1
    if cap.counts == IP_WEIGHT:
        return arrival.cost.ip_weight
    if cap.counts == UID_WEIGHT:
        return arrival.cost.uid_weight
    if cap.counts == ORDERS:
        return arrival.cost.orders
    return 1 if cap.counts == arrival.endpoint else 0
