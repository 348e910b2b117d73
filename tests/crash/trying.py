"""A whole campaign from its seed to its verdict: for `make chaos`, for the sweep, for a test."""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orderdesk.simulator.venue import PAPER_ACCOUNT, PAPER_BALANCES
from tests.crash import report
from tests.crash.campaign import REST_S, Campaign
from tests.crash.evidence import Evidence, book_of, forgotten_at, ledger_at, sent_at, unplaced_at
from tests.crash.house import House, running_house, tended
from tests.crash.judge import Finding, judged
from tests.crash.nursery import CHECKOUT
from tests.crash.plan import planned

EXPLAINED = 3
"""So many findings are explained by the desk itself; the others have their keys in the report."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a campaign came to."""

    facts: dict[str, Any]
    explained: tuple[str, ...]
    """What `orderdesk explain` says of the first orders that something is wrong with."""

    @property
    def passed(self) -> bool:
        """True if nothing contradicts the promise, and every boundary was hit often enough."""
        return bool(self.facts["passed"])


def tried(
    seed: int,
    size: int,
    *,
    say: Callable[[str], None],
    minutes: float = 0,
    caps: str = "campaign",
    folder: Path | None = None,
    rest_s: float = REST_S,
) -> Verdict:
    """Run one campaign and judge it.

    Args:
        seed: decides the plan.
        size: how many intents.
        say: told how it goes.
        minutes: over how long the calls are spread, at least; 0 is as fast as it goes.
        caps: the profile of caps that desk and simulator hold.
        rest_s: how long all may take to come to rest, in seconds.
        folder: where its processes keep their files; a new one, removed if it passed, if None.
    """
    home = folder or Path(tempfile.mkdtemp(prefix="orderdesk-chaos-"))
    begun_s, ran = time.monotonic(), report.commit()
    with running_house(home / "desk", seed=seed, caps=caps) as house, tended(house):
        pace_s = minutes * 60 / size
        campaign = Campaign(house, planned(seed, size), say, pace_s=pace_s, rest_s=rest_s)
        campaign.run()
        house.stop_all()
        evidence = gathered(campaign)
        findings = judged(evidence)
        took_s = time.monotonic() - begun_s
        facts = report.figures(campaign, evidence, findings, took_s=took_s, ran=ran)
        verdict = Verdict(facts, _explained(house, findings))
    if verdict.passed and folder is None:
        shutil.rmtree(home)
    elif not verdict.passed:
        say(f"the desk's files are kept in {home}")
    return verdict


def gathered(campaign: Campaign) -> Evidence:
    """Read everything that the judge needs; nobody works any more."""
    house, producing = campaign.house, campaign.producing
    door = house.simulator.door
    return Evidence(
        book=book_of(door.state(trades=True), door.caps(), door.arrivals(), PAPER_ACCOUNT),
        ledger=ledger_at(house.ledger_path),
        forgotten_attempts=forgotten_at(campaign.forgotten_ledgers),
        ended_before_a_restore=unplaced_at(campaign.forgotten_ledgers),
        sent=sent_at(house.folder / "shared" / "sent.log"),
        keys=frozenset(producing.called),
        task_ids=producing.task_ids,
        conflicts=producing.conflicts,
        results=producing.results(),
        deposits=PAPER_BALANCES,
    )


def _explained(house: House, findings: Sequence[Finding]) -> tuple[str, ...]:
    keys = list(dict.fromkeys(finding.key for finding in findings if finding.key))
    return tuple(_explain(house, key) for key in keys[:EXPLAINED])


def _explain(house: House, key: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "orderdesk", "explain", key],
        cwd=CHECKOUT,
        env=dict(house.nursery.environ),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return f"orderdesk explain {key}\n{done.stdout}{done.stderr}"
