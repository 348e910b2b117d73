"""`orderdesk explain`: everything that is known of one order, in the order it happened."""

import argparse

from orderdesk import wiring
from orderdesk.control.arguments import add_account, add_json
from orderdesk.control.screen import Screen, print_json
from orderdesk.control.shown.story import story_facts, story_lines
from orderdesk.errors import UnknownOrder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Ask which order."""
    parser.add_argument("order", help="its idempotency key or client order id")
    add_account(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Tell the story; 1 if the ledger knows no such order."""
    ledger = wiring.desk().ledger
    intent = ledger.find(args.account, args.order)
    if intent is None:
        raise UnknownOrder(
            f"the ledger knows no order {args.order!r} on account {args.account!r}: give its "
            "idempotency_key, or the client order id that the exchange shows",
            args.order,
        )
    story = ledger.story(intent.id)
    if args.json:
        print_json(story)
        return 0
    screen = Screen()
    screen.show(story_facts(story))
    screen.say()
    screen.show(story_lines(story))
    return 0
