"""MEXC's exchangeInfo to the rules of our markets: what each of its fields really means.

Source: MEXC spot v3 docs, "Exchange information", Jan 2026; ccxt 4.5.90, Oct 2026; a probe of the
live API published on 2026-09-25.
"""

import math
from collections.abc import Mapping
from decimal import Decimal

from orderdesk.core.markets import Market
from orderdesk.core.money import ZERO
from orderdesk.core.orders import OrderType
from orderdesk.errors import ExchangeUnreachable
from orderdesk.exchanges.mexc import fields
from orderdesk.exchanges.mexc.fields import Row

_ONLINE = "1"
_STATUSES = (_ONLINE, "2", "3")
"""`status` since 2024-08-16: 1 online, 2 paused, 3 offline."""

_BUY_SIDES, _SELL_SIDES = ("1", "2"), ("1", "3")
"""`tradeSideType`: 1 all, 2 buy only, 3 sell only, 4 closed."""

_MOST_DECIMALS = 30


def markets(content: object, allowed: frozenset[str] | None) -> Mapping[str, Market]:
    """Read exchangeInfo, by symbol.

    A symbol whose row we cannot read is offline: one odd listing must not stop the desk, and
    an unknown word must not trade. Where no row can be read, the format has changed.

    Args:
        content: the whole answer.
        allowed: the symbols of selfSymbols, None if the venue did not tell.

    Raises:
        ExchangeUnreachable: there is no list, it is empty, or not one row in it can be read.
    """
    found: dict[str, Market] = {}
    failure: ExchangeUnreachable | None = None
    readable = 0
    for row in fields.rows(content, "symbols"):
        try:
            market = fields.read(row, lambda row: _market(row, allowed))
            readable += 1
        except ExchangeUnreachable as error:
            failure, market = error, fields.read(row, _offline)
        found[market.symbol] = market
    if not readable:
        raise failure or ExchangeUnreachable("MEXC listed no symbol at all")
    return found


def _market(row: Row, allowed: frozenset[str] | None) -> Market:
    symbol, status = fields.name(row["symbol"]), str(row["status"])
    if status not in _STATUSES:
        raise ValueError(f"{status!r} is no status that MEXC documents")
    # What the venue does not say is left for it to refuse.
    sides = str(row.get("tradeSideType") or "1")
    types = row.get("orderTypes") or (OrderType.MARKET.value,)
    smallest = fields.amount(row.get("baseSizePrecision"))
    minimum = fields.amount(row.get("quoteAmountPrecision"))
    up, down = _band(row)
    return Market(
        symbol=symbol,
        base=fields.name(row["baseAsset"]),
        quote=fields.name(row["quoteAsset"]),
        online=status == _ONLINE,
        api_trading=fields.flag(row.get("isSpotTradingAllowed", True)),
        buying_allowed=sides in _BUY_SIDES,
        selling_allowed=sides in _SELL_SIDES,
        # The decimals of the price, not of an amount of quote.
        tick=_step(row["quotePrecision"]),
        # The docs call baseSizePrecision the smallest quantity; the probe found it to be a step
        # too. What is a multiple of both is right either way.
        lot=common_step(_step(row["baseAssetPrecision"]), smallest),
        min_quantity=smallest,
        # Despite their names these are the smallest notionals, in quote.
        min_notional=minimum,
        min_notional_market=fields.amount(row.get("quoteAmountPrecisionMarket"), minimum),
        max_notional=fields.amount(row.get("maxQuoteAmount")),
        max_notional_market=fields.amount(row.get("maxQuoteAmountMarket")),
        quote_step=_step(row.get("quoteAssetPrecision", row["quotePrecision"])),
        band_up=up,
        band_down=down,
        market_orders=OrderType.MARKET.value in types,
        on_key=allowed is None or symbol in allowed,
    )


def _offline(row: Row) -> Market:
    return Market(
        symbol=fields.name(row["symbol"]),
        base=str(row.get("baseAsset", "")),
        quote=str(row.get("quoteAsset", "")),
        online=False,
        api_trading=False,
        buying_allowed=False,
        selling_allowed=False,
        tick=ZERO,
        lot=ZERO,
        min_quantity=ZERO,
        min_notional=ZERO,
        min_notional_market=ZERO,
        max_notional=ZERO,
        max_notional_market=ZERO,
        quote_step=ZERO,
        band_up=None,
        band_down=None,
        market_orders=False,
    )


def common_step(first: Decimal, second: Decimal) -> Decimal:
    """Return the smallest step that is a multiple of both; a step of 0 does not count."""
    if not second or not first:
        return first or second
    decimals = max(-int(step.as_tuple().exponent) for step in (first, second))
    decimals = max(decimals, 0)
    units = math.lcm(*(int(step.scaleb(decimals)) for step in (first, second)))
    return Decimal(units).scaleb(-decimals)


def _step(decimals: object) -> Decimal:
    places = fields.whole(decimals)
    if not 0 <= places <= _MOST_DECIMALS:
        raise ValueError(f"{places} decimals")
    return Decimal(1).scaleb(-places)


def _band(row: Row) -> tuple[Decimal | None, Decimal | None]:
    """Read PERCENT_PRICE_BY_SIDE (since 2025-09-17), the only filter MEXC has.

    0.2 is a band of ± 20 % around the last price: read literally, the docs' formula would put
    every price outside. Zero is no band.
    """
    filters = row.get("filters") or ()
    if not all(isinstance(item, Mapping) for item in filters):
        raise ValueError("filters of an unknown shape")
    for item in filters:
        if item.get("filterType") == "PERCENT_PRICE_BY_SIDE":
            up, down = item.get("bidMultiplierUp"), item.get("askMultiplierDown")
            return fields.amount(up) or None, fields.amount(down) or None
    return None, None
