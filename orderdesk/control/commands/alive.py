"""`orderdesk alive`: say that somebody is there; without it the dead-man's switch kills.

From the first call on the desk waits for the next one, for `DEADMAN_S` seconds.
"""

import argparse
import time

from orderdesk import wiring
from orderdesk.control.screen import Screen
from orderdesk.flows.watch import OPERATOR


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Offer to repeat it, and to end the watch."""
    way = parser.add_mutually_exclusive_group()
    way.add_argument("--every-s", type=float, help="again and again, until Ctrl-C")
    way.add_argument("--stop", action="store_true", help="do not wait for me any more")


def run(args: argparse.Namespace) -> int:
    """Give a sign of life, or many."""
    desk = wiring.desk()
    if args.stop:
        desk.ledger.beat(OPERATOR, 0)
        Screen().say("The desk does not wait for your sign of life any more.")
        return 0
    while True:
        desk.ledger.beat(OPERATOR, desk.time.now_ms())
        if args.every_s is None:
            return 0
        time.sleep(args.every_s)
