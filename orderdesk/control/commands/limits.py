"""`orderdesk limits`: show the risk limits that hold, change one at run time, see who did.

Changing takes an operator's token. Whoever can run this can also write the ledger's file, so
the token keeps out accidents and scripts, not the host's administrator; and it says who it was.
See docs/decisions/0018-who-may-change-limits.md.
"""

from collections.abc import Callable, Mapping
from typing import Annotated

import typer

from orderdesk import wiring
from orderdesk.contracts import DEFAULT_ACCOUNT
from orderdesk.control.arguments import Account, AsJson, Reason, known_symbol
from orderdesk.control.json_answer import print_json
from orderdesk.control.operators import new_token, operator_of
from orderdesk.control.screen import Screen, table
from orderdesk.control.shown.amounts import moment
from orderdesk.flows import limits

EXAMPLES = (
    "orderdesk limits show --symbol BTCUSDT",
    "orderdesk limits set max_exposure 500 --reason 'a quiet week' --token-file anna.token",
    "orderdesk limits history",
    "orderdesk limits token anna",
)

Symbol = Annotated[str, typer.Option(help="Of one symbol.", show_default="of the account")]


def _show(
    *, account: Account = DEFAULT_ACCOUNT, symbol: Symbol = "", as_json: AsJson = False
) -> int:
    """Show what holds, and where it comes from."""
    shown = limits.in_force(wiring.desk(), account, known_symbol(symbol))
    if as_json:
        print_json({line.name: {"value": line.value, "source": line.source} for line in shown})
    else:
        rows = [(line.name, line.value, line.source) for line in shown]
        Screen().show(table(["limit", "value", "from"], rows))
    return 0


def _set(
    name: Annotated[str, typer.Argument(help="Like max_exposure; see `orderdesk limits show`.")],
    value: Annotated[
        str, typer.Argument(help="The new value, none for no limit, default for the settings'.")
    ],
    *,
    reason: Reason,
    token_file: Annotated[
        str | None, typer.Option(help="A file with your operator's token.")
    ] = None,
    account: Account = DEFAULT_ACCOUNT,
    symbol: Symbol = "",
    as_json: AsJson = False,
) -> int:
    """Change one limit, from now on and for every worker."""
    by = operator_of(wiring.settings(), token_file)
    change = limits.change(
        wiring.desk(),
        account=account,
        symbol=known_symbol(symbol),
        name=name,
        value=value,
        by=by,
        reason=reason,
    )
    if as_json:
        print_json(change)
    else:
        old, new = change.old or "the settings'", change.new or "the settings'"
        Screen().say(f"{change.name} was {old} and is {new} from now on; recorded as {by}'s.")
    return 0


def _history(*, as_json: AsJson = False) -> int:
    """Show who changed what, newest first."""
    changes = wiring.desk().ledger.limit_changes()
    if as_json:
        print_json(list(changes))
        return 0
    rows = [
        (moment(c.at_ms), c.by, f"{c.account}{'/' if c.symbol else ''}{c.symbol}", c.name,
         c.old or "settings", c.new or "settings", c.reason)
        for c in changes
    ]  # fmt: skip
    Screen().show(table(["when", "who", "of", "limit", "old", "new", "why"], rows))
    return 0


def _token(
    name: Annotated[str, typer.Argument(help="The operator's name, like anna.")],
    *,
    as_json: AsJson = False,
) -> int:
    """Make a token for an operator; it is shown once."""
    token, entry = new_token(name)
    if as_json:
        print_json({"token": token, "entry": entry})
    else:
        screen = Screen()
        screen.say(f"The token of {name}, shown this once:\n{token}")
        screen.say(f"Add to ORDERDESK_OPERATORS of every process of the desk:\n{entry}")
    return 0


VERBS: Mapping[str, Callable[..., int]] = {
    "show": _show,
    "set": _set,
    "history": _history,
    "token": _token,
}
