"""The smallest order a market takes: what `order/test` is asked about."""

from decimal import Decimal

from orderdesk.core.markets import Market, Size
from orderdesk.core.money import ZERO, floor_to, passive_price
from orderdesk.core.orders import OrderType, Side

_BELOW_LAST = Decimal("0.98")
"""A buy that rests, inside any band: the narrowest seen live is ± 20 % (MEXC, Sep 2026)."""

_ROOM = Decimal("1.05")
"""Above the smallest notional, so that a price that moves meanwhile does no harm."""


def smallest_buy(market: Market, last_price: Decimal) -> Size:
    """Return a LIMIT buy just above the market's minima.

    Args:
        market: its steps and minima; notionals in quote, quantities in base.
        last_price: above zero, in quote per base.
    """
    price = passive_price(last_price * _BELOW_LAST, market.tick, buying=True)
    least = max(market.min_quantity, market.min_notional * _ROOM / price)
    quantity = floor_to(least, market.lot)
    if quantity < least or quantity == ZERO:
        quantity += market.lot or least
    return Size(Side.BUY, OrderType.LIMIT, quantity, None, price)


def is_tradable(market: Market) -> bool:
    """True if this key can buy there now, with a LIMIT."""
    return market.online and market.api_trading and market.on_key and market.buying_allowed
