"""One trial of one contender: orders at a pace, or as many as a full queue lets through."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from ops.bench.contender import Contender
from ops.bench.rig import standing_still, until
from ops.bench.using import Used, used
from orderdesk.simulator.running import RunningSimulator

_SETTLED_S = 0.3


@dataclass(frozen=True, slots=True)
class Trip:
    """One order, in µs of this host's clock; the exchange's book knows whole ms."""

    called_us: int
    returned_us: int
    receipt_us: int
    result_us: int


@dataclass(frozen=True, slots=True)
class Trial:
    """What one trial measured."""

    trips: Sequence[Trip]
    spent: Used
    producer_cpu_ms: float
    orders_per_s: float
    """Between the first tenth and the end of what the exchange received."""


def at_pace(one: Contender, simulator: RunningSimulator, *, per_s: float, count: int) -> Trial:
    """Call so many times a second, whether or not earlier orders came through."""
    before, cpu_s = _used(one), time.process_time()
    begun_s = time.monotonic()
    calls = []
    for n in range(count):
        time.sleep(max(0.0, begun_s + n / per_s - time.monotonic()))
        calls.append(_called(one))
    return _ended(one, simulator, calls, before=before, cpu_s=cpu_s)


def queue_full(one: Contender, simulator: RunningSimulator, *, count: int) -> Trial:
    """Fill the queue while the placing workers stand still; then let them go."""
    before, cpu_s = _used(one), time.process_time()
    with standing_still(one.placing):
        calls = [_called(one) for _ in range(count)]
    return _ended(one, simulator, calls, before=before, cpu_s=cpu_s)


def idle(one: Contender, for_s: float) -> Used:
    """Let it do nothing; return what that costs."""
    before = _used(one)
    time.sleep(for_s)
    return _used(one).since(before)


def _used(one: Contender) -> Used:
    return used(one.pids, one.placing, one.redis)


def _called(one: Contender) -> tuple[str, int, int]:
    called_us = time.time_ns() // 1_000
    channel = one.submit()
    return channel, called_us, time.time_ns() // 1_000


def _ended(
    one: Contender,
    simulator: RunningSimulator,
    calls: Sequence[tuple[str, int, int]],
    *,
    before: Used,
    cpu_s: float,
) -> Trial:
    heard = one.hearing.heard
    until(lambda: all(call[0] in heard for call in calls), f"{one.name}: results are missing")
    time.sleep(_SETTLED_S)
    spent = _used(one).since(before)
    producer_cpu_ms = (time.process_time() - cpu_s) * 1_000
    received = {order["clientOrderId"]: order["time"] for order in simulator.door.state()["orders"]}
    trips = []
    for channel, called_us, returned_us in calls:
        result_us, said = heard.pop(channel)
        name = one.order_name(channel, said)
        if name not in received:
            raise SystemExit(f"bench: {one.name}: the exchange has no {name}; it said {said}")
        receipt_us = int(received[name]) * 1_000
        trips.append(Trip(called_us, returned_us, receipt_us, result_us))
    one.clear()
    return Trial(trips, spent, producer_cpu_ms, _pace(trips))


def _pace(trips: Sequence[Trip]) -> float:
    """Return orders a second, without the first tenth: there workers still come to their pace."""
    receipts = sorted(trip.receipt_us for trip in trips)
    begin = len(receipts) // 10
    span_us = receipts[-1] - receipts[begin]
    return (len(receipts) - 1 - begin) * 1_000_000 / max(span_us, 1_000)
