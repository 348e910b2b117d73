"""A window that slides: what arrived in the last so many microseconds."""

from collections import deque


class Window:
    """Adds up costs over (t - span, t]; two arrivals exactly one span apart never share one."""

    __slots__ = ("_arrivals", "_span_us", "used")

    def __init__(self, span_us: int) -> None:
        """Start empty; `span_us` is the width in microseconds."""
        self._span_us = span_us
        self._arrivals: deque[tuple[int, int]] = deque()
        self.used = 0

    def add(self, cost: int, *, at_us: int) -> int:
        """Take in an arrival; give what the window that ends with it holds."""
        self._forget(at_us)
        self._arrivals.append((at_us, cost))
        self.used += cost
        return self.used

    def room_at_us(self, cost: int, *, limit: int) -> int:
        """Give the stamp from which on `cost` more fits under `limit`, if nothing else arrives."""
        kept = cost
        # From the newest: at most `limit` steps, however much was sent on top of it.
        for at_us, spent in reversed(self._arrivals):
            kept += spent
            if kept > limit:
                return at_us + self._span_us
        return 0

    def _forget(self, now_us: int) -> None:
        while self._arrivals and self._arrivals[0][0] <= now_us - self._span_us:
            self.used -= self._arrivals.popleft()[1]
