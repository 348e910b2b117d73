"""`orderdesk answer`: a person has looked, and says what became of an order in quarantine."""

from typing import Annotated

import typer

from orderdesk import wiring
from orderdesk.contracts import DEFAULT_ACCOUNT
from orderdesk.control.arguments import Account, AsJson, OrderName, Reason, this_person
from orderdesk.control.json_answer import print_json
from orderdesk.control.screen import Screen
from orderdesk.flows import report
from orderdesk.flows.answer import answer

EXAMPLES = (
    "orderdesk answer lost-order --placed C02__413321238354677760043 --reason 'seen in the app'",
    "orderdesk answer other-order --not-placed --reason 'not in the export of the day'",
)


def run(
    order: OrderName,
    *,
    reason: Reason,
    placed: Annotated[
        str | None,
        typer.Option(metavar="ID", help="It is on the exchange, under this order id."),
    ] = None,
    not_placed: Annotated[
        bool, typer.Option("--not-placed", help="It is provably not there.")
    ] = False,
    account: Account = DEFAULT_ACCOUNT,
    as_json: AsJson = False,
) -> int:
    """End the quarantine, recorded with who and why."""
    if (placed is None) is not not_placed:
        raise typer.BadParameter("say what was seen: either --placed ID or --not-placed")
    intent = answer(
        wiring.desk(),
        account=account,
        name=order,
        order_id=placed,
        reason=reason,
        by=this_person(),
    )
    if as_json:
        print_json(report.of(intent))
    else:
        Screen().say(f"{intent.idempotency_key} is {intent.status} now; your answer is recorded.")
    return 0
