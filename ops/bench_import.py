#!/usr/bin/env python3
"""Measure what importing the producers' handles costs (`make bench-import`).

Each import runs in a process of its own, in turn, so that a busy moment hits all alike; the
median of the runs is told, beside `import celery`, which every producer has paid already.
"""

import statistics
import subprocess
import sys

RUNS = 15
ALLOWED_MS = 60.0
"""What the handles may cost more than `import celery`."""

CASES = {
    "import celery": "import celery",
    "from celery import Celery": "from celery import Celery",
    "from orderdesk.client import place_order": "from orderdesk.client import place_order",
}
_BASE, _, _OURS = CASES


def main() -> int:
    """Measure and tell; 1 if the handles cost too much."""
    times: dict[str, list[float]] = {name: [] for name in CASES}
    for _ in range(RUNS):
        for name, code in CASES.items():
            times[name].append(cost_ms(code))
    medians = {name: statistics.median(found) for name, found in times.items()}
    for name, median in medians.items():
        say(f"{name:<42} {median:7.1f} ms")
    more = medians[_OURS] - medians[_BASE]
    say(f"the handles cost {more:+.1f} ms more than {_BASE!r} (allowed: {ALLOWED_MS:g} ms)")
    return 0 if more < ALLOWED_MS else 1


def cost_ms(code: str) -> float:
    """Return how long a fresh interpreter takes for some code, in ms."""
    timed = f"import time; began = time.perf_counter(); {code}; print(time.perf_counter() - began)"
    command = [sys.executable, "-c", timed]
    run = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - ours
    return float(run.stdout) * 1_000


def say(text: str) -> None:
    """Write a line."""
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
