"""What assets are worth now, as far as prices can be had; each with its age."""

from collections.abc import Iterable
from contextlib import suppress
from decimal import Decimal

from orderdesk.core.valuation import CURRENCY, Price
from orderdesk.errors import ExchangeRefused, NotYet, Transient
from orderdesk.ports import Desk

ASKED_AT_MOST = 20
"""A price costs weight 10; more assets are valued by prices that are at hand."""


def prices(desk: Desk, assets: Iterable[str]) -> dict[str, Price]:
    """Return prices of assets in `CURRENCY`, important assets first; some may be missing."""
    found = {CURRENCY: Price(Decimal(1), 0)}
    asked = 0
    for asset in dict.fromkeys(assets):
        symbol = f"{asset}{CURRENCY}"
        if asset in found:
            continue
        # What cannot be had now leaves the asset unpriced, and the report says so.
        with suppress(Transient, NotYet, ExchangeRefused):
            if desk.markets.market(symbol) is None:
                continue
            if asked < ASKED_AT_MOST:
                asked += 1
                desk.markets.last_price(symbol)
            quote = desk.markets.remembered_price(symbol)
            if quote is not None:
                found[asset] = Price(quote.price, quote.age_ms)
    return found
