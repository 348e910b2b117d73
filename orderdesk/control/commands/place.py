"""`orderdesk place`: place one order as any producer would, and show what became of it."""

from typing import Annotated

import typer

from orderdesk.contracts import DEFAULT_ACCOUNT, OrderReport
from orderdesk.control import exit_codes
from orderdesk.control.arguments import Account, AsJson
from orderdesk.control.order_answer import show_order
from orderdesk.control.waiting import WAIT_S, answer_of
from orderdesk.core.order_ids import mint_key
from orderdesk.core.orders import IN_DOUBT, OrderStatus, OrderType, Side
from orderdesk.errors import InvalidOrder
from orderdesk.settings import Mode, Settings

EXAMPLES = (
    "orderdesk place BUY BTCUSDT --quantity 0.001",
    "orderdesk place buy BTC/USDT --type LIMIT --quantity 0.001 --price 44500 --key my-order",
    "orderdesk place sell BTCUSDT --quantity 0.001 --wait-s 60 --json",
)

_QuoteQuantity = Annotated[str | None, typer.Option(help="In quote, like 20; MARKET only.")]
_Key = Annotated[
    str | None, typer.Option(help="Idempotency key; the same again is the same order.")
]
_ValidForMs = Annotated[
    int | None, typer.Option(help="Not sent after so many ms.", show_default="60000")
]

_NOES = (OrderStatus.DENIED, OrderStatus.REJECTED, OrderStatus.EXPIRED_UNSENT)


def run(
    side: Annotated[Side, typer.Argument(case_sensitive=False, show_default=False)],
    symbol: Annotated[str, typer.Argument(help="Like BTCUSDT or BTC/USDT.", show_default=False)],
    *,
    type_: Annotated[OrderType, typer.Option("--type", case_sensitive=False)] = OrderType.MARKET,
    quantity: Annotated[str | None, typer.Option(help="In base, like 0.001.")] = None,
    quote_quantity: _QuoteQuantity = None,
    price: Annotated[str | None, typer.Option(help="In quote per base; not for MARKET.")] = None,
    key: _Key = None,
    valid_for_ms: _ValidForMs = None,
    wait_s: Annotated[float, typer.Option(min=0, help="Wait so long for the answer.")] = WAIT_S,
    live: Annotated[
        bool, typer.Option("--live", help="Needed when EXECUTION_MODE is LIVE.")
    ] = False,
    account: Account = DEFAULT_ACCOUNT,
    as_json: AsJson = False,
) -> int:
    """Place it, wait for the answer; 1 if the answer is a no, 3 if none is sure."""
    key = key or mint_key()
    fields = {
        "side": side,
        "symbol": symbol,
        "type": type_,
        "quantity": quantity,
        "quote_quantity": quote_quantity,
        "price": price,
        "valid_for_ms": valid_for_ms,
        "account": account,
        "idempotency_key": key,
    }
    _mean_it(live=live)
    then = f"Ask `orderdesk explain {key}`, or wait again with the same order and --key {key}"
    answer = answer_of("place_order", fields, wait_s=wait_s, then=then)
    report = OrderReport.model_validate(answer)
    story = f"Its story: orderdesk explain {report.idempotency_key}"
    show_order(report, as_json=as_json, then=story)
    if report.status in IN_DOUBT:
        return exit_codes.NO_ANSWER
    return exit_codes.NO if report.status in _NOES else exit_codes.DONE


def _mean_it(*, live: bool) -> None:
    if Settings.from_environment(needs_keys=False).mode is Mode.LIVE and not live:
        raise InvalidOrder("EXECUTION_MODE is LIVE, this would trade real money: add --live")
