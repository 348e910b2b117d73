"""`orderdesk up`: the whole desk on this host, until Ctrl-C; in LIVE only once it is confirmed."""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from orderdesk import wiring
from orderdesk.control.running import going_live
from orderdesk.control.running.desk import run_desk
from orderdesk.control.screen import Screen
from orderdesk.settings import Mode, Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Offer to leave the sample orders out, and to confirm a start in LIVE beforehand."""
    parser.add_argument(
        "--no-samples", action="store_true", help="start, but place no sample orders"
    )
    parser.add_argument(
        "--confirm",
        metavar="ALIAS",
        help="in LIVE: the account's alias, instead of typing it (also ORDERDESK_CONFIRM)",
    )


def run(args: argparse.Namespace) -> int:
    """Run the desk; 0 when it was asked to stop."""
    screen, settings = Screen(), wiring.settings()
    if settings.mode is Mode.LIVE:
        _confirm(screen, settings, said=args.confirm)
    run_desk(
        screen,
        settings,
        checkout=Path.cwd(),
        places_samples=not args.no_samples,
    )
    return 0


def _confirm(screen: Screen, settings: Settings, *, said: str | None) -> None:
    going_live.confirm(
        screen,
        replace(settings, confirm=said) if said else settings,
        account=wiring.ACCOUNT,
        caps=wiring.caps(settings),
        ask=input if sys.stdin.isatty() else None,
    )
