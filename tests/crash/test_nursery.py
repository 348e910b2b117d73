"""A start is told apart from every other, however short the life and whatever else begins."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.crash.nursery import Nursery

PID = 4_711


class _Ear(io.BytesIO):
    """The nursery's standard input; what an order leads to happens before its starter looks."""

    def __init__(self, happens: Callable[[dict[str, Any]], None]) -> None:
        super().__init__()
        self._happens = happens

    def write(self, order: Any) -> int:
        """Take an order."""
        self._happens(json.loads(order))
        return super().write(order)


def _listening(nursery: Nursery, happens: Callable[[dict[str, Any]], None]) -> Nursery:
    process: Any = SimpleNamespace(stdin=_Ear(happens))
    nursery._process = process
    return nursery


def test_program_when_it_dies_before_its_starter_looks_then_it_was_born_all_the_same(
    tmp_path: Path,
) -> None:
    """A producer may die in its first milliseconds, and the campaign goes on."""
    ended = list[tuple[str, int]]()
    nursery = Nursery(tmp_path, {}, on_end=lambda name, code: ended.append((name, code)))

    def lives_shortly(order: dict[str, Any]) -> None:
        nursery._hear({"born": PID, "name": order["name"], "order": order["order"]})
        nursery._hear({"gone": PID, "code": -9})

    _listening(nursery, lives_shortly)
    assert nursery.start("short", ("produce",)) == PID
    assert nursery.wait_gone("short", 0) == -9
    assert ended == [("short", -9)]
    assert nursery.pids == {}


def test_program_when_it_is_started_twice_at_once_then_both_starters_hear_of_theirs(
    tmp_path: Path,
) -> None:
    """Whoever tends the house may start a worker in the moment in which an act starts it, too."""
    nursery = Nursery(tmp_path, {})
    others = list[int]()

    def another_starts_it_too(order: dict[str, Any]) -> None:
        number = order["order"]
        nursery._hear({"born": PID + number, "name": order["name"], "order": number})
        if number == 1:
            others.append(nursery.start("placing-1", ("celery",)))

    _listening(nursery, another_starts_it_too)
    assert nursery.start("placing-1", ("celery",)) == PID + 1
    assert others == [PID + 2]
