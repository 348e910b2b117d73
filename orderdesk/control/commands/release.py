"""`orderdesk release`: allow sending again, saying why."""

import argparse

from orderdesk import wiring
from orderdesk.control.arguments import add_json, add_reason, this_person
from orderdesk.control.screen import Screen, print_json
from orderdesk.control.shown.amounts import moment
from orderdesk.flows import kill_switch


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Ask why."""
    add_reason(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Release the switch; 1 if it was not engaged."""
    desk = wiring.desk()
    before = desk.ledger.switch(kill_switch.KILL)
    if before is None or not before.engaged:
        return _answer(args, "Sending was not stopped; nothing to release.", code=1)
    switch = kill_switch.release(desk, reason=args.reason, by=this_person())
    return _answer(args, f"Sending is allowed again since {moment(switch.at_ms)}.", code=0)


def _answer(args: argparse.Namespace, text: str, *, code: int) -> int:
    if args.json:
        print_json({"engaged": False, "released_now": code == 0})
    else:
        Screen().say(text)
    return code
