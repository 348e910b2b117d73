"""`orderdesk place`: place one order as any producer would, and show what became of it."""

import argparse
from typing import Any

from celery.exceptions import TimeoutError as NoAnswer

from orderdesk.client import Producer
from orderdesk.contracts import OrderReport
from orderdesk.control.arguments import add_account, add_json
from orderdesk.control.screen import Screen, print_json
from orderdesk.control.shown.orders import Outcome, orders_shown
from orderdesk.core.order_ids import mint_key
from orderdesk.core.orders import OrderStatus, OrderType, Side
from orderdesk.errors import DeskError, InvalidOrder
from orderdesk.settings import Mode, Settings

_WAIT_S = 30.0
_NOES = (OrderStatus.DENIED, OrderStatus.REJECTED, OrderStatus.EXPIRED_UNSENT)

_FIELDS = ("type", "quantity", "quote_quantity", "price", "valid_for_ms", "account")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Ask for an order in the words of `place_order.delay`."""
    parser.add_argument("side", type=str.upper, choices=list(Side), help="BUY or SELL")
    parser.add_argument("symbol", help="like BTCUSDT or BTC/USDT")
    parser.add_argument("--type", type=str.upper, default="MARKET", choices=list(OrderType))
    parser.add_argument("--quantity", help="in base, like 0.001")
    parser.add_argument("--quote-quantity", help="in quote, like 20; MARKET only")
    parser.add_argument("--price", help="in quote per base; not for MARKET")
    parser.add_argument("--key", help="idempotency key; the same again is the same order")
    parser.add_argument("--valid-for-ms", type=int, help="not sent after so many ms (60000)")
    parser.add_argument("--wait-s", type=float, default=_WAIT_S, help="wait so long (%(default)s)")
    parser.add_argument("--live", action="store_true", help="needed when EXECUTION_MODE is LIVE")
    add_account(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Place it, wait for the answer; 1 if the answer is a no."""
    settings = Settings.from_environment(needs_keys=False)
    if settings.mode is Mode.LIVE and not args.live:
        raise InvalidOrder("EXECUTION_MODE is LIVE, this would trade real money: add --live")
    key = args.key or mint_key()
    report = OrderReport.model_validate(_place(Producer(settings), key, args=args))
    if args.json:
        print_json(report.wire())
    else:
        screen = Screen()
        screen.show(orders_shown([Outcome("", report)], screen.width))
        screen.say(f"Its story: orderdesk explain {report.idempotency_key}")
    return 1 if report.status in _NOES else 0


def _place(producer: Producer, key: str, *, args: argparse.Namespace) -> Any:
    fields = {name: getattr(args, name) for name in _FIELDS if getattr(args, name) is not None}
    result = producer.handle("place_order").delay(
        side=args.side, symbol=args.symbol, idempotency_key=key, **fields
    )
    try:
        return result.get(timeout=args.wait_s)
    except NoAnswer:
        raise DeskError(
            f"no answer within {args.wait_s:g} s; the order is kept and goes on. Ask with "
            f"`orderdesk explain {key}`, or wait again with the same order and --key {key}"
        ) from None
