# ruff: noqa: INP001 - scripts beside each other, not a package
"""The dashboards of Grafana, written as its JSON from the tables in `panels.py` (make dashboards).

A test holds the files to the tables, and runs every query against a real Prometheus that has
scraped a running desk.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from panel import Panel
from panels import DASHBOARDS

FOLDER = Path(__file__).resolve().parent / "dashboards"
SOURCE = {"type": "prometheus", "uid": "orderdesk"}
"""Named so in provisioning/datasources/prometheus.yml."""

COLUMNS = 24
"""Grafana's grid (dashboard JSON model, 2026)."""

HEIGHT = 8


def dashboard(name: str, title: str, panels: Sequence[Panel]) -> dict[str, Any]:
    """Return one dashboard as Grafana reads it (schema 39, Grafana 11 and later)."""
    return {
        "uid": f"orderdesk-{name}",
        "title": f"Orderdesk: {title}",
        "tags": ["orderdesk"],
        "schemaVersion": 39,
        "editable": False,
        "refresh": "5s",
        "time": {"from": "now-30m", "to": "now"},
        "panels": list(_placed(panels)),
    }


def _placed(panels: Sequence[Panel]) -> Iterator[dict[str, Any]]:
    x = y = 0
    for number, panel in enumerate(panels, start=1):
        if x + panel.width > COLUMNS:
            x, y = 0, y + HEIGHT
        yield {
            "id": number,
            "title": panel.title,
            "description": panel.says,
            "type": panel.shape,
            "datasource": SOURCE,
            "gridPos": {"x": x, "y": y, "w": panel.width, "h": HEIGHT},
            "fieldConfig": {"defaults": {"unit": panel.unit}, "overrides": []},
            "targets": [
                {"refId": chr(ord("A") + place), "expr": query, "legendFormat": legend}
                for place, (legend, query) in enumerate(panel.queries.items())
            ],
        }
        x += panel.width


def texts() -> dict[str, str]:
    """Return every file's name and what stands in it."""
    return {
        f"{name}.json": json.dumps(dashboard(name, title, panels), indent=1) + "\n"
        for name, (title, panels) in DASHBOARDS.items()
    }


if __name__ == "__main__":
    for file, text in texts().items():
        (FOLDER / file).write_text(text, encoding="utf-8")
