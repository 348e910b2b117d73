"""PURE: the report's picture, time to resolution by fault, on a logarithmic scale."""

import math
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

_ROW, _LEFT, _WIDTH, _TOP = 20, 270, 900, 60
_DECADES = (10, 100, 1_000, 10_000, 100_000)
_INK, _PALE, _STRONG = "#222222", "#9dbad5", "#2f6690"


def drawn(facts: Mapping[str, Any]) -> str:
    """Return an SVG: for each fault a bar from p50 to p99, and a mark at p50."""
    rows = list(facts["resolution_ms"].items())
    height = _TOP + _ROW * len(rows) + 30
    verdict = "passed" if facts["passed"] else "FAILED"
    title = (
        f"{facts['intents']} intents, {sum(facts['points'].values())} boundaries struck, "
        f"{facts['orders_per_intent_max']} order per intent at most: {verdict}"
    )
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" '
            f'font-family="sans-serif" font-size="12" fill="{_INK}">'
        ),
        f'<rect width="{_WIDTH}" height="{height}" fill="white"/>',
        f'<text x="10" y="20" font-size="15">{escape(title)}</text>',
        '<text x="10" y="40">From the call to the first certain answer: p50 (mark) to p99</text>',
        *(_decade(ms, height) for ms in _DECADES),
        *(_bar(n, name, row) for n, (name, row) in enumerate(rows)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _bar(number: int, name: str, row: Mapping[str, int]) -> str:
    y = _TOP + _ROW * number
    begin, end = _x(row["p50"]), _x(row["p99"])
    return (
        f'<text x="10" y="{y + 13}">{escape(name)} ({row["count"]})</text>'
        f'<rect x="{begin}" y="{y + 3}" width="{max(2, end - begin)}" height="12" fill="{_PALE}"/>'
        f'<rect x="{begin}" y="{y + 1}" width="3" height="16" fill="{_STRONG}"/>'
    )


def _decade(ms: int, height: int) -> str:
    x = _x(ms)
    text = f"{ms} ms" if ms < _DECADES[2] else f"{ms // 1_000} s"
    return (
        f'<line x1="{x}" y1="{_TOP}" x2="{x}" y2="{height - 22}" stroke="#dddddd"/>'
        f'<text x="{x - 12}" y="{height - 8}">{text}</text>'
    )


def _x(ms: int) -> int:
    share = (math.log10(max(ms, _DECADES[0])) - 1) / 4.2
    return _LEFT + round((_WIDTH - _LEFT - 30) * share)
