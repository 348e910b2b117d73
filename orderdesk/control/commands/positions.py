"""`orderdesk positions`: what the account holds and made, asked now."""

from decimal import Decimal
from typing import Annotated

import typer
from rich.table import Table

from orderdesk import wiring
from orderdesk.contracts import DEFAULT_ACCOUNT, PortfolioReport, SyncPortfolio
from orderdesk.control import exit_codes
from orderdesk.control.arguments import Account, AsJson
from orderdesk.control.json_answer import print_json
from orderdesk.control.screen import Screen, facts, table
from orderdesk.control.shown import amounts
from orderdesk.flows import sync
from orderdesk.flows.patience import patiently

EXAMPLES = ("orderdesk positions", "orderdesk positions --assets --json")

_PATIENCE_MS = 15_000
"""A person waits for a slot; the throttle's longest window is 10 s."""


def run(
    *,
    assets: Annotated[
        bool, typer.Option("--assets", help="Each asset too, with its balance and drift.")
    ] = False,
    account: Account = DEFAULT_ACCOUNT,
    as_json: AsJson = False,
) -> int:
    """Ask and show; 1 if an asset differs from what our fills say."""
    screen = Screen()
    with screen.waiting("asking for the balances"), patiently(_PATIENCE_MS):
        report = sync.sync(wiring.desk(), SyncPortfolio(account=account))
    if as_json:
        print_json(report.wire())
    else:
        screen.show(_positions(report))
        if assets:
            screen.show(_assets(report))
        screen.show(_whole(report))
    return exit_codes.NO if any(one.drift for one in report.assets) else exit_codes.DONE


def _positions(report: PortfolioReport) -> Table:
    rows = [
        (
            one.symbol,
            amounts.plain(one.quantity),
            amounts.price(one.average_entry),
            amounts.price(one.price),
            _money(one.exposure),
            _money(one.unrealised),
            _money(one.realised),
            amounts.fees(one.fees),
        )
        for one in report.positions
    ]
    names = ("position", "quantity", "average entry", "price", "exposure", "unrealised", "realised")
    return table([*names, "fees paid"], rows)


def _assets(report: PortfolioReport) -> Table:
    drifts = {one.asset: one for one in report.assets}
    rows = [
        (
            one.asset,
            amounts.plain(one.free),
            amounts.plain(one.locked),
            _money(one.value),
            amounts.plain(drifts[one.asset].drift) if one.asset in drifts else amounts.NOTHING,
        )
        for one in report.holdings
    ]
    return table(["asset", "free", "locked", f"worth in {report.currency}", "drift"], rows)


def _whole(report: PortfolioReport) -> Table:
    return facts(
        [
            ("equity", f"{_money(report.equity)} {report.currency}"),
            ("at risk", f"{_money(report.exposure)}, and {_money(report.reserved)} in open orders"),
            ("realised", f"{_money(report.realised)} after {_money(report.fees_value)} of fees"),
            ("unrealised", _money(report.unrealised)),
            ("orders", f"{report.open_orders} open, {report.in_doubt} in doubt"),
        ]
    )


def _money(value: Decimal | None) -> str:
    """Write to the cent; the JSON has every digit."""
    return amounts.NOTHING if value is None else f"{value:,.2f}"
