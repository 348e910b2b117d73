"""What a long past and a long queue cost: each beside a desk that has neither, in turn.

Run it as `python -m ops.bench.growth`; `make bench` runs it behind the contenders.
"""

import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from ops.bench import past, trials
from ops.bench.desk import Desk, running_desk
from ops.bench.figures import quantile, spread
from ops.bench.report import to_receipt_ms
from ops.bench.rig import say, standing_still, until
from orderdesk.simulator.running import RunningSimulator, running_simulator
from orderdesk.stores.embedded_redis import running_redis

ORDERS, MESSAGES = 1_000_000, 100_000
FLAT = 1.2
"""The design's (section 4): what has grown may cost so many times as much."""
LATENCY_MS = 5
PER_S, PACED, FULL = 10.0, 60, 150
WARM = 30
"""So many orders of a full queue are not counted: workers come to their pace."""


@dataclass(frozen=True, slots=True)
class Row:
    """One figure without and with what has grown, round by round."""

    name: str
    without: Sequence[float]
    grown: Sequence[float]
    more_is_better: bool = False

    @property
    def ratio(self) -> float:
        """How many times as much it costs; more than `FLAT` is no longer flat."""
        ratio = quantile(self.grown, 0.5) / quantile(self.without, 0.5)
        return 1 / ratio if self.more_is_better else ratio

    def told(self) -> str:
        """Return it as a row of a table, with what it costs in the middle."""
        cells = f"{spread(self.without)} | {spread(self.grown)} | {self.ratio:.2f}"
        return f"| {self.name} | {cells}{'' if self.ratio <= FLAT else ', NOT flat'} |"


@contextmanager
def two_desks() -> Iterator[tuple[RunningSimulator, Desk, Desk, Path]]:
    """Run two desks on one simulator; each has placed and cancelled. Gives the second's home."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        simulator = stack.enter_context(
            running_simulator(folder / "simulator", latency_ms=LATENCY_MS, caps="campaign")
        )
        desks = []
        for name in ("without", "grown"):
            own = folder / name
            redis = stack.enter_context(running_redis(own))
            desks.append(stack.enter_context(running_desk(own, redis, simulator)))
            trials.at_pace(desks[-1], simulator, per_s=PER_S, count=20)
        yield simulator, desks[0], desks[1], folder / "grown"


def measured(rounds: int) -> list[Row]:
    """Measure a long past, then a long queue."""
    with two_desks() as (simulator, without, grown, home):
        begun_s = time.monotonic()
        past.lived_through(home / "ledger-paper.db", ORDERS)
        say(f"{ORDERS:,} orders in the ledger, after {time.monotonic() - begun_s:.0f} s")
        rows = _long_past(simulator, without, grown, rounds)
        return [*rows, _long_queue(simulator, without, grown)]


def _long_past(simulator: RunningSimulator, without: Desk, grown: Desk, rounds: int) -> list[Row]:
    found: dict[str, dict[Desk, list[float]]] = {}

    def note(name: str, desk: Desk, value: float) -> None:
        found.setdefault(name, {}).setdefault(desk, []).append(value)

    for _ in range(rounds):
        for desk in (without, grown):
            paced = trials.at_pace(desk, simulator, per_s=PER_S, count=PACED)
            receipts = [to_receipt_ms(trip) for trip in paced.trips]
            note("ms to receipt, p50 at 10/s", desk, quantile(receipts, 0.5))
            full = trials.queue_full(desk, simulator, count=FULL)
            note("orders/s, queue full", desk, full.orders_per_s)
            note("placing CPU ms per order", desk, full.spent.placing_cpu_ms / FULL)
    what = f"with {ORDERS:,} orders in the ledger"
    return [
        Row(f"{name}, {what}", by[without], by[grown], more_is_better=name.startswith("orders/s"))
        for name, by in found.items()
    ]


def _long_queue(simulator: RunningSimulator, without: Desk, grown: Desk) -> Row:
    pace = {}
    for desk, waiting in ((without, 2 * FULL), (grown, MESSAGES)):
        with standing_still(desk.placing):
            past.queued(desk.redis, waiting)
            already = len(simulator.door.state()["orders"])
        pace[desk] = _pace(simulator, already)
        with standing_still(desk.placing):
            desk.redis.delete("placing")
    name = f"orders/s, with {MESSAGES:,} in the queue"
    return Row(name, [pace[without]], [pace[grown]], more_is_better=True)


def _pace(simulator: RunningSimulator, already: int) -> float:
    def came() -> list[int]:
        return sorted(order["time"] for order in simulator.door.state()["orders"])[already:]

    until(lambda: len(came()) >= WARM + FULL, "a full queue did not arrive")
    times = came()[WARM : WARM + FULL]
    return (FULL - 1) * 1_000 / max(times[-1] - times[0], 1)


def told(rows: Sequence[Row]) -> list[str]:
    """Return the rows as a table."""
    return [
        "| | without | grown | × the cost |",
        "|---|---|---|---|",
        *(row.told() for row in rows),
    ]


def main() -> int:
    """Measure and tell; 1 if something is not flat."""
    rows = measured(rounds=3)
    say("\n".join(told(rows)))
    return int(any(row.ratio > FLAT for row in rows))


if __name__ == "__main__":
    sys.exit(main())
