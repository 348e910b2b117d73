"""How the throttle is used, for whoever looks at it: its pools, its lanes, a closed time."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from orderdesk.core.tokens import Lane


@dataclass(frozen=True, slots=True)
class PoolNow:
    """One pool of the venue, as it is used now."""

    name: str
    used: int
    """Units in the span that ends now."""
    booked: int
    """Units of slots that lie ahead."""
    cap: int
    """What the venue allows in a span; the desk uses its buffer's share of it."""
    span_ms: int


@dataclass(frozen=True, slots=True)
class LaneNow:
    """What became of a lane's requests since the throttle's data began."""

    given: int = 0
    waited_ms: int = 0
    """All waits of the given slots together."""
    missed: int = 0
    """Slots that were given back, because their senders woke too late."""
    refused: int = 0
    """Requests that went back to the queue, because no slot was near."""


@dataclass(frozen=True, slots=True)
class Overview:
    """The throttle as an operator sees it."""

    pools: tuple[PoolNow, ...]
    """Every pool that a request of the account can count in; some are the whole address'."""
    buffer: Fraction
    """The share of every cap that the desk uses, above 0 and at most 1."""
    lanes: Mapping[Lane, LaneNow]
    closed_ms: int
    """How long nothing is given yet because nothing was known of the pools; 0: it is known."""
