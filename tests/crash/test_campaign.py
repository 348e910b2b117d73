"""The fault campaign in its short form: every boundary struck, and the promise kept."""

from pathlib import Path

import pytest

from tests.crash.trying import tried

pytestmark = [pytest.mark.processes, pytest.mark.begun_first]

SEED = 20_261_126
"""Any seed must pass; `make chaos-sweep` tries others. This one makes a failure repeatable."""

INTENTS = 500


def test_campaign_when_everything_breaks_then_nothing_contradicts_the_promise(
    tmp_path: Path,
) -> None:
    """One intent, at most one order; nothing lost, no false end, no fill missing or twice.

    Held by `judge.LAWS` over the simulator's own book; `make chaos SEED=… N=500` repeats it.
    """
    said: list[str] = []
    verdict = tried(SEED, INTENTS, say=said.append, folder=tmp_path / "chaos")
    facts = verdict.facts
    assert verdict.passed, "\n".join(
        [
            *said,
            *[f"{f['law']}: {f['key']} {f['detail']}" for f in facts["findings"]],
            *facts["shortfalls"],
            *verdict.explained,
        ]
    )
    assert facts["intents"] >= INTENTS
