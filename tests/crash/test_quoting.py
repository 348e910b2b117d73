"""What is published of a campaign is what its report says, and only if it passed."""

from typing import Any

import pytest

from tests.crash.quoting import BEGIN, END, PAGE, quoted

FACTS: dict[str, Any] = {
    "passed": True,
    "seed": 7,
    "commit": "abc",
    "machine": "2 cores",
    "took_s": 100,
    "rest_s": 20,
    "caps": "campaign",
    "intents": 502,
    "attempts": 372,
    "sent": 412,
    "orders": 391,
    "orders_per_intent_max": 1,
    "laws": {"lost": 0},
    "quarantined": [],
    "gone_with_redis_and_repeated": ["k"],
    "ended_before_a_restore": [],
    "points": {"sent": 31, "booked": 30},
    "acts": {"redis killed": 4},
    "deaths": {"placing SIGKILL": 41},
    "resolution_ms": {"none": {"count": 2, "p50": 5, "p99": 9}},
    "extra_requests_per_order": 2.5,
    "cap_overshoot": 0,
}


def test_figures_when_quoted_then_they_stand_where_the_old_ones_stood() -> None:
    """The rest of the page is left alone."""
    page = f"before\n{BEGIN}old\n{END}after\n"
    once = quoted(page, FACTS)
    assert once.startswith(f"before\n{BEGIN}The last good run: seed 7, commit abc, 2 cores")
    assert once.endswith(f"| none | 2 | 5 | 9 |\n{END}after\n")
    assert "| each boundary at least | 30 |" in once
    assert quoted(once, FACTS) == once


def test_figures_when_the_campaign_failed_then_they_are_not_quoted() -> None:
    """What is published is what holds."""
    with pytest.raises(ValueError, match="seed 7 failed"):
        quoted(PAGE.read_text(), {**FACTS, "passed": False})


def test_page_when_it_is_looked_at_then_it_has_one_place_for_figures() -> None:
    """Otherwise the next run could not be published."""
    assert quoted(PAGE.read_text(), FACTS).count(BEGIN) == 1
