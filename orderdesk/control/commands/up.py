"""`orderdesk up`: the whole desk on this host, on paper, until Ctrl-C."""

import argparse
from pathlib import Path

from orderdesk import wiring
from orderdesk.control.running.desk import run_desk
from orderdesk.control.screen import Screen


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Offer to leave the sample orders out."""
    parser.add_argument(
        "--no-samples", action="store_true", help="start, but place no sample orders"
    )


def run(args: argparse.Namespace) -> int:
    """Run the desk; 0 when it was asked to stop."""
    run_desk(
        Screen(),
        wiring.settings(),
        checkout=Path.cwd(),
        places_samples=not args.no_samples,
    )
    return 0
