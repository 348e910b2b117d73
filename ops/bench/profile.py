"""Where a placing worker's time goes while its queue is full, by py-spy, as a table and a picture.

Run it as `python -m ops.bench.profile`; Linux lets only root, or whoever may trace, look into
another process. Sampled are threads that hold Python's lock, for that is what one process has
one of. Each sample counts for the part that its innermost known frame belongs to.
"""

import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path

from ops.bench import picture, trials
from ops.bench.desk import running_desk
from ops.bench.rig import CHECKOUT, say, standing_still
from orderdesk.simulator.running import running_simulator
from orderdesk.stores.embedded_redis import running_redis

LATENCY_MS = 5
ORDERS = 1_800
"""More than are placed while it is looked at."""
LOOKED_S, PER_S = 10, 200

PARTS: Mapping[str, str] = {
    "orderdesk/stores/ledger_sql/": "the ledger",
    "orderdesk/stores/": "throttle, price and other keys of Redis",
    "orderdesk/exchanges/": "the request to the exchange",
    "orderdesk/telemetry/": "audit file, events, metrics",
    "orderdesk/flows/": "flows: rules, reports",
    "orderdesk/": "commands checked, the rest of the desk",
    "tasks/": "commands checked, the rest of the desk",
    "celery/backends/": "Celery: storing the result",
    "celery/events/": "Celery: task events",
    "kombu/transport/": "Celery: its queue (take, note, acknowledge)",
    "kombu/": "Celery: around a task",
    "celery/": "Celery: around a task",
}
"""By the file of a frame; what is further up here goes first."""


def shares(folded: Iterable[str]) -> dict[str, float]:
    """Return each part's share of the samples in percent, the greatest first.

    Args:
        folded: lines of a stack, outermost frame first, and how often it was seen.
    """
    counted: Counter[str] = Counter()
    for line in folded:
        stack, _, count = line.rpartition(" ")
        counted[_part(stack.split(";"))] += int(count)
    total = counted.total() or 1
    return {part: 100 * count / total for part, count in counted.most_common()}


def _part(stack: list[str]) -> str:
    for frame in reversed(stack):
        for folder, part in PARTS.items():
            if f"({folder}" in frame:
                return part
    return "Python itself"


def recorded(path: Path) -> None:
    """Run a desk, fill its queue, and look into its placing worker."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        simulator = stack.enter_context(
            running_simulator(folder / "simulator", latency_ms=LATENCY_MS, caps="campaign")
        )
        redis = stack.enter_context(running_redis(folder / "desk"))
        # None of them may be refused: a refusal is another way.
        desk = stack.enter_context(
            running_desk(folder / "desk", redis, simulator, RISK_MAX_OPEN_ORDERS="none")
        )
        trials.at_pace(desk, simulator, per_s=10, count=20)
        with standing_still(desk.placing):
            for _ in range(ORDERS):
                desk.submit()
        subprocess.run(  # noqa: S603 - our own words
            [
                str(Path(sys.executable).with_name("py-spy")), "record", "--gil", "--format", "raw",
                "--rate", str(PER_S), "--duration", str(LOOKED_S), "--output", str(path),
                "--pid", str(desk.placing[0]),
            ],
            check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip


def main() -> int:
    """Look, tell, and keep the picture and the samples."""
    folder = CHECKOUT / "var" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    recorded(folder / "profile.txt")
    found = shares((folder / "profile.txt").read_text().splitlines())
    say("| part | % of the samples |\n|---|---|")
    for part, share in found.items():
        say(f"| {part} | {share:.1f} |")
    picture.drawn(
        {"% of a placing worker's time with Python's lock": found}, folder / "profile.png"
    )
    say(f"samples (for any flame graph) and picture: {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
