"""`orderdesk settings`: every setting, its value and where it comes from; secrets stay secret."""

import argparse

from orderdesk.control.arguments import add_json
from orderdesk.control.screen import Screen, print_json, table
from orderdesk.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Offer JSON."""
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Show them; a wrong one stops this as it stops everything else."""
    settings = Settings.from_environment()
    lines = settings.describe()
    if args.json:
        print_json({"settings": [line._asdict() for line in lines], "notices": settings.notices})
        return 0
    screen = Screen()
    screen.show(table(["setting", "value", "from"], lines))
    for notice in settings.notices:
        screen.say(f"Note: {notice}", "yellow")
    return 0
