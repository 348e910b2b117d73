"""`orderdesk audit`: whether the audit trail is as it was written."""

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from orderdesk.control import exit_codes
from orderdesk.control.arguments import AsJson
from orderdesk.control.json_answer import print_json
from orderdesk.control.screen import Screen, table
from orderdesk.core.audit_chain import FILE, FOLDER, Followed, follow
from orderdesk.errors import DeskError
from orderdesk.settings import Settings

EXAMPLES = ("orderdesk audit verify", "orderdesk audit verify --day 2026-11-27 --json")


@dataclass(frozen=True, slots=True)
class Day:
    """One day's file, and what following it found."""

    name: str
    path: Path
    found: Followed


def _verify(
    *,
    day: Annotated[
        str | None, typer.Option(metavar="YYYY-MM-DD", help="Show this day only.")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Follow the chain from line to line; name the first broken one."""
    home = Settings.from_environment(needs_keys=False).home
    days = [one for one in followed(home / FOLDER) if day in (None, one.name)]
    if not days:
        where = f"{home / FOLDER} has no trail" + (f" of {day}" if day else " yet")
        raise DeskError(f"{where}; ORDERDESK_HOME says where the desk keeps it")
    if as_json:
        print_json({"whole": all(not one.found.broken for one in days), "days": _plain(days)})
    else:
        _show(days)
    return exit_codes.NO if any(one.found.broken for one in days) else exit_codes.DONE


def followed(folder: Path) -> Iterator[Day]:
    """Follow every day's file, oldest first; a day's first record may name any earlier day."""
    known: dict[str, AbstractSet[str]] = {}
    for path in sorted(folder.glob(f"*/{FILE}")):
        name = path.parent.name
        with path.open("rb") as file:
            lines = (line.rstrip(b"\n") for line in file)
            found = follow(lines, known, oldest=not known)
        known[name] = found.fingerprints
        yield Day(name, path, found)


def _plain(days: list[Day]) -> list[Mapping[str, object]]:
    return [
        {
            "day": one.name,
            "file": str(one.path),
            "records": one.found.records,
            "torn": one.found.torn,
            "newest": one.found.newest,
            "broken": one.found.broken,
        }
        for one in days
    ]


def _show(days: list[Day]) -> None:
    screen = Screen()
    rows = [
        (one.name, f"{one.found.records:,}", str(one.found.torn), one.found.newest[:16], _word(one))
        for one in days
    ]
    screen.show(table(["day", "records", "torn lines", "newest is", "chain"], rows))
    for one in days:
        if broken := one.found.broken:
            screen.say(f"{one.path}, line {broken.line}: {broken.why}.", "bold red")
            return
    screen.say("Every record follows the one before it.")


def _word(day: Day) -> str:
    return "BROKEN" if day.found.broken else "whole"


VERBS: Mapping[str, Callable[..., int]] = {"verify": _verify}
