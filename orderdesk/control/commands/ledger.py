"""`orderdesk ledger`: copy the ledger while the desk runs, and look whether a ledger is whole."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated

import typer

from orderdesk.control import exit_codes
from orderdesk.control.arguments import AsJson
from orderdesk.control.json_answer import print_json
from orderdesk.control.screen import Screen
from orderdesk.settings import Settings
from orderdesk.stores.ledger_sql.backup import back_up, sqlite_file, whole

EXAMPLES = (
    "orderdesk ledger backup ledger-copy.db",
    "orderdesk ledger check",
    "orderdesk ledger check ledger-copy.db --json",
)


def _backup(
    target: Annotated[Path, typer.Argument(help="The copy; nothing may be there yet.")],
    *,
    as_json: AsJson = False,
) -> int:
    """Copy the ledger as it is at one moment; the desk goes on meanwhile."""
    back_up(_ours(), target)
    return _say(f"{target.resolve()} is a whole copy", target, as_json=as_json)


def _check(
    file: Annotated[
        Path | None, typer.Argument(help="A copy.", show_default="the desk's ledger")
    ] = None,
    *,
    as_json: AsJson = False,
) -> int:
    """Look through every page of a ledger, or of a copy; 1 if it is damaged."""
    looked_at = file or _ours()
    whole(looked_at)
    return _say(f"{looked_at} is whole", looked_at, as_json=as_json)


def _ours() -> Path:
    return sqlite_file(Settings.from_environment(needs_keys=False).database_url)


def _say(text: str, file: Path, *, as_json: bool) -> int:
    size = file.stat().st_size
    if as_json:
        print_json({"file": str(file.resolve()), "bytes": size, "whole": True})
    else:
        Screen().say(f"{text}, {size:,} bytes.")
    return exit_codes.DONE


VERBS: Mapping[str, Callable[..., int]] = {"backup": _backup, "check": _check}
