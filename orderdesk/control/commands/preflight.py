"""`orderdesk preflight`: everything that must hold before real orders are sent, asked now.

In LIVE the result is shared with the workers for ten minutes, so after a repair this command
lets placing go on at once.
"""

import argparse

from orderdesk import wiring
from orderdesk.control.arguments import add_account, add_json
from orderdesk.control.running.preflight import asked
from orderdesk.control.screen import Screen, print_json
from orderdesk.control.shown.checks import checks_summary, checks_table

_WAIT_S = 15.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Let it wait for answers."""
    parser.add_argument(
        "--wait-s",
        type=float,
        default=_WAIT_S,
        help="ask again for so long what has no answer (%(default)s)",
    )
    add_account(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Ask, share, show; 1 if a check says no or has no answer."""
    desk = wiring.desk()
    seen = asked(desk, args.account, wait_s=args.wait_s)
    if args.json:
        print_json(
            {
                "passed": seen.passed,
                "mode": wiring.settings().mode,
                "venue": wiring.settings().base_url,
                "at_ms": seen.at_ms,
                "findings": seen.findings,
            }
        )
    else:
        screen = Screen()
        screen.show(checks_table(seen))
        screen.say(checks_summary(seen), "" if seen.passed else "bold red")
    return 0 if seen.passed else 1
