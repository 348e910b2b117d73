"""The nursery starts programs, also such as end before anybody looks."""

import io
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.crash.nursery import Nursery

PID = 4_711


class _Short(io.BytesIO):
    """The nursery's ear: what is ordered there has lived and died when the order is given."""

    def __init__(self, nursery: Nursery) -> None:
        super().__init__()
        self._nursery = nursery

    def write(self, order: Any) -> int:
        """Take an order, and tell of a whole life."""
        self._nursery._hear({"born": PID, "name": json.loads(order)["name"]})
        self._nursery._hear({"gone": PID, "code": -9})
        return super().write(order)


def test_program_when_it_dies_before_its_starter_looks_then_it_was_born_all_the_same(
    tmp_path: Path,
) -> None:
    """A producer may die in its first milliseconds, and the campaign goes on."""
    ended = list[tuple[str, int]]()
    nursery = Nursery(tmp_path, {}, on_end=lambda name, code: ended.append((name, code)))
    process: Any = SimpleNamespace(stdin=_Short(nursery))
    nursery._process = process

    assert nursery.start("short", ("produce",)) == PID
    assert nursery.wait_gone("short", 0) == -9
    assert ended == [("short", -9)]
    assert nursery.pids == {}
