"""The report of a campaign: figures that can be quoted, as JSON and as a page."""

import json
import os
import platform
import subprocess
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.crash import picture
from tests.crash.campaign import Campaign
from tests.crash.evidence import Evidence, Row
from tests.crash.judge import LAWS, Finding
from tests.crash.nursery import CHECKOUT

_QUESTIONS = (
    "GET /api/v3/order",
    "GET /api/v3/openOrders",
    "GET /api/v3/allOrders",
    "GET /api/v3/myTrades",
)


def figures(
    campaign: Campaign,
    evidence: Evidence,
    findings: Sequence[Finding],
    *,
    took_s: float,
    ran: str,
) -> dict[str, Any]:
    """Return everything the report says; `ran` names the commit that ran."""
    statuses = Counter(row["status"] for row in evidence.ledger.intents)
    by_law = Counter(finding.law for finding in findings)
    orders = Counter(row["clientOrderId"] for row in evidence.book.orders)
    return {
        "passed": not findings and not _shortfalls(campaign),
        "seed": campaign.plan.seed,
        "commit": ran,
        "machine": machine(),
        "caps": campaign.house.settings.caps,
        "took_s": round(took_s),
        "rest_s": round(campaign.quiet_s),
        "intents": len(evidence.keys),
        "attempts": len(evidence.ledger.attempts),
        "sent": len(evidence.sent),
        "orders": len(evidence.book.orders),
        "orders_per_intent_max": max(orders.values(), default=0),
        "ends": dict(sorted(statuses.items())),
        "laws": {law: by_law[law] for law in LAWS},
        "quarantined": [_explained(row) for row in _in_state(evidence, "QUARANTINED")],
        "gone_with_redis_and_repeated": sorted(campaign.lost_with_redis),
        "ended_before_a_restore": sorted(evidence.ended_before_a_restore),
        "calls_repeated_by_producers": campaign.producing.repeated_calls,
        **_struck(campaign),
        "resolution_ms": _resolution(campaign, evidence),
        "requests": dict(sorted(evidence.book.requests.items())),
        "extra_requests_per_order": _extra(evidence),
        "cap_overshoot": evidence.book.overshoots,
        "shortfalls": _shortfalls(campaign),
        "findings": [asdict(finding) for finding in findings],
    }


def _struck(campaign: Campaign) -> dict[str, Any]:
    """Return what the campaign did to the desk."""
    return {
        "points": dict(sorted(campaign.hits().items())),
        "points_goal": campaign.plan.goal,
        "acts": dict(sorted(campaign.acts_done.items())),
        "second_desks_that_started": sum(code != 1 for code in campaign.second_desks),
        "troubles": dict(sorted(_troubles(campaign).items())),
        "deaths": dict(sorted(campaign.house.deaths.items())),
    }


def write(facts: Mapping[str, Any], folder: Path) -> None:
    """Write `report.json`, `report.md` and `report.svg`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_text(json.dumps(facts, indent=2, default=str) + "\n")
    (folder / "report.md").write_text(page(facts))
    (folder / "report.svg").write_text(picture.drawn(facts))


def page(facts: Mapping[str, Any]) -> str:
    """Return the report as a page of Markdown."""
    verdict = "passed" if facts["passed"] else "FAILED"
    lines = [
        f"# Fault campaign, seed {facts['seed']}: {verdict}",
        "",
        (
            f"Commit {facts['commit']}, on {facts['machine']}. {facts['took_s']} s, of which "
            f"{facts['rest_s']} s until everything was at rest. Caps: {facts['caps']}."
        ),
        "",
        "![Time to resolution](report.svg)",
        "",
        *table(("what", "count"), _headline(facts)),
        "",
        "## What contradicts the promise",
        *table(("law", "findings"), facts["laws"].items()),
        *[f"- **{f['law']}** {f['key']}: {f['detail']}" for f in facts["findings"][:50]],
        *[f"- {text}" for text in facts["shortfalls"]],
        "",
        "## How often each boundary was hit",
        *table(("fault point", "hit"), facts["points"].items()),
        "",
        "## What befell the whole desk",
        *table(("act", "times"), facts["acts"].items()),
        "",
        "## Time from the call to the answer, by fault",
        *table(
            ("fault", "orders", "p50 ms", "p99 ms"),
            [(name, r["count"], r["p50"], r["p99"]) for name, r in facts["resolution_ms"].items()],
        ),
    ]
    return "\n".join(lines) + "\n"


def commit() -> str:
    """Name the checkout's commit, with a mark if files were changed since."""
    words = ("git", "-C", str(CHECKOUT), "describe", "--always", "--dirty", "--abbrev=12")
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return done.stdout.strip()


def machine() -> str:
    """Say on what it ran."""
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"


def _headline(facts: Mapping[str, Any]) -> list[tuple[str, Any]]:
    laws = facts["laws"]
    return [
        ("intents", facts["intents"]),
        ("attempts written", facts["attempts"]),
        ("orders sent", facts["sent"]),
        ("orders in the exchange's book", facts["orders"]),
        ("orders per intent, at most", facts["orders_per_intent_max"]),
        ("lost", laws["lost"] + laws["no end"]),
        ("false ends", laws["false end"]),
        ("fills missing, twice or wrong", laws["fills"] + laws["sums"]),
        ("quarantined", len(facts["quarantined"])),
        ("gone with an emptied Redis, repeated", len(facts["gone_with_redis_and_repeated"])),
        ("boundaries struck", sum(facts["points"].values())),
        ("extra requests per order", facts["extra_requests_per_order"]),
        ("cap overshoot", facts["cap_overshoot"]),
    ]


def table(head: Sequence[str], rows: Any) -> list[str]:
    """Return a table of Markdown, line by line."""
    body = [f"| {' | '.join(str(cell) for cell in row)} |" for row in rows]
    return [f"| {' | '.join(head)} |", "|" + "---|" * len(head), *body]


def _shortfalls(campaign: Campaign) -> list[str]:
    missing = Counter(dict.fromkeys(campaign.points, campaign.plan.goal)) - campaign.hits()
    texts = [f"{point} was hit {count} times too few" for point, count in missing.items()]
    return texts + [f"a second desk started (exit {c})" for c in campaign.second_desks if c != 1]


def _troubles(campaign: Campaign) -> Counter[str]:
    return Counter(intent.name for intent in campaign.producing.called.values())


def _in_state(evidence: Evidence, status: str) -> list[Row]:
    return [row for row in evidence.ledger.intents if row["status"] == status]


def _explained(row: Row) -> dict[str, str]:
    return {"key": row["idempotency_key"], "reason": str(row["reason"])}


def _resolution(campaign: Campaign, evidence: Evidence) -> dict[str, dict[str, int]]:
    """From the call to the first thing the desk knew for certain, by what befell the order."""
    times: defaultdict[str, list[int]] = defaultdict(list)
    for row in evidence.ledger.intents:
        intent = campaign.producing.called.get(row["idempotency_key"])
        known_ms = row["acknowledged_ms"] or row["ended_ms"]
        if intent is not None and known_ms is not None:
            times[intent.name].append(max(0, known_ms - row["received_ms"]))
    return {name: _percentiles(sorted(values)) for name, values in sorted(times.items())}


def _percentiles(values: Sequence[int]) -> dict[str, int]:
    last = len(values) - 1
    return {"count": len(values), "p50": values[last // 2], "p99": values[round(last * 0.99)]}


def _extra(evidence: Evidence) -> float:
    questions = sum(evidence.book.requests.get(name, 0) for name in _QUESTIONS)
    return round(questions / max(1, len(evidence.book.orders)), 2)
