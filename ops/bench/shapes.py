"""Workers and pools: the desk beside Celery with ccxt, both in the same shape, in turn.

Run it as `python -m ops.bench.shapes`; `make bench` runs it behind the contenders.
"""

import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from ops.bench import rival, trials
from ops.bench.contender import Contender, Shape
from ops.bench.desk import running_desk
from ops.bench.figures import quantile, spread
from ops.bench.rig import say
from ops.bench.using import memory_mb
from orderdesk.simulator.running import running_simulator
from orderdesk.stores.embedded_redis import running_redis

SHAPES = (
    Shape(1, "threads", 4), Shape(1, "threads", 16), Shape(2, "threads", 8),
    Shape(4, "threads", 4), Shape(1, "prefork", 2), Shape(1, "prefork", 4),
)  # fmt: skip
LATENCY_MS = 5
FULL = 200


def measured(shape: Shape, rounds: int) -> str:
    """Measure one shape; return its row."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        simulator = stack.enter_context(
            running_simulator(folder / "simulator", latency_ms=LATENCY_MS, caps="campaign")
        )
        servers = [stack.enter_context(running_redis(folder / name)) for name in ("desk", "ccxt")]
        both: list[Contender] = [
            stack.enter_context(running_desk(folder / "desk", servers[0], simulator, shape)),
            stack.enter_context(
                rival.running_rival(rival.CCXT, folder / "ccxt", servers[1], simulator, shape)
            ),
        ]
        paces: list[list[float]] = [[], []]
        for one in both:
            trials.at_pace(one, simulator, per_s=10, count=20)
        for _ in range(rounds):
            for one, found in zip(both, paces, strict=True):
                found.append(trials.queue_full(one, simulator, count=FULL).orders_per_s)
        memory = memory_mb(both[0].placing) / shape.workers
    ratio = quantile(paces[0], 0.5) / quantile(paces[1], 0.5)
    cells = f"{spread(paces[0])} | {spread(paces[1])} | {ratio:.2f} | {memory:.0f}"
    return f"| {shape.workers} × {shape.pool} of {shape.concurrency} | {cells} |"


def told(rows: Sequence[str]) -> list[str]:
    """Return the rows as a table."""
    head = "| workers | orderdesk, orders/s | Celery + ccxt | ratio | MB a worker |"
    return [head, "|---|---|---|---|---|", *rows]


def main() -> int:
    """Measure every shape, and tell."""
    rows = []
    for shape in SHAPES:
        rows.append(measured(shape, rounds=2))
        say(rows[-1])
    return 0


if __name__ == "__main__":
    sys.exit(main())
