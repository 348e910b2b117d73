"""What a bench found, as a page with tables."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ops.bench import picture
from ops.bench.figures import quantile, spread
from ops.bench.trials import Trial, Trip
from ops.bench.using import Used

DESK = "orderdesk"

Told = Callable[[Trial], float]


@dataclass
class Measured:
    """All trials, round by round."""

    paced: dict[tuple[str, float], list[Trial]] = field(default_factory=dict)
    full: dict[str, list[Trial]] = field(default_factory=dict)
    idle: dict[str, list[Used]] = field(default_factory=dict)
    """What each used within the seconds before its trials, round by round."""
    memory_mb: dict[str, float] = field(default_factory=dict)

    def beyond_idle(self, name: str) -> list[Trial]:
        """Return the trials of full queues without what the same time costs when idle."""
        pairs = zip(self.full[name], self.idle[name], strict=True)
        return [replace(trial, spent=trial.spent.beyond(idle)) for trial, idle in pairs]


def to_receipt_ms(trip: Trip) -> float:
    """Return what it took from the call to the exchange's receipt, to a whole ms there."""
    return (trip.receipt_us - trip.called_us) / 1_000


def to_result_ms(trip: Trip) -> float:
    """Return what it took from the call until the result was heard."""
    return (trip.result_us - trip.called_us) / 1_000


def written(found: Measured, folder: Path) -> str:
    """Write the page to a folder; return it."""
    folder.mkdir(parents=True, exist_ok=True)
    text = "\n".join([*_latencies(found), "", *_throughput(found), ""])
    (folder / "report.md").write_text(text)
    picture.drawn(_medians(found), folder / "bench.png")
    return text


def _latencies(found: Measured) -> list[str]:
    lines = [
        "Latency in ms: the median of the rounds (and from where to where they went).",
        "",
        "| orders/s | | to receipt p50 | p95 | p99 | to result p50 | p95 | p99 |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for (name, per_s), rounds in sorted(found.paced.items(), key=lambda item: item[0][1]):
        cells = [
            spread([quantile([way(t) for t in trial.trips], share) for trial in rounds])
            for way in (to_receipt_ms, to_result_ms)
            for share in (0.5, 0.95, 0.99)
        ]
        lines.append(f"| {per_s:g} | {name} | {' | '.join(cells)} |")
    return lines


COLUMNS: Sequence[tuple[str, Told]] = (
    ("orders/s", lambda t: t.orders_per_s),
    ("placing CPU ms", lambda t: t.spent.placing_cpu_ms / len(t.trips)),
    ("all CPU ms", lambda t: t.spent.cpu_ms / len(t.trips)),
    ("producer ms", lambda t: t.producer_cpu_ms / len(t.trips)),
    ("Redis CPU ms", lambda t: t.spent.redis_cpu_ms / len(t.trips)),
    ("Redis commands", lambda t: t.spent.redis_commands / len(t.trips)),
    ("Redis reads", lambda t: t.spent.redis_reads / len(t.trips)),
    ("Redis bytes", lambda t: t.spent.redis_bytes / len(t.trips)),
)


def _throughput(found: Measured) -> list[str]:
    names = " | ".join(name for name, _ in COLUMNS)
    lines = [
        "With the queue full, per order, beyond what the same time costs when idle:",
        "",
        f"| | {names} | worker MB |",
        "|---|" + "---|" * (len(COLUMNS) + 1),
    ]
    for name in found.full:
        rounds = found.beyond_idle(name)
        cells = [spread([told(trial) for trial in rounds]) for _, told in COLUMNS]
        memory = found.memory_mb.get(name)
        cells.append("–" if memory is None else f"{memory:.0f}")
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def _medians(found: Measured) -> dict[str, dict[str, float]]:
    """Return what is drawn: by figure and contender, the median of the rounds."""
    drawn: dict[str, dict[str, float]] = {}
    for name in found.full:
        rounds = found.beyond_idle(name)
        drawn.setdefault("orders/s, queue full", {})[name] = quantile(
            [trial.orders_per_s for trial in rounds], 0.5
        )
        drawn.setdefault("CPU ms per order", {})[name] = quantile(
            [trial.spent.cpu_ms / len(trial.trips) for trial in rounds], 0.5
        )
    slowest = min(per_s for _, per_s in found.paced)
    for (name, per_s), trials in found.paced.items():
        if per_s == slowest:
            drawn.setdefault(f"ms to receipt, p50 at {per_s:g}/s", {})[name] = quantile(
                [quantile([to_receipt_ms(t) for t in trial.trips], 0.5) for trial in trials], 0.5
            )
    return drawn
