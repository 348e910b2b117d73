"""A process that tells some metrics and then does as it is told: end, fork, or wait to be killed.

Called with a folder and what to do; says "told" when it has told.
"""

import os
import sys
from pathlib import Path

from orderdesk.telemetry.metrics import table
from orderdesk.telemetry.metrics.files import MetricFiles


def tell(files: MetricFiles) -> None:
    """Tell one of each kind."""
    files.add(table.EVENTS, ("ORDER_NEW",))
    files.observe(table.ORDER_DURATION, 0.3)
    files.set(table.PROCESSES, 1.0, ("worker",))
    files.set(table.TASK_DONE, 1_000.0 + os.getpid(), ("sweep_intents",))


def main(folder: str, then: str) -> None:
    """Tell, and do it."""
    files = MetricFiles(Path(folder))
    tell(files)
    if then == "fork":
        for _ in range(3):
            if os.fork() == 0:
                tell(files)
                os._exit(0)
            os.wait()
    sys.stdout.write(f"told {os.getpid()}\n")
    sys.stdout.flush()
    if then == "wait":
        sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
