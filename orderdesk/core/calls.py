"""What a request to a venue came to, in one frozen record; what it means is the listener's."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VenueCall:
    """One request that was sent, or was to be."""

    endpoint: str
    """Its name in the venue's table of costs, like `GET /api/v3/order`; never a query."""
    took_ms: int
    error: str = ""
    """Empty for a usable answer (not found is one); else the venue's own code, `HTTP_<status>`
    where it sent none, `NO_ANSWER`, or `UNSENT` if provably no byte left."""


TellCall = Callable[[VenueCall], None]


def tell_nobody(_call: VenueCall) -> None:
    """Be told of a call, and do nothing about it."""
