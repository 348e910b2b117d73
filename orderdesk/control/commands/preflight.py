"""`orderdesk preflight`: everything that must hold before real orders are sent, asked now.

In LIVE the result is shared with the workers for ten minutes, so after a repair this command
lets placing go on at once.
"""

from typing import Annotated

import typer

from orderdesk import wiring
from orderdesk.contracts import DEFAULT_ACCOUNT
from orderdesk.control.arguments import Account, AsJson
from orderdesk.control.json_answer import print_json
from orderdesk.control.running.preflight import asked
from orderdesk.control.screen import Screen
from orderdesk.control.shown.checks import checks_summary, checks_table

EXAMPLES = ("orderdesk preflight", "orderdesk preflight --wait-s 60 --json")

_WAIT_S = 15.0


def run(
    *,
    wait_s: Annotated[
        float, typer.Option(min=0, help="Ask again for so long what has no answer.")
    ] = _WAIT_S,
    account: Account = DEFAULT_ACCOUNT,
    as_json: AsJson = False,
) -> int:
    """Ask, share, show; 1 if a check says no or has no answer."""
    desk = wiring.desk()
    seen = asked(desk, account, wait_s=wait_s)
    if as_json:
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
