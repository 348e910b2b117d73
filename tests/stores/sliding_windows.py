"""Caps held against a log of admissions by brute force: every window, every pool."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from orderdesk.core.tokens import Caps, Cost


@dataclass(frozen=True)
class Sent:
    """One request, at the time it may leave."""

    at_us: int
    cost: Cost


def overflows(log: Sequence[Sent], caps: Caps) -> list[str]:
    """Name every window that holds more than its pool allows.

    A window is as long as its pool's span and begins with a request: one that begins
    elsewhere holds no more than the one that begins with the next request.
    """
    return [
        f"{name}: {used} of {cap} from {first.at_us} µs on"
        for name, cap, span_us, taken in _pools(log, caps)
        for first, used in _windows(log, span_us, taken)
        if used > cap
    ]


def _pools(log: Sequence[Sent], caps: Caps) -> Iterator[tuple[str, int, int, list[int]]]:
    yield "requests/s", caps.requests_per_s, 1_000_000, [1 for _ in log]
    yield "orders/s", caps.orders_per_s, 1_000_000, [sent.cost.orders for sent in log]
    yield "weight/10 s", caps.weight_per_10_s, 10_000_000, [sent.cost.weight for sent in log]
    for name, cap in caps.endpoints_per_s:
        yield name, cap, 1_000_000, [int(sent.cost.name == name) for sent in log]


def _windows(log: Sequence[Sent], span_us: int, taken: list[int]) -> Iterator[tuple[Sent, int]]:
    for first in log:
        end_us = first.at_us + span_us
        inside = (
            units
            for sent, units in zip(log, taken, strict=True)
            if first.at_us <= sent.at_us < end_us
        )
        yield first, sum(inside)
