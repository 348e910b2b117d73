"""Markets and prices as given, and an example market for tests to start from."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from orderdesk.core.markets import Market
from orderdesk.core.money import ZERO
from orderdesk.errors import DeskError
from orderdesk.ports import Quote


def example_market(symbol: str = "BTCUSDT", **changes: Any) -> Market:
    """Return a market that takes everything, with BTCUSDT's steps; `changes` are its fields."""
    market = Market(
        symbol=symbol,
        base=symbol.removesuffix("USDT"),
        quote="USDT",
        online=True,
        api_trading=True,
        buying_allowed=True,
        selling_allowed=True,
        tick=Decimal("0.01"),
        lot=Decimal("0.000001"),
        min_quantity=ZERO,
        min_notional=Decimal(1),
        min_notional_market=Decimal(1),
        max_notional=Decimal(4_000_000),
        max_notional_market=Decimal(4_000_000),
        quote_step=Decimal("0.01"),
        band_up=None,
        band_down=None,
        market_orders=True,
    )
    return replace(market, **changes)


class FakeMarkets:
    """The `Markets` port over what it is given; `prices` may be changed at any time."""

    def __init__(
        self,
        markets: Mapping[str, Market] | None = None,
        prices: Mapping[str, Decimal] | None = None,
    ) -> None:
        given = {"BTCUSDT": example_market()} if markets is None else markets
        self._lock = threading.Lock()
        self._markets = dict(given)
        self._remembered: dict[str, Decimal] = {}
        self.prices = dict(prices or {})
        """What the venue would answer; a symbol that is not here gets no answer."""
        self.disabled: dict[str, str] = {}
        """Why, by symbol."""
        self.age_ms = 0
        """How old a remembered price is said to be."""
        self.failure: DeskError | None = None

    def market(self, symbol: str) -> Market | None:
        """Return a symbol's rules, None if there is no such symbol."""
        self._reach()
        with self._lock:
            market = self._markets.get(symbol)
            if market is None or symbol not in self.disabled:
                return market
            return replace(market, on_key=False)

    def symbols(self) -> Sequence[str]:
        """Return every symbol, in order."""
        self._reach()
        with self._lock:
            return sorted(self._markets)

    def last_price(self, symbol: str) -> Decimal | None:
        """Return the price, None if the venue would not answer."""
        self._reach()
        with self._lock:
            price = self.prices.get(symbol)
            if price is not None:
                self._remembered[symbol] = price
            return price

    def remembered_price(self, symbol: str) -> Quote | None:
        """Return the price that was last asked for, as old as `age_ms` says."""
        self._reach()
        with self._lock:
            price = self._remembered.get(symbol)
            return None if price is None else Quote(price, self.age_ms)

    def disable(self, symbol: str, reason: str) -> None:
        """Mark a symbol as not on this key."""
        self._reach()
        with self._lock:
            self.disabled[symbol] = reason

    def _reach(self) -> None:
        if self.failure is not None:
            raise self.failure
