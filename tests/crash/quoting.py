"""`python -m tests.crash.quoting`: put the last report's figures into docs/reliability.md.

Only a campaign that passed is quoted, and what stands between the two marks is replaced.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.crash.nursery import CHECKOUT
from tests.crash.report import table

BEGIN, END = "<!-- figures -->\n", "<!-- /figures -->\n"
PAGE = CHECKOUT / "docs" / "reliability.md"


def quoted(page: str, facts: Mapping[str, Any]) -> str:
    """Return the page with these figures in the place of the old ones.

    Raises:
        ValueError: the campaign failed, or the page has no place for figures.
    """
    if not facts["passed"]:
        raise ValueError(f"seed {facts['seed']} failed: only a campaign that passed is quoted")
    marked = re.compile(f"{BEGIN}.*?{END}", re.DOTALL)
    if len(marked.findall(page)) != 1:
        raise ValueError(f"the page must have one place between {BEGIN!r} and {END!r}")
    return marked.sub(lambda _: BEGIN + figures(facts) + END, page)


def figures(facts: Mapping[str, Any]) -> str:
    """Return what is quoted of a report."""
    head = (
        f"The last good run: seed {facts['seed']}, commit {facts['commit']}, {facts['machine']}, "
        f"{facts['took_s']} s, of which {facts['rest_s']} s until all was at rest; "
        f"caps `{facts['caps']}`."
    )
    times = [(name, r["count"], r["p50"], r["p99"]) for name, r in facts["resolution_ms"].items()]
    parts = [
        head,
        "",
        *table(("what", "count"), _counted(facts)),
        "",
        "How often each boundary was struck, and what befell the whole desk:",
        "",
        ", ".join(f"{point} {count}" for point, count in facts["points"].items()) + ".",
        "",
        ", ".join(f"{act} {count}" for act, count in facts["acts"].items()) + ".",
        "",
        "Time from the call to the first certain answer:",
        "",
        *table(("fault", "orders", "p50 ms", "p99 ms"), times),
    ]
    return "\n".join(parts) + "\n"


def _counted(facts: Mapping[str, Any]) -> list[tuple[str, int]]:
    laws, points = facts["laws"], facts["points"]
    killed = sum(count for how, count in facts["deaths"].items() if how.endswith(" SIGKILL"))
    return [
        ("intents called for", facts["intents"]),
        ("attempts written", facts["attempts"]),
        ("orders sent", facts["sent"]),
        ("orders in the exchange's book", facts["orders"]),
        ("orders per intent, at most", facts["orders_per_intent_max"]),
        *((f"findings: {law}", count) for law, count in laws.items()),
        ("quarantined", len(facts["quarantined"])),
        (
            "gone with an emptied Redis before they had a row, each repeated by its producer",
            len(facts["gone_with_redis_and_repeated"]),
        ),
        ("ended unplaced in a ledger that was replaced", len(facts["ended_before_a_restore"])),
        ("boundaries struck", sum(points.values())),
        ("each boundary at least", min(points.values())),
        ("processes killed (SIGKILL)", killed),
        ("questions per order in the book", facts["extra_requests_per_order"]),
        ("requests beyond a cap", facts["cap_overshoot"]),
    ]


def main(report: Path = CHECKOUT / "var" / "chaos" / "report.json") -> None:
    """Quote the last report on the page."""
    PAGE.write_text(quoted(PAGE.read_text(), json.loads(report.read_text())))


if __name__ == "__main__":
    main()
