"""Which caps hold: named and dated, for MEXC lets nobody ask (exchangeInfo.rateLimits is empty)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

Scope = Literal["ip", "uid"]
# What a cap adds up: requests, weight in either pool, orders with cancels, or the requests of one
# endpoint, which is then written out as method and path.
REQUESTS, IP_WEIGHT, UID_WEIGHT, ORDERS = "requests", "ip_weight", "uid_weight", "orders"

_SECOND_MS, _TEN_SECONDS_MS = 1_000, 10_000


class CapsMisspelled(ValueError):
    """Raised for a profile or a cap that there is not: (what is wrong, and what there is)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """At most `limit` of what it counts in any `span_ms`, for each address or each account."""

    name: str
    counts: str
    scope: Scope
    limit: int
    span_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The caps that hold together, and what becomes of those who pass them.

    Past a cap the answer is 429 until there is room. Whoever meets `ban_after` of them within
    `ban_span_ms` is banned for `ban_ms`, twice as long each time, up to `longest_ban_ms` (418).
    Past the `firewall` the answer is a page of HTML (403) until there is room, or always JSON
    when it is None.
    """

    name: str
    source: str
    caps: tuple[Cap, ...]
    firewall: Cap | None
    ban_after: int = 10
    ban_span_ms: int = 60_000
    ban_ms: int = 120_000
    longest_ban_ms: int = 3 * 86_400_000

    def with_limits(self, limits: Mapping[str, int]) -> "Profile":
        """Give the same profile with other limits, by the name of a cap; `firewall` is one too.

        Raises:
            CapsMisspelled: no such cap, or a limit below 1.
        """
        known = [*self.caps, *([] if self.firewall is None else [self.firewall])]
        if unknown := set(limits) - {cap.name for cap in known}:
            names = ", ".join(cap.name for cap in known)
            raise CapsMisspelled(f"no such cap: {', '.join(sorted(unknown))}; there are {names}")
        if low := [cap for cap, limit in limits.items() if limit < 1]:
            raise CapsMisspelled(f"a limit must be 1 or more: {', '.join(low)}")
        caps = [replace(cap, limit=limits.get(cap.name, cap.limit)) for cap in known]
        return replace(
            self,
            caps=tuple(caps[: len(self.caps)]),
            firewall=None if self.firewall is None else caps[-1],
        )


def _endpoint(counts: str, limit: int) -> Cap:
    return Cap(name=counts, counts=counts, scope="uid", limit=limit, span_ms=_SECOND_MS)


def _profile(
    name: str, source: str, *, orders: int, requests: int, ip_weight: int, uid_weight: int,
    account: int, batch: int, firewall: int | None,
) -> Profile:  # fmt: skip
    second, ten = _SECOND_MS, _TEN_SECONDS_MS
    return Profile(
        name=name,
        source=source,
        caps=(
            Cap(name="orders_per_s", counts=ORDERS, scope="uid", limit=orders, span_ms=second),
            Cap(name="requests_per_s", counts=REQUESTS, scope="ip", limit=requests, span_ms=second),
            Cap(name="weight_per_10_s", counts=IP_WEIGHT, scope="ip", limit=ip_weight, span_ms=ten),
            Cap(
                name="uid_weight_per_10_s",
                counts=UID_WEIGHT,
                scope="uid",
                limit=uid_weight,
                span_ms=ten,
            ),
            _endpoint("GET /api/v3/account", account),
            _endpoint("POST /api/v3/batchOrders", batch),
        ),
        firewall=None
        if firewall is None
        else Cap(name="firewall", counts=REQUESTS, scope="ip", limit=firewall, span_ms=5_000),
    )


DEFAULT_PROFILE = "mexc-2026-09"

PROFILES: dict[str, Profile] = {
    # Orders 12/s a UID and 20 requests/s in all: MEXC support to JKorf/Mexc.Net#42, 2026-01-07,
    # and the docs as read on 2026-09-25. 300 weight an address and 500 a UID in 10 s:
    # api-evangelist/mexc, 2026-06-13, and the same reading. Account and batchOrders 2 calls/s:
    # MEXC spot v3 docs, Jan 2026. Firewall: trips at 20 to 30 requests/s sustained or a burst of
    # about 120 (same reading, measured): 120 in 5 s is both. Bans: 2 minutes growing to 3 days
    # (MEXC spot v3 docs, "Limits", Jan 2026); after how many 429 is documented nowhere.
    DEFAULT_PROFILE: _profile(
        DEFAULT_PROFILE,
        "MEXC support 2026-01-07; api-evangelist/mexc 2026-06-13; docs as read on 2026-09-25",
        orders=12, requests=20, ip_weight=300, uid_weight=500, account=2, batch=2, firewall=120,
    ),
    # For tests and fault campaigns: 50 times MEXC's, still held.
    "campaign": _profile(
        "campaign",
        "none: 50 times mexc-2026-09, to drive many workers against caps that still hold",
        orders=600, requests=1_000, ip_weight=15_000, uid_weight=25_000, account=100, batch=100,
        firewall=None,
    ),
}  # fmt: skip


def profile(name: str, numbers: Mapping[str, int] | None = None) -> Profile:
    """Give a profile by name, with other numbers for some of its caps.

    Args:
        name: a key of `PROFILES`.
        numbers: limits by the name of a cap; `firewall` is one too.

    Raises:
        CapsMisspelled: no such profile, no such cap, or a limit below 1.
    """
    if name not in PROFILES:
        raise CapsMisspelled(f"{name!r} is no profile: choose one of {', '.join(PROFILES)}")
    return PROFILES[name].with_limits(numbers or {})


def read_numbers(words: list[str]) -> dict[str, int]:
    """Read limits from words such as `orders_per_s=40`.

    Raises:
        CapsMisspelled: a word has another form.
    """
    numbers = {}
    for word in words:
        name, _, limit = word.rpartition("=")
        if not name or not limit.isdecimal():
            raise CapsMisspelled(f"{word!r} must be NAME=NUMBER")
        numbers[name] = int(limit)
    return numbers
