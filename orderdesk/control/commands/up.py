"""`orderdesk up`: the whole desk on this host, until Ctrl-C; in LIVE only once it is confirmed."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from orderdesk import wiring
from orderdesk.control.running import going_live
from orderdesk.control.running.desk import run_desk
from orderdesk.control.screen import Screen
from orderdesk.settings import Mode, Settings

EXAMPLES = (
    "orderdesk up",
    "orderdesk up --no-samples",
    "EXECUTION_MODE=LIVE orderdesk up --confirm main",
)


def run(
    *,
    no_samples: Annotated[
        bool, typer.Option("--no-samples", help="Start, but place no sample orders.")
    ] = False,
    confirm: Annotated[
        str | None,
        typer.Option(
            metavar="ALIAS",
            help="In LIVE: the account's alias, instead of typing it (also ORDERDESK_CONFIRM).",
        ),
    ] = None,
) -> int:
    """Run the desk; 0 when it was asked to stop."""
    screen, settings = Screen(), wiring.settings()
    if settings.mode is Mode.LIVE:
        _confirm(screen, settings, said=confirm)
    run_desk(screen, settings, checkout=Path.cwd(), places_samples=not no_samples)
    return 0


def _confirm(screen: Screen, settings: Settings, *, said: str | None) -> None:
    going_live.confirm(
        screen,
        replace(settings, confirm=said) if said else settings,
        account=wiring.ACCOUNT,
        caps=wiring.caps(settings),
        ask=input if sys.stdin.isatty() else None,
    )
