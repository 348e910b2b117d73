"""`orderdesk answer`: a person has looked, and says what became of an order in quarantine."""

import argparse

from orderdesk import wiring
from orderdesk.control.arguments import add_account, add_json, add_reason, this_person
from orderdesk.control.screen import Screen, print_json
from orderdesk.flows import report
from orderdesk.flows.answer import answer


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Ask which order, what was seen, and why that is sure."""
    parser.add_argument("order", help="its idempotency key or client order id")
    seen = parser.add_mutually_exclusive_group(required=True)
    seen.add_argument("--placed", metavar="ID", help="it is on the exchange, under this order id")
    seen.add_argument("--not-placed", action="store_true", help="it is provably not there")
    add_reason(parser)
    add_account(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """End the quarantine, recorded with who and why."""
    intent = answer(
        wiring.desk(),
        account=args.account,
        name=args.order,
        order_id=args.placed,
        reason=args.reason,
        by=this_person(),
    )
    if args.json:
        print_json(report.of(intent))
    else:
        Screen().say(f"{intent.idempotency_key} is {intent.status} now; your answer is recorded.")
    return 0
