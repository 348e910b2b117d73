"""The alert rules: valid, tried both ways, explained, and about metrics that exist."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # no stubs are locked

from orderdesk.telemetry.metrics.table import BY_NAME

CHECKOUT = Path(__file__).resolve().parents[2]
FOLDER = CHECKOUT / "ops" / "prometheus"
RULES: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"]
    for rule in group["rules"]
]
CASES: list[dict[str, Any]] = [
    case
    for test in yaml.safe_load((FOLDER / "alerts_test.yml").read_text())["tests"]
    for case in test["alert_rule_test"]
]
NAMES = [rule["alert"] for rule in RULES]


def _promtool(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["promtool", *words], cwd=FOLDER, capture_output=True, text=True, check=False
    )


@pytest.mark.processes
@pytest.mark.needs_program("promtool")
def test_rules_when_their_unit_tests_run_then_they_speak_and_are_silent_as_written() -> None:
    """Promtool plays each story with a clock of its own."""
    ended = _promtool("test", "rules", "alerts_test.yml")
    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.mark.processes
@pytest.mark.needs_program("promtool")
def test_config_when_promtool_reads_it_then_it_is_valid() -> None:
    """The file that compose gives to Prometheus, with the rules it names."""
    ended = _promtool("check", "config", "prometheus.yml")
    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.mark.parametrize("name", NAMES)
def test_alert_when_its_tests_are_counted_then_it_is_tried_both_ways(name: str) -> None:
    """A rule that never fires, and one that always does, pass half a test."""
    speaks = {bool(case.get("exp_alerts")) for case in CASES if case["alertname"] == name}
    assert speaks == {True, False}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_alert_when_it_names_metrics_then_they_are_told(rule: dict[str, Any]) -> None:
    """A misspelt metric makes an alert that sleeps for ever."""
    names = re.findall(r"\b((?:orderdesk|execution)_[a-z_]+)", rule["expr"])
    known = {name.removesuffix("_bucket").removesuffix("_count") for name in names}
    assert known <= set(BY_NAME)
    assert rule["labels"]["severity"] in ("page", "warn")


def test_page_when_alerts_are_listed_then_each_says_what_to_do() -> None:
    """Whoever is woken reads one line, and acts."""
    page = (CHECKOUT / "docs" / "metrics.md").read_text(encoding="utf-8")
    rows = re.findall(
        r"^\| `(Orderdesk\w+)` \| (page|warn) \| [^|]+ \| [^|]{20,} \|$", page, re.MULTILINE
    )
    assert rows == [(rule["alert"], rule["labels"]["severity"]) for rule in RULES]
