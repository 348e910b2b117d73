"""What a request costs and what a venue allows, as data; and the spacing that follows."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


class Lane(StrEnum):
    """Who goes first when budget is short, most urgent first."""

    CANCEL = "CANCEL"
    RESOLVE = "RESOLVE"
    PLACE = "PLACE"
    POLL = "POLL"


@dataclass(frozen=True, slots=True)
class Cost:
    """What one request takes from the pools it counts in."""

    name: str
    """The endpoint, like `GET /api/v3/order`; it also names the endpoint's own cap."""
    weight: int = 1
    """IP weight."""
    orders: int = 0
    """How many orders or cancels it counts as in the account's pool."""


@dataclass(frozen=True, slots=True)
class Caps:
    """What a venue allows, as whole numbers per span; `endpoints` caps single endpoints per s."""

    profile: str
    orders_per_s: int
    requests_per_s: int
    weight_per_10_s: int
    endpoints_per_s: tuple[tuple[str, int], ...] = ()


def spacing_us(cost: Cost, caps: Caps, buffer: Fraction) -> int:
    """Return how long (µs) a single shared line must rest after a request of this cost.

    The tightest of its pools decides: the simplest right throttle, which pays with some
    unused budget. All but the last request of a window stay below buffer × cap; what a
    heavy last one sticks out by is waited for by the throttle itself (`throttle_line.rests`).

    Args:
        cost: what the request takes.
        caps: what the venue allows.
        buffer: the share of every cap that we use, above 0 and at most 1.

    Raises:
        ValueError: for a buffer outside that range.
    """
    if not 0 < buffer <= 1:
        raise ValueError(f"buffer {buffer} must be above 0 and at most 1 (RATE_LIMIT_BUFFER)")
    shares = [
        Fraction(1, caps.requests_per_s),
        Fraction(10 * cost.weight, caps.weight_per_10_s),
        Fraction(cost.orders, caps.orders_per_s),
    ]
    shares += [Fraction(1, cap) for name, cap in caps.endpoints_per_s if name == cost.name]
    exact = max(shares) / buffer * 1_000_000
    return -(-exact.numerator // exact.denominator)
