"""What a request costs and what a venue allows, as data. How it is shared out: `pools.py`."""

from dataclasses import dataclass
from enum import StrEnum


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
