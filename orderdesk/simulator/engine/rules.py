"""What MEXC refuses before it matches, as one list of small rules, asked in this order.

Each rule gives a refusal or None. Bounds are inclusive unless a rule says otherwise.
Source: MEXC spot v3 docs, exchangeInfo and error codes, Jan 2026. In what order MEXC itself asks
is not documented.
"""

from collections.abc import Callable
from decimal import Decimal

from orderdesk.simulator.engine import refusals
from orderdesk.simulator.engine.amounts import ZERO, fits, plain
from orderdesk.simulator.engine.instruments import ONLINE
from orderdesk.simulator.engine.market import Market
from orderdesk.simulator.engine.orders import OrderRequest, OrderType, Side
from orderdesk.simulator.engine.refusals import Refusal

Rule = Callable[[Market, OrderRequest], Refusal | None]


def first_refusal(rules: tuple[Rule, ...], market: Market, request: OrderRequest) -> Refusal | None:
    """Ask the rules in turn; the first no is the answer."""
    answers = (rule(market, request) for rule in rules)
    return next((answer for answer in answers if answer is not None), None)


def _symbol_trades(market: Market, _request: OrderRequest) -> Refusal | None:
    if not market.instrument.open_to_api:
        return refusals.BAD_SYMBOL
    return None if market.instrument.status == ONLINE else refusals.TRADING_DISABLED


def _side_allowed(market: Market, request: OrderRequest) -> Refusal | None:
    return None if request.side in market.instrument.sides else refusals.SIDE_NOT_ALLOWED


def _type_allowed(market: Market, request: OrderRequest) -> Refusal | None:
    blocked = request.type is OrderType.MARKET and not market.instrument.takes_market_orders
    return refusals.MARKET_ORDER_DISABLED if blocked else None


def _amounts_positive(_market: Market, request: OrderRequest) -> Refusal | None:
    if any(amount is not None and amount <= ZERO for amount in _amounts(request)):
        return refusals.AMOUNT_NOT_POSITIVE
    bad_price = request.price is not None and request.price <= ZERO
    return refusals.NO_VALID_PRICE if bad_price else None


def _decimals_fit(market: Market, request: OrderRequest) -> Refusal | None:
    # A quote amount is held to the price's decimals: quotePrecision is the quote asset's only one.
    instrument = market.instrument
    pairs = (
        (request.quantity, instrument.quantity_decimals),
        (request.quote_quantity, instrument.price_decimals),
        (request.price, instrument.price_decimals),
    )
    good = all(value is None or fits(value, decimals) for value, decimals in pairs)
    return None if good else refusals.TOO_MANY_DECIMALS


def _price_in_band(market: Market, request: OrderRequest) -> Refusal | None:
    if request.price is None:
        return None
    instrument = market.instrument
    if request.side is Side.BUY:
        good = request.price <= market.last * (1 + instrument.band_up)
    else:
        good = request.price >= market.last * (1 - instrument.band_down)
    return None if good else refusals.PRICE_OUT_OF_BAND


def _size_in_bounds(market: Market, request: OrderRequest) -> Refusal | None:
    instrument = market.instrument
    if request.quantity is not None and request.quantity < instrument.min_quantity:
        return refusals.below_minimum(f"{plain(instrument.min_quantity)}{instrument.base}")
    is_market = request.type is OrderType.MARKET
    least = instrument.min_notional_market if is_market else instrument.min_notional
    most = instrument.max_notional_market if is_market else instrument.max_notional
    notional = _notional(market, request)
    if notional < least:
        return refusals.below_minimum(f"{plain(least)}{instrument.quote}")
    if notional > most:
        return refusals.above_maximum(f"{plain(most)}{instrument.quote}")
    return None


def _other_side_suits(market: Market, request: OrderRequest) -> Refusal | None:
    offer = market.best(request.side.opposite)
    if request.type is OrderType.MARKET:
        return refusals.NO_OPPOSITE_ORDER if offer is None else None
    if request.type is OrderType.LIMIT_MAKER and offer is not None and request.price is not None:
        buys = request.side is Side.BUY
        takes = request.price >= offer.price if buys else request.price <= offer.price
        return refusals.WOULD_TAKE if takes else None
    return None


def _amounts(request: OrderRequest) -> tuple[Decimal | None, Decimal | None]:
    return request.quantity, request.quote_quantity


def _notional(market: Market, request: OrderRequest) -> Decimal:
    if request.quantity is None:
        return request.quote_quantity or ZERO
    return request.quantity * (request.price or market.last)


# Held against the symbol only: all that POST /api/v3/order/test asks.
RULES: tuple[Rule, ...] = (
    _symbol_trades,
    _side_allowed,
    _type_allowed,
    _amounts_positive,
    _decimals_fit,
    _price_in_band,
    _size_in_bounds,
)
# Held against what stands in the book at this moment.
BOOK_RULES: tuple[Rule, ...] = (_other_side_suits,)
