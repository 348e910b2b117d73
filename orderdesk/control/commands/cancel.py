"""`orderdesk cancel`: cancel one order, sent or not, or everything of this desk."""

from typing import Annotated

import typer

from orderdesk.contracts import DEFAULT_ACCOUNT, CancelAllReport, OrderReport
from orderdesk.control import exit_codes
from orderdesk.control.arguments import Account, AsJson
from orderdesk.control.json_answer import print_json
from orderdesk.control.order_answer import show_order
from orderdesk.control.screen import Screen
from orderdesk.control.waiting import WAIT_S, answer_of
from orderdesk.core.order_ids import mint_key
from orderdesk.core.orders import OrderStatus

EXAMPLES = (
    "orderdesk cancel my-order",
    "orderdesk cancel --all --symbol BTCUSDT --json",
)

_CANCELED = (OrderStatus.CANCELED, OrderStatus.PARTIALLY_CANCELED)


def run(
    order: Annotated[
        str, typer.Argument(metavar="[ORDER]", help="Its idempotency key or client order id.")
    ] = "",
    *,
    all_: Annotated[
        bool, typer.Option("--all", help="Every order of this desk, instead of one.")
    ] = False,
    symbol: Annotated[
        str | None, typer.Option(help="With --all: those of this symbol, like BTCUSDT.")
    ] = None,
    wait_s: Annotated[float, typer.Option(min=0, help="Wait so long for the answer.")] = WAIT_S,
    account: Account = DEFAULT_ACCOUNT,
    as_json: AsJson = False,
) -> int:
    """Cancel, and wait until it has ended; 1 if something was not canceled."""
    if bool(order) is all_ or (symbol and not all_):
        raise typer.BadParameter("say what to cancel: either ORDER, or --all (with --symbol)")
    if all_:
        return _all(account, symbol, wait_s=wait_s, as_json=as_json)
    fields = {"order": order, "account": account, "idempotency_key": mint_key()}
    then = f"`orderdesk explain {order}` tells what becomes of it"
    answer = answer_of("cancel_order", fields, wait_s=wait_s, then=then)
    report = OrderReport.model_validate(answer)
    show_order(report, as_json=as_json)
    return exit_codes.DONE if report.status in _CANCELED else exit_codes.NO


def _all(account: str, symbol: str | None, *, wait_s: float, as_json: bool) -> int:
    fields = {"account": account, "symbol": symbol, "idempotency_key": mint_key()}
    then = "`orderdesk orders` shows what is still open"
    answer = answer_of("cancel_all_orders", fields, wait_s=wait_s, then=then)
    report = CancelAllReport.model_validate(answer)
    if as_json:
        print_json(report.wire())
    else:
        open_ = f"; still open: {', '.join(report.still_open)}" if report.still_open else ""
        Screen().say(f"{report.canceled} of {report.requested} orders canceled{open_}.")
    return exit_codes.NO if report.still_open else exit_codes.DONE
