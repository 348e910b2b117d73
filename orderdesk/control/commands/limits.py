"""`orderdesk limits`: show the risk limits that hold, change one at run time, see who did.

Changing takes an operator's token. Whoever can run this can also write the ledger's file, so
the token keeps out accidents and scripts, not the host's administrator; and it says who it was.
See docs/decisions/0013-who-may-change-limits.md.
"""

import argparse

from orderdesk import wiring
from orderdesk.control.arguments import add_account, add_json, add_reason
from orderdesk.control.operators import new_token, operator_of
from orderdesk.control.screen import Screen, print_json, table
from orderdesk.control.shown.amounts import moment
from orderdesk.core.markets import normalise_symbol
from orderdesk.errors import InvalidOrder
from orderdesk.flows import limits


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Offer show, set, history and token."""
    verbs = parser.add_subparsers(title="what to do", metavar="VERB", required=True)
    show = verbs.add_parser("show", help="show what holds, and where it comes from")
    set_ = verbs.add_parser("set", help="change one limit, from now on and for every worker")
    set_.add_argument("name", help="like max_exposure; see `orderdesk limits show`")
    set_.add_argument("value", help="the new value, none for no limit, default for the settings'")
    set_.add_argument("--token-file", help="a file with your operator's token")
    add_reason(set_)
    history = verbs.add_parser("history", help="show who changed what, newest first")
    token = verbs.add_parser("token", help="make a token for an operator; it is shown once")
    token.add_argument("name", help="the operator's name, like anna")
    for one in (show, set_):
        add_account(one)
        one.add_argument("--symbol", default="", help="of one symbol (default: of the account)")
    for one, verb in ((show, _show), (set_, _set), (history, _history), (token, _token)):
        add_json(one)
        one.set_defaults(verb=verb)


def run(args: argparse.Namespace) -> int:
    """Do what was asked."""
    return int(args.verb(args))


def _show(args: argparse.Namespace) -> int:
    shown = limits.in_force(wiring.desk(), args.account, _symbol(args))
    if args.json:
        print_json({line.name: {"value": line.value, "source": line.source} for line in shown})
    else:
        rows = [(line.name, line.value, line.source) for line in shown]
        Screen().show(table(["limit", "value", "from"], rows))
    return 0


def _set(args: argparse.Namespace) -> int:
    by = operator_of(wiring.settings(), args.token_file)
    change = limits.change(
        wiring.desk(),
        account=args.account,
        symbol=_symbol(args),
        name=args.name,
        value=args.value,
        by=by,
        reason=args.reason,
    )
    if args.json:
        print_json(change)
    else:
        old, new = change.old or "the settings'", change.new or "the settings'"
        Screen().say(f"{change.name} was {old} and is {new} from now on; recorded as {by}'s.")
    return 0


def _history(args: argparse.Namespace) -> int:
    changes = wiring.desk().ledger.limit_changes()
    if args.json:
        print_json(list(changes))
        return 0
    rows = [
        (moment(c.at_ms), c.by, f"{c.account}{'/' if c.symbol else ''}{c.symbol}", c.name,
         c.old or "settings", c.new or "settings", c.reason)
        for c in changes
    ]  # fmt: skip
    Screen().show(table(["when", "who", "of", "limit", "old", "new", "why"], rows))
    return 0


def _token(args: argparse.Namespace) -> int:
    token, entry = new_token(args.name)
    if args.json:
        print_json({"token": token, "entry": entry})
    else:
        screen = Screen()
        screen.say(f"The token of {args.name}, shown this once:\n{token}")
        screen.say(f"Add to ORDERDESK_OPERATORS of every process of the desk:\n{entry}")
    return 0


def _symbol(args: argparse.Namespace) -> str:
    try:
        return normalise_symbol(args.symbol) if args.symbol else ""
    except ValueError as error:
        raise InvalidOrder(str(error), "symbol", args.symbol) from None
