"""The one door to a person's screen: plain lines and tables, the same with and without a terminal.

Texts are shown as they are; nothing in an order, a reason or a path is taken for markup.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from typing import TextIO, cast

from rich.box import SIMPLE_HEAD
from rich.console import Console, RenderableType
from rich.status import Status
from rich.table import Table

WIDTH_WITHOUT_TERMINAL = 134
"""A log file or a pipe has no width of its own; a table of orders fits into this one."""


class Screen:
    """Where a command answers."""

    def __init__(self, stream: TextIO | None = None, *, width: int | None = None) -> None:
        if isinstance(stream or sys.stdout, TextIOWrapper):
            # A mark that the terminal's encoding lacks is no reason to stop a desk.
            cast("TextIOWrapper", stream or sys.stdout).reconfigure(errors="replace")
        console = Console(file=stream, width=width, highlight=False, markup=False, emoji=False)
        if width is None and not console.is_terminal:
            console.width = WIDTH_WITHOUT_TERMINAL
        self._console = console

    @property
    def is_terminal(self) -> bool:
        """True if a person watches, so that lines may move."""
        return self._console.is_terminal

    @property
    def width(self) -> int:
        """How many characters fit into a line."""
        return self._console.width

    def say(self, text: str = "", style: str = "") -> None:
        """Write a line; long ones wrap where the window ends."""
        self._console.print(text, style=style, soft_wrap=True)

    def show(self, what: RenderableType) -> None:
        """Write a table or another thing that rich knows."""
        self._console.print(what)

    @contextmanager
    def waiting(self, text: str) -> Iterator[Status | None]:
        """Turn a spinner beside a text while the block runs; only on a terminal."""
        if not self.is_terminal:
            yield None
            return
        with self._console.status(text, spinner="dots") as status:
            yield status


def table(columns: Sequence[str], rows: Sequence[Sequence[RenderableType]]) -> Table:
    """Return a table of rows under headings."""
    made = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for column in columns:
        made.add_column(column, overflow="fold")
    for row in rows:
        made.add_row(*row)
    return made


def facts(pairs: Sequence[tuple[str, RenderableType]]) -> Table:
    """Return names and values side by side, without lines around them."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in pairs:
        grid.add_row(name, value)
    return grid
