"""Random caps, and random mixes of requests that fit them."""

from dataclasses import dataclass
from fractions import Fraction

from hypothesis import strategies as st

from orderdesk.core.tokens import Caps, Cost, Lane

PLAIN, CAPPED = "GET /plain", "GET /capped"


@dataclass(frozen=True)
class Ask:
    """One request and how long nobody asks before it."""

    cost: Cost
    lane: Lane
    idle_ms: int
    misses: bool = False
    """True if it comes too late for its first slot, and takes a new one."""


@dataclass(frozen=True)
class Mix:
    """A venue, the share of it that is used, and what is asked for, in order."""

    caps: Caps
    buffer: Fraction
    asks: tuple[Ask, ...]


@st.composite
def mixes(draw: st.DrawFn, *, longest: int = 60) -> Mix:
    """Draw a venue and a mix for it; no single request is larger than its pool."""
    caps = Caps(
        "random",
        orders_per_s=draw(st.integers(1, 20)),
        requests_per_s=draw(st.integers(1, 30)),
        weight_per_10_s=draw(st.integers(5, 60)),
        endpoints_per_s=((CAPPED, draw(st.integers(1, 5))),),
    )
    buffer = Fraction(draw(st.integers(1, 20)), 20)
    asks = st.builds(
        Ask,
        cost=st.builds(
            Cost,
            name=st.sampled_from((PLAIN, CAPPED)),
            weight=st.integers(0, min(40, caps.weight_per_10_s)),
            orders=st.integers(0, min(5, caps.orders_per_s)),
        ),
        lane=st.sampled_from(Lane),
        idle_ms=st.one_of(st.just(0), st.integers(0, 3_000)),
        misses=st.booleans(),
    )
    drawn = draw(st.lists(asks, min_size=2, max_size=longest))
    return Mix(caps, buffer, tuple(drawn))
