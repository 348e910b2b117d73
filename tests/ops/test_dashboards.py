"""Grafana's dashboards: written from their table, of metrics that exist, and found by compose."""

import importlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # no stubs are locked

from orderdesk.telemetry.metrics.table import BY_NAME

CHECKOUT = Path(__file__).resolve().parents[2]
GRAFANA = CHECKOUT / "ops" / "grafana"
FILES = sorted((GRAFANA / "dashboards").glob("*.json"))


@pytest.fixture
def build(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The script; scripts are no package, so it is found as they find each other."""
    monkeypatch.syspath_prepend(str(GRAFANA))
    yield importlib.import_module("build")
    for name in ("build", "panel", "panels"):
        sys.modules.pop(name, None)


def _panels(file: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(file.read_text())["panels"]
    return found


def test_files_when_held_against_the_table_then_they_were_written_from_it(
    build: ModuleType,
) -> None:
    """`make dashboards` was not forgotten, and nobody edited the JSON."""
    assert {file.name: file.read_text() for file in FILES} == build.texts()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_panel_when_it_names_metrics_then_they_are_told(file: Path) -> None:
    """And it says what it shows."""
    for panel in _panels(file):
        assert len(panel["description"]) > 5, panel["title"]
        for target in panel["targets"]:
            names = re.findall(r"\b((?:orderdesk|execution)_[a-z_]+)", target["expr"])
            assert names, panel["title"]
            for name in names:
                family = re.sub(r"_(bucket|count|sum)$", "", name)
                assert name in BY_NAME or family in BY_NAME, panel["title"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_panels_when_they_are_placed_then_none_lies_on_another(file: Path) -> None:
    """On Grafana's grid of 24 columns."""
    taken: set[tuple[int, int]] = set()
    for panel in _panels(file):
        at = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        }
        assert not taken & cells
        assert max(x for x, _ in cells) < 24
        taken |= cells


def test_metrics_when_they_are_counted_then_each_is_on_a_panel_or_only_an_alias() -> None:
    """What nobody can see might as well not be told."""
    shown = "\n".join(file.read_text() for file in FILES)
    hidden = {name for name in BY_NAME if name not in shown and not name.startswith("levi")}
    assert hidden <= {"orderdesk_throttle_deferred_total", "orderdesk_sink_missed_total"}


def test_provisioning_when_compose_mounts_it_then_source_and_folder_are_the_panels_own() -> None:
    """Grafana finds Prometheus under the name that every panel asks for."""
    sources = yaml.safe_load(
        (GRAFANA / "provisioning" / "datasources" / "prometheus.yml").read_text()
    )
    [source] = sources["datasources"]
    asked = {panel["datasource"]["uid"] for file in FILES for panel in _panels(file)}
    assert asked == {source["uid"]}
    providers = yaml.safe_load(
        (GRAFANA / "provisioning" / "dashboards" / "orderdesk.yml").read_text()
    )
    [provider] = providers["providers"]
    compose = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())
    mounts = compose["services"]["grafana"]["volumes"]
    assert f"./ops/grafana/dashboards:{provider['options']['path']}:ro" in mounts
    assert "./ops/grafana/provisioning:/etc/grafana/provisioning:ro" in mounts
