"""An order at market of about so many dollars: tried, or placed (seed S3 L102-L120)."""

from dataclasses import dataclass
from decimal import Decimal

from orderdesk.control.http import bodies
from orderdesk.control.http.commands import outcome, send
from orderdesk.control.http.house import House
from orderdesk.core.markets import Market, Refusal, Size, fit
from orderdesk.core.money import canonical
from orderdesk.core.order_ids import client_order_id, mint_key
from orderdesk.core.orders import OrderStatus, OrderType, Side
from orderdesk.core.tokens import Lane
from orderdesk.errors import DeskError, ExchangeUnreachable, InvalidOrder
from orderdesk.ports import NewOrder

ANSWER_S = 10.0
"""An order at market is answered when its fills are here; a longer wait holds a thread."""


@dataclass(frozen=True, slots=True)
class TrialOrder:
    """What is to be tried."""

    market: Market
    side: str
    notional: Decimal
    """In quote."""


def tried(house: House, order: TrialOrder) -> bodies.TestOrder:
    """Fit the order to its market and have the exchange check it; nothing is placed.

    Raises:
        InvalidOrder: the market's rules refuse it.
        DeskError: the exchange would refuse it.
    """
    size, price = _fitted(house, order)
    wire = NewOrder(order.market.symbol, client_order_id(house.sign.account, mint_key()), size)
    refused = house.desk.exchange(house.sign.account, Lane.POLL).test_order(wire)
    if refused is not None:
        raise DeskError(f"the exchange would refuse it: {refused.code} {refused.message}")
    return _told(order, size, price, mode="dry_run")


def placed(house: House, order: TrialOrder, *, by: str) -> bodies.TestOrder:
    """Place the order as every producer does, and wait for its report.

    Raises:
        InvalidOrder: the market's rules refuse it.
        DeskError: the desk or the exchange said no, or the answer is still to come.
    """
    size, price = _fitted(house, order)
    fields = {
        "symbol": order.market.symbol,
        "side": order.side,
        "type": OrderType.MARKET.value,
        "quantity": canonical(size.quantity) if size.quantity is not None else None,
        "trace_id": f"test-order:{by}",
    }
    sent = send(house, "place_order", fields, key=None)
    report = outcome(sent.result, within_s=ANSWER_S)
    if report is None:
        raise DeskError(
            f"no answer within {ANSWER_S:g} s; the order is kept and goes on: "
            f"GET /orders/{sent.idempotency_key}"
        )
    if report.status in (OrderStatus.DENIED, OrderStatus.REJECTED, OrderStatus.EXPIRED_UNSENT):
        raise DeskError(f"{report.status}: {report.code or ''} {report.reason or ''}".strip())
    told = _told(order, size, price, mode="paper" if house.sign.mode == "TEST" else "live")
    filled = report.executed_quantity > 0
    return told.model_copy(update={"filled": filled, "order": report})


def _fitted(house: House, order: TrialOrder) -> tuple[Size, Decimal]:
    market = order.market
    price = house.desk.markets.last_price(market.symbol)
    if price is None:
        raise ExchangeUnreachable(f"the exchange gave no price of {market.symbol}; ask again")
    wanted = Size(Side(order.side), OrderType.MARKET, order.notional / price, None, None)
    fitted = fit(wanted, market, price)
    if isinstance(fitted, Refusal):
        raise InvalidOrder(str(fitted), "notional_usd", canonical(order.notional), fitted.rule)
    return fitted, price


def _told(order: TrialOrder, size: Size, price: Decimal, *, mode: str) -> bodies.TestOrder:
    return bodies.TestOrder.model_validate(
        {
            "mode": mode,
            "symbol": order.market.symbol,
            "side": order.side.lower(),
            "qty": size.quantity,
            "price": price,
            "filled": False,
        }
    )
