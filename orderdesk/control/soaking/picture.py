"""PURE: memory over time as a picture, in SVG written by hand: no library draws here."""

from collections import defaultdict
from collections.abc import Sequence
from html import escape

from orderdesk.control.soaking.samples import ProcessSample

WIDTH, HEIGHT = 960, 480
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 190, 30, 50
_COLOURS = (
    "#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e", "#17becf", "#8c564b", "#e377c2",
    "#7f7f7f", "#bcbd22",
)  # fmt: skip


def memory_svg(samples: Sequence[ProcessSample]) -> str:
    """Return a picture of each process' resident memory in MB over minutes."""
    lines: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for sample in samples:
        lines[sample.name].append((sample.at_s / 60, sample.memory_kb / 1024))
    until = max((x for line in lines.values() for x, _ in line), default=1.0) or 1.0
    most = max((y for line in lines.values() for _, y in line), default=1.0) * 1.1
    body = [*_axes(until, most)]
    for place, (name, line) in enumerate(sorted(lines.items())):
        colour = _COLOURS[place % len(_COLOURS)]
        points = " ".join(f"{_x(x, until):.1f},{_y(y, most):.1f}" for x, y in line)
        body.append(f'<polyline fill="none" stroke="{colour}" points="{points}"/>')
        body.append(_text(WIDTH - _RIGHT + 12, _TOP + 18 * place + 12, name, fill=colour))
    inside = "\n".join(body)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'font-family="sans-serif" font-size="13">\n'
        f'<rect width="100%" height="100%" fill="white"/>\n{inside}\n</svg>\n'
    )


def _axes(until: float, most: float) -> list[str]:
    drawn = [_text(_LEFT, 18, "resident memory in MB, over minutes")]
    for step in range(6):
        x, y = until * step / 5, most * step / 5
        drawn.append(_line(_LEFT, _y(y, most), WIDTH - _RIGHT, _y(y, most)))
        drawn.append(_text(_LEFT - 45, _y(y, most) + 4, f"{y:.0f}"))
        drawn.append(_text(_x(x, until) - 10, HEIGHT - _BOTTOM + 20, f"{x:.1f}"))
    return drawn


def _x(minutes: float, until: float) -> float:
    return _LEFT + (WIDTH - _LEFT - _RIGHT) * minutes / until


def _y(mb: float, most: float) -> float:
    return HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * mb / most


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1}" y1="{y1:.1f}" x2="{x2}" y2="{y2:.1f}" stroke="#ddd"/>'


def _text(x: float, y: float, text: str, *, fill: str = "#333") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{fill}">{escape(text)}</text>'
