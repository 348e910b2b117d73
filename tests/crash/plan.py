"""PURE: one seed in, everything that the campaign will ask for and break out.

The same seed and size give the same plan, order by order. What the machine makes of it (which
worker takes what, and when) is not in the seed's hand.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_UP, Decimal
from typing import Any

from tests.crash.points import Act, Point
from tests.crash.troubles import TROUBLES, Trouble

VALID_FOR_MS = 15 * 60_000
"""Longer than any fault: expiry is a fault of its own, with intents of its own."""

TOO_SHORT_MS = 3_500
"""With a window of 3,000 ms only an order that is taken up at once is still in time."""


@dataclass(frozen=True, slots=True)
class Coin:
    """What the plan must know of a symbol to ask for sane orders."""

    symbol: str
    price: Decimal
    tick: Decimal
    lot: Decimal


COINS = (
    Coin("BTCUSDT", Decimal(60_000), Decimal("0.01"), Decimal("0.000001")),
    Coin("ETHUSDT", Decimal(3_000), Decimal("0.01"), Decimal("0.0001")),
    Coin("SOLUSDT", Decimal(150), Decimal("0.01"), Decimal("0.001")),
    Coin("LINKUSDT", Decimal(15), Decimal("0.001"), Decimal("0.01")),
)

_RESTS, _CROSSES = Decimal("0.90"), Decimal("1.02")
_TYPES = (
    ("LIMIT", "rests", 24),
    ("LIMIT", "crosses", 14),
    ("LIMIT_MAKER", "rests", 12),
    ("MARKET", "crosses", 18),
    ("IMMEDIATE_OR_CANCEL", "crosses", 16),
    ("FILL_OR_KILL", "crosses", 16),
)
_ROUTINE = {"repeat": 5, "conflict": 0.7, "cancel first": 1.5, "expires": 1, "poll": 1}
"""What producers do besides, in percent of the intents without another trouble."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One intent: what is asked for, and what will happen to it."""

    key: str
    fields: Mapping[str, Any]
    trouble: Trouble | None = None
    routine: str = ""
    cancel: bool = False
    """Its producer cancels it some time after."""

    @property
    def name(self) -> str:
        """What befalls it, for the report."""
        return self.trouble.name if self.trouble else self.routine or "none"


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything of one campaign."""

    seed: int
    intents: tuple[Planned, ...]
    acts: tuple[tuple[int, str], ...]
    """(after so many intents, what happens), in order."""
    goal: int
    """How often each fault point must be hit."""
    kills: tuple[str, ...] = field(default=())
    """Reasons of the kill switches, one for each that is pulled."""


ONCE_A_CYCLE = (
    (0.04, "second beat"),
    (0.07, "worker stopped"),
    (0.09, "price swing"),
    (0.13, "redis empty"),
    (0.26, "redis killed"),
    (0.31, "half-open connection"),
    (0.36, "redelivery"),
    (0.50, "ledger locked"),
    (0.55, "unreadable message"),
    (0.59, "ledger gone"),
    (0.64, "simulator down"),
    (0.70, "second desk"),
    (0.78, "clock ahead"),
    (0.88, "clock behind"),
    (0.96, "ledger copied"),
    (0.99, "ledger restored"),
)
"""What befalls everybody, at which part of a cycle."""

CYCLE = 2_500
FULL_GOAL = 30
_STRIKES = (Act.KILL, Act.FAIL)
"""What counts as a boundary hit; who stands still there comes on top."""
FULL_SIZE = 10_000


def planned(seed: int, size: int) -> Plan:
    """Return the plan of a seed for so many intents.

    From `FULL_SIZE` intents on each fault point is hit `FULL_GOAL` times and more; below, in
    proportion, and once at least.
    """
    rng = random.Random(seed)
    goal = max(1, min(FULL_GOAL, FULL_GOAL * size // FULL_SIZE))
    troubles: list[Trouble | None] = list(_troubles(size, goal))
    troubles += [None] * (size - len(troubles))
    rng.shuffle(troubles)
    _slow_ones_first(troubles)
    intents = tuple(_intent(rng, seed, n, trouble) for n, trouble in enumerate(troubles))
    cycles = max(1, size // CYCLE)
    acts = [
        (round((n + part) * size / cycles), act)
        for n in range(cycles)
        for part, act in ONCE_A_CYCLE
    ]
    kills = tuple(f"chaos-{n}" for n in range(2 * goal))
    acts += [
        (round(size * (0.1 + 0.88 * n / len(kills))), "kill switch") for n in range(len(kills))
    ]
    return Plan(seed, intents, tuple(sorted(acts)), goal, kills)


def spare(seed: int, number: int, point: Point) -> Planned:
    """Return one more intent for a point that was not hit often enough."""
    rng = random.Random(f"{seed}-{number}-{point}")
    trouble = next(t for t in TROUBLES if t.point is point and t.act in _STRIKES)
    return _intent(rng, seed, 1_000_000 + number, trouble)


def _troubles(size: int, goal: int) -> Iterator[Trouble]:
    for trouble in TROUBLES:
        share = round(trouble.per_mille * size / 1_000)
        at_least = goal if trouble.point is not None and trouble.act in _STRIKES else 1
        yield from [trouble] * max(share, at_least)


def _slow_ones_first(troubles: list[Trouble | None]) -> None:
    """Let what takes the proof's time begin in the first half, so that nobody waits for it last."""
    half = len(troubles) // 2
    late = [n for n in range(half, len(troubles)) if (t := troubles[n]) is not None and t.slow]
    free = [n for n in range(half) if (t := troubles[n]) is None or not t.slow]
    for here, there in zip(late, free[:: max(1, len(free) // max(1, len(late)))], strict=False):
        troubles[here], troubles[there] = troubles[there], troubles[here]


def _intent(rng: random.Random, seed: int, number: int, trouble: Trouble | None) -> Planned:
    routine = "" if trouble else _routine(rng)
    must_rest = bool(trouble and trouble.rests)
    kinds = [kind for kind in _TYPES if not must_rest or kind[1] == "rests"]
    of_type, how, _ = rng.choices(kinds, [kind[2] for kind in kinds])[0]
    fields = _order(rng, of_type, how)
    key = f"s{seed}-{number}"
    fields |= {"idempotency_key": key, "valid_for_ms": VALID_FOR_MS}
    if routine == "expires":
        fields["valid_for_ms"] = TOO_SHORT_MS
    cancel = must_rest or (how == "rests" and rng.random() < 0.9)
    return Planned(key, fields, trouble, routine, cancel)


def _routine(rng: random.Random) -> str:
    draw = rng.random() * 100
    for name, share in _ROUTINE.items():
        draw -= share
        if draw < 0:
            return name
    return ""


def _order(rng: random.Random, of_type: str, how: str) -> dict[str, Any]:
    coin = rng.choice(COINS)
    side = rng.choice(("BUY", "SELL"))
    wanted = Decimal(rng.randint(600, 1_500)) / 100
    fields: dict[str, Any] = {"symbol": coin.symbol, "side": side, "type": of_type}
    if of_type == "MARKET" and side == "BUY":
        return {**fields, "quote_quantity": str(wanted)}
    fields["quantity"] = str((wanted / coin.price).quantize(coin.lot, ROUND_UP))
    if of_type == "MARKET":
        return fields
    away = _RESTS if how == "rests" else _CROSSES
    price = coin.price * (away if side == "BUY" else 2 - away)
    return {**fields, "price": str(price.quantize(coin.tick))}
