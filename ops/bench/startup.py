"""How long a start takes: the client's import, the CLI, a worker. Each has a budget.

Run it as `python -m ops.bench.startup`; `make bench` runs it behind the contenders.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from ops.bench.desk import running_desk
from ops.bench.figures import quantile, spread
from ops.bench.rig import CHECKOUT, say
from orderdesk.simulator.running import running_simulator
from orderdesk.stores.embedded_redis import running_redis

ROUNDS = 7
BUDGETS_MS = {
    "import orderdesk.client, beyond import celery": 60.0,
    "orderdesk --help": 1_000.0,
    "orderdesk settings": 1_500.0,
    "a whole desk, until its first order is answered": 15_000.0,
}
"""Ours; the first is the design's."""


def measured() -> dict[str, list[float]]:
    """Return the ms of every round, by what was started."""
    ways: Sequence[Callable[[], float]] = (
        lambda: _run("-c", "import orderdesk.client") - _run("-c", "import celery"),
        lambda: _run("-m", "orderdesk", "--help"),
        lambda: _run("-m", "orderdesk", "settings"),
    )
    found: dict[str, list[float]] = {name: [] for name in BUDGETS_MS}
    *short, desk = BUDGETS_MS
    for _ in range(ROUNDS):
        for name, way in zip(short, ways, strict=True):
            found[name].append(way())
    found[desk] = [_desk_ms() for _ in range(2)]
    return found


def _run(*words: str) -> float:
    begun_s = time.perf_counter()
    subprocess.run([sys.executable, *words], cwd=CHECKOUT, capture_output=True, check=True)  # noqa: S603 - our own modules
    return (time.perf_counter() - begun_s) * 1_000


def _desk_ms() -> float:
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        with running_redis(folder) as redis, running_simulator(folder / "simulator") as simulator:
            begun_s = time.perf_counter()
            with running_desk(folder, redis, simulator) as desk:
                channel = desk.submit()
                while channel not in desk.hearing.heard:
                    time.sleep(0.01)
                return (time.perf_counter() - begun_s) * 1_000


def told(found: dict[str, list[float]]) -> list[str]:
    """Return what was found as a table."""
    lines = ["| start of | ms | budget |", "|---|---|---|"]
    for name, times in found.items():
        kept = quantile(times, 0.5) <= BUDGETS_MS[name]
        lines.append(
            f"| {name} | {spread(times)} | {BUDGETS_MS[name]:g}{'' if kept else ', NOT kept'} |"
        )
    return lines


def main() -> int:
    """Measure and tell; 1 if a budget was not kept."""
    lines = told(measured())
    say("\n".join(lines))
    return int(any("NOT kept" in line for line in lines))


if __name__ == "__main__":
    sys.exit(main())
