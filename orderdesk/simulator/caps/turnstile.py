"""Where every request passes first: counted always, and turned away when the caps are held.

What is turned away counts as well: whoever hammers stays outside. That is this simulator's
decision, the strictest reading; MEXC documents nothing of it.
"""

from collections import Counter, deque
from dataclasses import dataclass

from orderdesk.simulator.caps.bans import Bans
from orderdesk.simulator.caps.count import Arrival, Count
from orderdesk.simulator.caps.profiles import Profile

RATE_LIMITED, BANNED, FIREWALLED = 429, 418, 403
# So much of the past is kept arrival by arrival: an hour and a half of MEXC's 20 requests/s.
KEPT_ARRIVALS = 100_000
_US_PER_S = 1_000_000


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """Why a request was not let in: HTTP status, seconds to wait (None: not told), the cap."""

    status: int
    retry_after_s: int | None
    cap: str


class Turnstile:
    """Counts arrivals against a profile; with `holds` false it counts and lets everybody in."""

    def __init__(self, profile: Profile, *, holds: bool) -> None:
        """Start counting."""
        self.configure(profile, holds=holds)

    def configure(self, profile: Profile, *, holds: bool) -> None:
        """Begin anew with these caps: no counts, no bans."""
        self.profile, self.holds = profile, holds
        self.requests: Counter[str] = Counter()
        self.turned_away: Counter[int] = Counter()
        # (stamp in us, endpoint, uid, status if it was turned away else 0), as they came.
        self.arrivals: deque[tuple[int, str, str, int]] = deque(maxlen=KEPT_ARRIVALS)
        self._bans = Bans(profile)
        self._counts = [Count(cap) for cap in profile.caps]
        self._firewall = None if profile.firewall is None else Count(profile.firewall)

    def arrive(self, arrival: Arrival) -> TurnedAway | None:
        """Count a request; say why it may not come in, None if it may."""
        self.requests[arrival.endpoint] += 1
        walled = self._firewall is not None and self._firewall.add(arrival)
        passed = [count for count in self._counts if count.add(arrival)]
        verdict = self._judge(arrival, passed, walled=walled) if self.holds else None
        status = 0 if verdict is None else verdict.status
        self.arrivals.append((arrival.at_us, arrival.endpoint, arrival.uid, status))
        if verdict is not None:
            self.turned_away[status] += 1
        return verdict

    def report(self) -> dict[str, object]:
        """Give every count, as JSON can hold it."""
        firewall = [] if self._firewall is None else [self._firewall]
        return {
            "profile": self.profile.name,
            "source": self.profile.source,
            "holds": self.holds,
            "requests": sum(self.requests.values()),
            "by_endpoint": dict(self.requests),
            "turned_away": {str(status): count for status, count in self.turned_away.items()},
            "overshoots": sum(count.overshoots for count in self._counts),
            "caps": [count.report() for count in [*self._counts, *firewall]],
        }

    def _judge(self, arrival: Arrival, passed: list[Count], *, walled: bool) -> TurnedAway | None:
        if walled:
            return TurnedAway(FIREWALLED, None, "firewall")
        banned_until_us = self._bans.until_us(arrival.address)
        if banned_until_us > arrival.at_us:
            return TurnedAway(BANNED, _seconds(banned_until_us - arrival.at_us), "ban")
        if not passed:
            return None
        room_at_us, cap = max((count.room_at_us(arrival), count.cap.name) for count in passed)
        until_us = self._bans.note_refusal(arrival.address, at_us=arrival.at_us)
        if until_us:
            return TurnedAway(BANNED, _seconds(until_us - arrival.at_us), cap)
        return TurnedAway(RATE_LIMITED, _seconds(room_at_us - arrival.at_us), cap)


def _seconds(span_us: int) -> int:
    """Round up to whole seconds, at least one: Retry-After knows no parts of a second."""
    return max(1, -(-span_us // _US_PER_S))
