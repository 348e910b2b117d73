"""`orderdesk reconcile`: hold our book against the exchange's now, heal it, show what was found."""

import time
from typing import Annotated, Any

import typer

from orderdesk import wiring
from orderdesk.contracts import DEFAULT_ACCOUNT, Reconcile, ReconcileReport, checked
from orderdesk.control.arguments import Account, AsJson
from orderdesk.control.json_answer import print_json
from orderdesk.control.screen import Screen, table
from orderdesk.control.shown.amounts import moment
from orderdesk.core.reconcile import TREATMENT, Action
from orderdesk.errors import NotYet
from orderdesk.flows import reconcile
from orderdesk.ports import Desk

_PATIENCE_S = 300.0
_DAY_MS = 86_400_000


EXAMPLES = (
    "orderdesk reconcile",
    "orderdesk reconcile --symbol BTCUSDT --days 2",
    "orderdesk reconcile --whole --json",
)


def run(
    *,
    symbol: Annotated[str | None, typer.Option(help="This one only, like BTCUSDT.")] = None,
    whole: Annotated[
        bool, typer.Option("--whole", help="As far back as MEXC lists orders.")
    ] = False,
    days: Annotated[float | None, typer.Option(min=0, help="So many days back.")] = None,
    account: Account = DEFAULT_ACCOUNT,
    as_json: AsJson = False,
) -> int:
    """Compare and heal; 1 if something needs a person, or could not be compared."""
    desk = wiring.desk()
    fields: dict[str, Any] = {"account": account, "symbol": symbol, "whole": whole}
    if days is not None:
        fields["since_ms"] = max(0, desk.time.now_ms() - int(days * _DAY_MS))
    command = checked(Reconcile, {name: v for name, v in fields.items() if v is not None})
    screen = Screen()
    with screen.waiting("comparing the books"):
        report = _compared(desk, command)
    if as_json:
        print_json(report.wire())
    else:
        _show(screen, report)
    alarmed = any(one.action is Action.ALARMED for one in report.findings)
    return 1 if alarmed or report.not_compared else 0


def _compared(desk: Desk, command: Reconcile) -> ReconcileReport:
    """Compare, waiting for slots where they are short: a person wants the whole report.

    Raises:
        ExchangeUnreachable: a list could not be read whole.
    """
    deadline = time.monotonic() + _PATIENCE_S
    now_ms = desk.time.now_ms()
    span = reconcile.span_of(desk, command, now_ms)
    report = reconcile.begin(command, span, now_ms)
    for symbol in reconcile.symbols_of(desk, command, span):
        while True:
            try:
                report = reconcile.with_symbol(desk, report, symbol, span)
                break
            except NotYet as error:
                if time.monotonic() > deadline:
                    raise
                time.sleep((error.retry_after_ms or 0) / 1_000)
    reconcile.end(desk, command, report)
    return report


def _show(screen: Screen, report: ReconcileReport) -> None:
    screen.say(
        f"Compared {report.compared} orders and {report.compared_fills} trades on "
        f"{len(report.symbols)} symbols, from {moment(report.orders_since_ms)} on."
    )
    for text in (report.beyond_look_back, *report.not_compared):
        if text:
            screen.say(text[0].upper() + text[1:], "yellow")
    if not report.findings:
        screen.say("The books agree.")
        return
    rows = [
        (
            one.action,
            one.kind,
            one.symbol,
            one.order or one.order_id,
            one.trade_id,
            one.detail or TREATMENT[one.kind].meaning,
            one.outcome,
        )
        for one in report.findings
    ]
    names = ("done", "finding", "symbol", "order", "trade", "what", "outcome")
    screen.show(table(names, rows))
