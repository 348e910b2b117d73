"""Who goes on after 429 is banned: which address, until when, and how long the next time."""

from collections import deque
from dataclasses import dataclass, field

from orderdesk.simulator.caps.profiles import Profile

_US_PER_MS = 1_000


@dataclass(slots=True)
class _Record:
    """What one address did: its latest 429s, its bans so far, and the end of the last one."""

    refused_us: deque[int] = field(default_factory=deque)
    bans: int = 0
    until_us: int = 0


class Bans:
    """The bans of a profile, by address; stamps are microseconds."""

    def __init__(self, profile: Profile) -> None:
        """Start with nobody banned."""
        self._profile = profile
        self._records: dict[str, _Record] = {}

    def until_us(self, address: str) -> int:
        """Give when the address's ban ends; 0 if it never had one."""
        record = self._records.get(address)
        return 0 if record is None else record.until_us

    def note_refusal(self, address: str, *, at_us: int) -> int:
        """Take note of a 429; give when the ban that it brought ends, 0 if it brought none."""
        record = self._records.setdefault(address, _Record())
        record.refused_us.append(at_us)
        while record.refused_us[0] <= at_us - self._profile.ban_span_ms * _US_PER_MS:
            record.refused_us.popleft()
        if len(record.refused_us) <= self._profile.ban_after:
            return 0
        length_ms = min(self._profile.ban_ms * 2**record.bans, self._profile.longest_ban_ms)
        record.refused_us.clear()
        record.bans += 1
        record.until_us = at_us + length_ms * _US_PER_MS
        return record.until_us
