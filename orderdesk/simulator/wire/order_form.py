"""POST /api/v3/order's parameters as an `OrderRequest`, or the refusal of a malformed one.

Only the form is checked here; precision, sizes and balances are the engine's rules. Parameters
that spot v3 does not know (timeInForce, stopPrice ...) are passed over.
"""

import re

from orderdesk.simulator.engine import refusals
from orderdesk.simulator.engine.orders import OrderRequest, OrderType, Side
from orderdesk.simulator.engine.refusals import Refusal
from orderdesk.simulator.engine.self_trade import StpMode
from orderdesk.simulator.wire.parameters import Params, missing, read_amounts

# The words of a refusal with code 700008 that the public "MEXC trading connector" spec recorded
# on 2026-09-25.
_CLIENT_ID = re.compile(r"[0-9a-zA-Z_-]{1,32}", re.ASCII)
# The words that are understood. STOP_LOSS_LIMIT and its like are not: spot v3 has no trigger
# orders. stpMode has no effect without a trade group (MEXC spot v3 docs, Jan 2026).
_WORDS: dict[str, frozenset[str]] = {
    "side": frozenset(Side),
    "type": frozenset(OrderType),
    "stpMode": frozenset(StpMode),
}


def read_order(params: Params) -> OrderRequest | Refusal:
    """Read the form of a new order."""
    refusal = (
        missing(params, ("symbol", "side", "type")) or _bad_word(params) or _bad_amounts(params)
    )
    if refusal is not None:
        return refusal
    amounts = read_amounts(params, ("quantity", "quoteOrderQty", "price"))
    if isinstance(amounts, Refusal):
        return amounts
    is_market = params["type"] == OrderType.MARKET
    return OrderRequest(
        symbol=params["symbol"],
        side=Side(params["side"]),
        type=OrderType(params["type"]),
        quantity=amounts.get("quantity"),
        quote_quantity=amounts.get("quoteOrderQty") if is_market else None,
        price=None if is_market else amounts.get("price"),
        client_order_id=params.get("newClientOrderId", ""),
        stp_mode=params.get("stpMode", ""),
    )


def _bad_word(params: Params) -> Refusal | None:
    for name, words in _WORDS.items():
        if name in params and params[name] not in words:
            return refusals.parameter_error(name)
    client_id = params.get("newClientOrderId")
    illegal = client_id is not None and not _CLIENT_ID.fullmatch(client_id)
    return refusals.CLIENT_ID_ILLEGAL if illegal else None


def _bad_amounts(params: Params) -> Refusal | None:
    # The docs know quoteOrderQty for buys and quantity for sells; either is taken for both, as
    # recorded requests show (ccxt fixtures, Oct 2026). Both at once is no order.
    if params["type"] != OrderType.MARKET:
        return missing(params, ("quantity", "price"))
    if "quoteOrderQty" not in params:
        return missing(params, ("quantity",))
    return refusals.COMBINATION_INVALID if "quantity" in params else None
