"""`orderdesk orders`: the orders that are under way, or the newest of all."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Annotated

import typer
from rich.table import Table

from orderdesk import wiring
from orderdesk.contracts import DEFAULT_ACCOUNT
from orderdesk.control import exit_codes
from orderdesk.control.arguments import Account, AsJson, known_symbol
from orderdesk.control.json_answer import print_json
from orderdesk.control.screen import Screen, table
from orderdesk.control.shown import amounts
from orderdesk.control.shown.orders import order_line, status_text
from orderdesk.core.intents import Intent
from orderdesk.core.orders import ENDED, OrderStatus
from orderdesk.flows import report
from orderdesk.ports import Ledger

EXAMPLES = (
    "orderdesk orders",
    "orderdesk orders --all --limit 20",
    "orderdesk orders --status UNKNOWN --json",
)

_PAGE = 500


def run(
    *,
    all_: Annotated[bool, typer.Option("--all", help="Those that have ended too.")] = False,
    symbol: Annotated[str, typer.Option(help="Of this one only.", show_default="every one")] = "",
    status: Annotated[
        OrderStatus | None, typer.Option(case_sensitive=False, help="In this state only.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="So many at most.")] = 50,
    account: Account = DEFAULT_ACCOUNT,
    as_json: AsJson = False,
) -> int:
    """List them, newest first; 0 also if there is none."""
    ledger, named = wiring.desk().ledger, known_symbol(symbol)
    everything = _newest(ledger) if all_ or status in ENDED else _live(ledger, account)
    found = list(
        islice(
            (
                one
                for one in everything
                if one.account == account
                and named in ("", one.symbol)
                and status in (None, one.status)
            ),
            limit,
        )
    )
    if as_json:
        print_json([report.of(intent) for intent in found])
    elif found:
        Screen().show(_table(found))
    else:
        Screen().say("No such order." if all_ or status or named else "No order is under way.")
    return exit_codes.DONE


def _live(ledger: Ledger, account: str) -> Iterator[Intent]:
    return iter(sorted(ledger.live(account), key=lambda intent: -intent.id))


def _newest(ledger: Ledger) -> Iterator[Intent]:
    """Give every intent, page by page; whoever has enough stops."""
    before_id: int | None = None
    while page := ledger.newest(_PAGE, before_id=before_id):
        yield from page
        before_id = page[-1].id


def _table(found: Sequence[Intent]) -> Table:
    rows = [
        (
            amounts.moment(one.received_ms),
            one.idempotency_key,
            order_line(
                one.size.side, one.symbol, type_=one.size.type, quantity=one.size.quantity,
                quote_quantity=one.size.quote_quantity, price=one.size.price,
            ),
            status_text(one.status),
            amounts.plain(one.executed_quantity) if one.executed_quantity else amounts.NOTHING,
            one.reason or "",
        )
        for one in found
    ]  # fmt: skip
    return table(["received", "key", "order", "status", "executed", "why"], rows)
