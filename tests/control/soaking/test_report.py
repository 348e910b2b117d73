"""The report says whether the soak passed, and every figure it passed or failed on."""

from dataclasses import replace
from typing import Any

import pytest

from orderdesk.control.soaking.figures import Counts, Use
from orderdesk.control.soaking.report import Soak, text_of

GOOD = Soak(
    minutes=10,
    counts=Counts(placed=2_000, by_status={"place_order FILLED": 2_000}, errors=("one",)),
    deaths=(),
    uses=[Use("placing", 100.0, 101.0, 0.5, 30, 31)],
    drift={"BTC": "0", "USDT": "0"},
    findings={},
    redis_keys=(90, 120),
    ledger_bytes=(1_000, 2_049_000),
)


def test_report_when_all_is_well_then_it_passed_with_its_figures() -> None:
    """Crashes, error rate, drift, memory, files, keys, ledger: nothing is left out."""
    text = text_of(GOOD)
    assert GOOD.passed
    assert "**Passed.**" in text
    for figure in (
        "0.050% (1 of 2000)",
        "0 on BTC, USDT",
        "90 → 120",
        "1.0 kB an order",
        "| placing | 100.0 | 101.0 | +0.5 | +84 | 30 → 31 |",
        "memory.svg",
        "- one",
    ):
        assert figure in text


@pytest.mark.parametrize(
    "change",
    [
        {"deaths": ("beat 7",)},
        {"drift": {"BTC": "0.001"}},
        {"counts": Counts(placed=1_000, errors=("one",))},
    ],
)
def test_report_when_something_is_wrong_then_it_did_not_pass(change: dict[str, Any]) -> None:
    """A crash, one error in a thousand, or a book that differs."""
    soak = replace(GOOD, **change)
    assert not soak.passed
    assert "**NOT passed.**" in text_of(soak)
