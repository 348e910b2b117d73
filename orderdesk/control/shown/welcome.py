"""PURE: what a person is told when the desk is up: where things are, and how to go on."""

import shlex
from collections.abc import Sequence
from pathlib import Path

from orderdesk.control.shown.amounts import moment
from orderdesk.settings import Shown

COUNTED_AT_MOST = 1_000
"""More orders are only said to be more: counting a million would take longer than starting."""

_NEVER_SHOWN = ("***", "(set)")


def state_line(home: str, *, orders: int, since_ms: int | None, open_orders: int) -> str:
    """Say what a desk finds of its earlier life."""
    if not orders or since_ms is None:
        return f"No orders yet; everything is kept in {home}."
    more = "more than " if orders > COUNTED_AT_MOST else ""
    count = f"{more}{min(orders, COUNTED_AT_MOST):,}"
    plural = "s" if orders > 1 else ""
    still = f"{open_orders} still open" if open_orders else "none of them open"
    return f"Going on with {home}: {count} order{plural} since {moment(since_ms)}, {still}."


def environment_words(settings: Sequence[Shown]) -> list[str]:
    """Return what another terminal has to set to reach the same desk, as NAME=value.

    What is not shown (a password in a URL) is left out; `hidden_names` has it.
    """
    return [
        f"{line.source}={shlex.quote(line.value)}" for line in _given(settings) if not _hidden(line)
    ]


def hidden_names(settings: Sequence[Shown]) -> list[str]:
    """Return the variables that were set to something nobody may see."""
    return [line.source for line in _given(settings) if _hidden(line)]


NEXT_ORDER = (
    'order = place_order.delay(symbol="BTCUSDT", side="BUY", type="MARKET", quantity="0.001")'
)


def python_command(python: str, settings: Sequence[Shown]) -> str:
    """Return how a shell starts Python with the settings that were set here."""
    return " ".join([*environment_words(settings), shlex.quote(python)])


def prompt(command: str) -> list[str]:
    """Return lines to paste into another terminal to place the next order.

    `command` starts Python there.
    """
    return [command, "from tasks import place_order", NEXT_ORDER, "order.get(timeout=10)"]


def near(path: Path, here: Path) -> str:
    """Write a path as short as it can be typed from a folder."""
    try:
        return str(path.relative_to(here))
    except ValueError:
        return str(path)


def _given(settings: Sequence[Shown]) -> list[Shown]:
    return [line for line in settings if line.source != "default"]


def _hidden(line: Shown) -> bool:
    return any(mark in line.value for mark in _NEVER_SHOWN)
