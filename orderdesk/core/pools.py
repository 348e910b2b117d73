"""How much of which pool a request takes, and how pools are shared out in time.

A venue counts in sliding windows: at most so many units in any span. Here a request becomes
draws, one a pool, and each draw names two rules that a throttle holds it to:

- the *window*, which is hard: never more than `held_units` in any `held_us`. It is what keeps
  the venue's cap, whatever the mix of requests and whoever asks.
- the *pace*, which is fair: units come one `rest` after another, on average exactly cap × buffer.
  A lane may run ahead of it by its share (`LANES`); so nobody but a cancel empties a pool at once,
  and the next unit is never farther away than a rest.

Pure. The booking itself must be one step for all processes (`stores/throttle.lua`).
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from orderdesk.core.tokens import Caps, Cost, Lane

LATE_MS = 20
"""A sender that is later for its slot than this gives it up: late senders would bunch."""

JITTER_MS = 20
"""How much closer two requests may arrive than they were sent: a network's ± 10 ms."""

UNSPARED_MS = 65
"""Beside `LATE_MS`: how much longer than the venue's span a window is that holds the whole cap.

Then nothing but this keeps the venue from counting one too many, and after its slot an order is
still written down before it leaves. At a buffer of 1 it costs 7.8 % of a cap per second.
A window that holds fewer units than the cap, because of the buffer, needs `JITTER_MS` only."""


@dataclass(frozen=True, slots=True)
class LaneRule:
    """How urgent a lane is, in figures."""

    reach_ms: int
    """How far ahead it may book. The nearer a lane must stay, the sooner it is sent away, so
    placements and polls never push a cancel farther than their own reach and one rest."""
    ahead: Fraction
    """How far it may run ahead of a pool's pace, as a share of what the pool gives in a span.
    The rest of the window is left to the more urgent."""
    looks: int
    """What it may do while the venue's circuit is open: 0 waits, 1 looks whether the venue is
    back, 2 passes. An order never looks: without an answer it would be in doubt."""


LANES: Mapping[Lane, LaneRule] = {
    Lane.POLL: LaneRule(100, Fraction(1, 16), looks=1),
    Lane.PLACE: LaneRule(300, Fraction(1, 8), looks=0),
    Lane.RESOLVE: LaneRule(500, Fraction(1, 4), looks=1),
    Lane.CANCEL: LaneRule(1_000, Fraction(1), looks=2),
}

LONGEST_REACH_MS = max(rule.reach_ms for rule in LANES.values())


@dataclass(frozen=True, slots=True)
class Draw:
    """What one request takes from one pool, and the rules it is held to there."""

    pool: str
    units: int
    held_units: int
    held_us: int
    rest_us: int
    """How much this request moves the pool's pace on."""
    span_us: int
    """How long the pool takes to give out the whole cap, at its pace."""

    def ahead_us(self, lane: Lane) -> int:
        """Return how far (µs) a lane may run ahead of the pace."""
        return int(self.span_us * LANES[lane].ahead)


@dataclass(frozen=True, slots=True)
class Pool:
    """What the venue counts: at most `cap` units in any span."""

    name: str
    cap: int
    span_s: int


def pools_of(account: str, caps: Caps) -> tuple[Pool, ...]:
    """Return every pool that a request of an account can count in."""
    return (
        Pool(f"orders/{account}", caps.orders_per_s, 1),
        Pool("requests", caps.requests_per_s, 1),
        Pool("weight", caps.weight_per_10_s, 10),
        *(Pool(f"{name}/{account}", cap, 1) for name, cap in caps.endpoints_per_s),
    )


@functools.lru_cache(maxsize=1_024)
def draws(
    account: str, cost: Cost, caps: Caps, buffer: Fraction, late_ms: int = LATE_MS
) -> tuple[Draw, ...]:
    """Return what a request takes, from every pool at once.

    Args:
        account: whose orders and endpoints are counted; the other pools are the IP address'.
        cost: what the request takes.
        caps: what the venue allows.
        buffer: the share of every cap that is used, above 0 and at most 1.
        late_ms: how late for its slot a sender may be.

    Raises:
        ValueError: for a buffer outside that range, or a request larger than a whole pool.
    """
    if not 0 < buffer <= 1:
        raise ValueError(f"buffer {buffer} must be above 0 and at most 1 (RATE_LIMIT_BUFFER)")
    units = {f"orders/{account}": cost.orders, "requests": 1, "weight": cost.weight}
    units[f"{cost.name}/{account}"] = 1
    pools = [(p.name, units.get(p.name, 0), p.cap, p.span_s) for p in pools_of(account, caps)]
    share = _Share(buffer, late_ms)
    return tuple(_draw(cost, *pool, share) for pool in pools if pool[1] > 0)


def unknown_ms(caps: Caps, late_ms: int = LATE_MS) -> int:
    """Return how long to hold back when nothing is known of the pools: every window is full.

    The lost pools may have given slots as far ahead as the longest reach.
    """
    longest_s = 10 if caps.weight_per_10_s else 1
    return longest_s * 1_000 + late_ms + UNSPARED_MS + LONGEST_REACH_MS


def _draw(cost: Cost, pool: str, units: int, cap: int, span_s: int, share: "_Share") -> Draw:
    if units > cap:
        raise ValueError(f"{cost.name} takes {units} of {pool}, which has {cap} in {span_s} s")
    window = _window(cap, span_s, share, at_least=1)
    # A request that is larger than what is usually held gets a window of its own, as long as
    # it takes to earn so much.
    held_units, held_us = _window(cap, span_s, share, at_least=units)
    span_us = max(span_s * 1_000_000 / share.buffer, window[1] * Fraction(cap, window[0]))
    return Draw(pool, units, held_units, _up(held_us), _up(span_us * units / cap), _up(span_us))


@dataclass(frozen=True, slots=True)
class _Share:
    buffer: Fraction
    late_ms: int


def _window(cap: int, span_s: int, share: _Share, *, at_least: int) -> tuple[int, Fraction]:
    """Return how many units are held to how long a window (µs)."""
    used = cap * share.buffer
    spared_ms = share.late_ms + JITTER_MS
    # The fewest units whose window can be longer than the venue's and still give out the budget.
    units = max(min(cap, _up(used + used * spared_ms / (span_s * 1_000))), at_least)
    guard_ms = share.late_ms + UNSPARED_MS if units >= cap else spared_ms
    earned_us = units * span_s * 1_000_000 / used
    return units, max(Fraction((span_s * 1_000 + guard_ms) * 1_000), earned_us)


def _up(exact: Fraction) -> int:
    return -(-exact.numerator // exact.denominator)
