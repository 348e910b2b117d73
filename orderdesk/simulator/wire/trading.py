"""The endpoints that place, cancel and ask for orders.

Source: MEXC spot v3 docs, "Spot Account/Trade", Jan 2026.
"""

from collections.abc import Iterable, Mapping

from orderdesk.simulator.engine import refusals
from orderdesk.simulator.engine.orders import Order, OrderRequest
from orderdesk.simulator.engine.refusals import Refusal
from orderdesk.simulator.messages import Answer, Call, json_answer, refused
from orderdesk.simulator.venue import Venue
from orderdesk.simulator.wire.order_form import read_order
from orderdesk.simulator.wire.parameters import Reach, missing, read_window
from orderdesk.simulator.wire.shapes import acknowledged, canceled, queried

_DAY_MS = 86_400_000
# GET order and allOrders look back 7 days; allOrders gives the last 24 h unless asked, 500 rows by
# default and 1000 at most; openOrders gives 1000 rows and takes 5 symbols at most
# (MEXC spot v3 docs, Jan 2026).
LOOK_BACK_MS = 7 * _DAY_MS
_ORDERS = Reach(span_ms=_DAY_MS, look_back_ms=LOOK_BACK_MS, rows=500, most_rows=1_000)
_MOST_OPEN_ROWS = 1_000
_MOST_SYMBOLS = 5


def place(venue: Venue, call: Call) -> Answer:
    """Place an order. The answer says that it was taken, not what came of it."""
    order = enter(venue, call, call.params)
    venue.keep()
    return refused(order) if isinstance(order, Refusal) else json_answer(acknowledged(order))


def enter(venue: Venue, call: Call, params: Mapping[str, str]) -> Order | Refusal:
    """Let the call's account place the order that the parameters describe; keep nothing yet."""
    request = _read_open_order(call, params)
    if isinstance(request, Refusal):
        return request
    hidden_ms = max(call.hidden_ms, venue.habits.visible_after_ms)
    return _known(venue, call, request) or venue.exchange.place(
        call.account,
        request,
        now_ms=call.now_ms,
        hidden_until_ms=call.now_ms + hidden_ms if hidden_ms else 0,
    )


def test(venue: Venue, call: Call) -> Answer:
    """Check an order and do nothing: all rules but balance, book and the open-order cap."""
    request = _read_open_order(call, call.params)
    if isinstance(request, Refusal):
        return refused(request)
    refusal = venue.exchange.check(request)
    return json_answer({}) if refusal is None else refused(refusal)


def query(venue: Venue, call: Call) -> Answer:
    """Give one order by orderId or origClientOrderId; of several with one client id the newest."""
    order = _find(venue, call)
    if isinstance(order, Refusal):
        return refused(order)
    # An order that still works is known however old it is.
    forgotten = order is not None and not order.is_open and _age_ms(order, call) > LOOK_BACK_MS
    if order is None or forgotten:
        return refused(refusals.ORDER_UNKNOWN)
    return json_answer(queried(order))


def cancel(venue: Venue, call: Call) -> Answer:
    """Cancel one order. One that ended, or that is hidden still, is unknown."""
    order = _find(venue, call)
    if isinstance(order, Refusal):
        return refused(order)
    if order is None:
        return refused(refusals.CANCEL_UNKNOWN)
    outcome = venue.exchange.cancel(order, now_ms=call.now_ms)
    venue.keep()
    return refused(outcome) if isinstance(outcome, Refusal) else json_answer(canceled(outcome))


def open_orders(venue: Venue, call: Call) -> Answer:
    """Give the open orders, of up to 5 symbols or of all, oldest first."""
    orders = _open_orders(venue, call)
    if isinstance(orders, Refusal):
        return refused(orders)
    return json_answer([queried(order) for order in orders[:_MOST_OPEN_ROWS]])


def cancel_open_orders(venue: Venue, call: Call) -> Answer:
    """Cancel the open orders of up to 5 symbols."""
    orders = missing(call.params, ("symbol",)) or _open_orders(venue, call)
    if isinstance(orders, Refusal):
        return refused(orders)
    return json_answer([canceled(order) for order in _cancel_each(venue, call, orders)])


def cancel_everything(venue: Venue, call: Call) -> Answer:
    """Cancel every open order of the account, whoever placed it."""
    orders = _visible(venue.exchange.ledger.history.open_orders(call.account), call)
    _cancel_each(venue, call, orders)
    return json_answer({"code": 200, "msg": "success", "timestamp": call.now_ms})


def all_orders(venue: Venue, call: Call) -> Answer:
    """Give a symbol's orders, ended ones too, ascending by the time they were placed."""
    refusal = missing(call.params, ("symbol",)) or _unknown_symbol(venue, [call.params["symbol"]])
    window = refusal or read_window(call, _ORDERS)
    if isinstance(window, Refusal):
        return refused(window)
    found = venue.exchange.ledger.history.orders_between(
        call.account, call.params["symbol"], from_ms=window.from_ms, to_ms=window.to_ms
    )
    return json_answer([queried(order) for order in window.cut(_visible(found, call))])


def _known(venue: Venue, call: Call, request: OrderRequest) -> Order | None:
    if not venue.habits.dedupes_client_ids or not request.client_order_id:
        return None
    history = venue.exchange.ledger.history
    orders = history.orders_of_client_id(call.account, request.client_order_id)
    return orders[-1] if orders else None


def _read_open_order(call: Call, params: Mapping[str, str]) -> OrderRequest | Refusal:
    request = read_order(params)
    closed = isinstance(request, OrderRequest) and request.symbol in call.closed_symbols
    return refusals.BAD_SYMBOL if closed else request


def _find(venue: Venue, call: Call) -> Order | Refusal | None:
    refusal = missing(call.params, ("symbol",))
    if refusal is not None:
        return refusal
    history = venue.exchange.ledger.history
    if "orderId" in call.params:
        order = history.order(call.params["orderId"])
        candidates = [] if order is None else [order]
    elif "origClientOrderId" in call.params:
        candidates = history.orders_of_client_id(call.account, call.params["origClientOrderId"])
    else:
        return refusals.parameter_missing("orderId")
    owned = [
        order
        for order in _visible(candidates, call)
        if order.account == call.account and order.symbol == call.params["symbol"]
    ]
    return owned[-1] if owned else None


def _open_orders(venue: Venue, call: Call) -> list[Order] | Refusal:
    symbols = call.params["symbol"].split(",") if "symbol" in call.params else []
    if len(symbols) > _MOST_SYMBOLS:
        return refusals.parameter_error("symbol")
    refusal = _unknown_symbol(venue, symbols)
    if refusal is not None:
        return refusal
    orders = _visible(venue.exchange.ledger.history.open_orders(call.account), call)
    return [order for order in orders if not symbols or order.symbol in symbols]


def _cancel_each(venue: Venue, call: Call, orders: Iterable[Order]) -> list[Order]:
    done = [venue.exchange.cancel(order, now_ms=call.now_ms) for order in orders]
    venue.keep()
    return [order for order in done if isinstance(order, Order)]


def _unknown_symbol(venue: Venue, symbols: list[str]) -> Refusal | None:
    known = all(venue.exchange.market(symbol) is not None for symbol in symbols)
    return None if known else refusals.SYMBOL_UNKNOWN


def _visible(orders: Iterable[Order], call: Call) -> list[Order]:
    return [order for order in orders if order.hidden_until_ms <= call.now_ms]


def _age_ms(order: Order, call: Call) -> int:
    return call.now_ms - order.time_ms
