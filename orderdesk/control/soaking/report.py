"""PURE: the report of a soak, as text for people; the same figures go into JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orderdesk.control.soaking.figures import Counts, Use

_MOST_ERRORS = 20


@dataclass(frozen=True, slots=True)
class Soak:
    """Everything that was measured."""

    minutes: float
    counts: Counts
    deaths: Sequence[str]
    uses: Sequence[Use]
    drift: Mapping[str, str]
    """By asset; 0 is the goal."""
    findings: Mapping[str, int]
    """Of the reconciliation at the end, by kind."""
    redis_keys: tuple[int, int]
    """At the end of the warm-up, and at the end."""
    ledger_bytes: tuple[int, int]
    """At the beginning and at the end."""

    @property
    def ledger_bytes_per_order(self) -> float:
        """What an order costs the ledger for ever."""
        before, after = self.ledger_bytes
        return (after - before) / self.counts.placed if self.counts.placed else 0.0

    @property
    def passed(self) -> bool:
        """Nothing died, hardly anything failed (below 0.1 %), and the books agree."""
        level = all(amount == "0" for amount in self.drift.values())
        return not self.deaths and self.counts.error_rate < 0.001 and level  # noqa: PLR2004 - S5 L228


def text_of(soak: Soak) -> str:
    """Return the report in Markdown."""
    counts = soak.counts
    drift = {asset: amount for asset, amount in soak.drift.items() if amount != "0"}
    rows = [
        ("crashes", f"{len(soak.deaths)} {', '.join(soak.deaths)}".strip()),
        ("orders placed", str(counts.placed)),
        ("error rate", f"{counts.error_rate:.3%} ({len(counts.errors)} of {counts.placed})"),
        ("drift", "0 on " + ", ".join(soak.drift) if not drift else str(drift)),
        ("findings of the last reconciliation", str(dict(soak.findings)) if soak.findings else "0"),
        (
            "Redis keys, after warm-up → end (results are kept a day)",
            f"{soak.redis_keys[0]} → {soak.redis_keys[1]}",
        ),
        ("ledger growth", f"{soak.ledger_bytes_per_order / 1024:.1f} kB an order"),
    ]
    lines = [
        f"# Soak: {soak.minutes:g} minutes of paper trading",
        "",
        f"**{'Passed' if soak.passed else 'NOT passed'}.** No crash, errors < 0.1 %, drift 0.",
        "",
        "| what | measured |",
        "|---|---|",
        *(f"| {name} | {value} |" for name, value in rows),
        "",
        "| process | MB after warm-up | MB at the end | slope MB/h | MB in 7 days so | files |",
        "|---|---|---|---|---|---|",
        *(_use(use) for use in soak.uses),
        "",
        "![memory of each process over time](memory.svg)",
        "",
        "A slope from minutes carries far: what still warms up looks like a leak. Longer is truer.",
        "",
        "| answer | times |",
        "|---|---|",
        *(f"| {status} | {times} |" for status, times in sorted(counts.by_status.items())),
    ]
    if counts.errors:
        lines += ["", "## Errors", *(f"- {error}" for error in counts.errors[:_MOST_ERRORS])]
    return "\n".join(lines) + "\n"


def _use(use: Use) -> str:
    return (
        f"| {use.name} | {use.first_mb:.1f} | {use.last_mb:.1f} | {use.slope_mb_per_h:+.1f} "
        f"| {use.week_mb:+.0f} | {use.files_first} → {use.files_last} |"
    )
