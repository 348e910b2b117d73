"""Market rules and last prices: kept in Redis for all processes, fetched by one at a time.

How they are fetched is not here: two callables come from the wiring.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import cast

from redis import Redis

from orderdesk.core.markets import Market
from orderdesk.core.money import canonical
from orderdesk.errors import DeskError, ExchangeUnreachable, NotYet
from orderdesk.ports import Quote
from orderdesk.stores.flights_redis import Flights
from orderdesk.stores.market_json import SHAPE, from_json, to_json
from orderdesk.stores.redis_door import Keys, reaching_redis

FRESH_MS = 3_600_000
"""Rules older than an hour are fetched again."""

STALE_MS = 24 * 3_600_000
"""Until then they still serve while the venue cannot be asked: it refuses what it must."""

IN_PROCESS_MS = 60_000
PRICE_MS = 2_000
REMEMBERED_MS = 60_000

LOOK_AGAIN_MS = 500
"""A process reads a price so often at most, where it is young enough for who asks: orders that come
one after another share a reading, each with the age that it has by then."""

WAIT_MS = 5_000
"""How long to wait for somebody else's fetch of the rules when there are none at all."""

_SHAPE, _OFF, _NONE = "@shape", "@off:", "@none"
"""Fields beside the symbols', which never hold an @."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What the cache says of a symbol; `market` None: the venue has no such symbol."""

    market: Market | None
    age_ms: int


class MarketCacheRedis:
    """The `Markets` port. Ages are told by Redis' own expiry, so no two clocks are compared.

    Args:
        client: from `redis_door.connect`.
        desk_id: whose cache it is.
        fetch_markets: asks the venue for every symbol's rules.
        fetch_price: asks the venue for a symbol's last price.
        look_again_ms: for so long a price that was read is not read again by this process.
    """

    def __init__(
        self,
        client: Redis,
        *,
        desk_id: str,
        fetch_markets: Callable[[], Mapping[str, Market]],
        fetch_price: Callable[[str], Decimal],
        look_again_ms: int = LOOK_AGAIN_MS,
    ) -> None:
        self._client = client
        self._keys = Keys(desk_id)
        self._flights = Flights(client, desk_id=desk_id)
        self._fetch_markets = fetch_markets
        self._fetch_price = fetch_price
        self._look_again_ms = look_again_ms
        self._lock = threading.Lock()
        self._in_process: dict[str, tuple[Market, float]] = {}
        self._quotes: dict[str, tuple[Quote, float]] = {}
        """The last price read of each symbol, and when (s, monotonic)."""

    def market(self, symbol: str) -> Market | None:
        """Return a symbol's rules, None if the venue has no such symbol.

        Raises:
            StoreUnavailable: Redis is away, and this process has not asked for a minute.
            DeskError: what the fetch raised, if there is nothing younger than a day.
        """
        with self._lock:
            market, until_s = self._in_process.get(symbol, (None, 0.0))
        if market is not None and time.monotonic() < until_s:
            return market
        market = self._current(symbol).market
        if market is not None:
            with self._lock:
                self._in_process[symbol] = (market, time.monotonic() + IN_PROCESS_MS / 1_000)
        return market

    def symbols(self) -> Sequence[str]:
        """Return every symbol that the venue lists, in order. Raises as `market` does."""
        self._current(_NONE)  # has the rules fetched, if they are not here
        with reaching_redis("reading which symbols there are"):
            names = cast("list[str]", self._client.hkeys(self._keys.markets))
        return sorted(name for name in names if not name.startswith("@"))

    def disable(self, symbol: str, reason: str) -> None:
        """Mark a symbol as not on this key until the rules are fetched again.

        Other processes notice within a minute.
        """
        with self._lock:
            self._in_process.pop(symbol, None)
        with reaching_redis(f"marking {symbol} as not on this key"):
            self._client.hset(self._keys.markets, _OFF + symbol, reason)

    def last_price(self, symbol: str) -> Decimal | None:
        """Return the last price, at most 2 s old; None if the venue cannot be asked now."""
        found = self._price(symbol, PRICE_MS)
        if found is not None:
            return found
        try:
            return self._flights.fetch_once(
                f"price:{symbol}",
                look=lambda: self._price(symbol, PRICE_MS),
                fetch=lambda: self._keep_price(symbol),
                wait_ms=PRICE_MS,
            )
        except (ExchangeUnreachable, NotYet):
            # An answer the port has a word for: None.
            return None

    def remembered_price(self, symbol: str) -> Quote | None:
        """Return the last price if one at most a minute old is at hand."""
        return self._quote(symbol, REMEMBERED_MS)

    def _current(self, symbol: str) -> _Found:
        stale = self._found(symbol, STALE_MS)
        if stale is not None and stale.age_ms < FRESH_MS:
            return stale
        try:
            found = self._flights.fetch_once(
                "markets",
                look=lambda: self._found(symbol, FRESH_MS),
                fetch=self._keep_markets,
                wait_ms=WAIT_MS if stale is None else 0,
            )
        except DeskError:
            if stale is None:
                raise
            # Yesterday's rules are better than no orders; the venue has the last word.
            return stale
        if found is not None:
            return found
        if stale is not None:
            return stale
        raise ExchangeUnreachable(
            "the venue's market rules are not known yet, and no process could fetch them"
        )

    def _found(self, symbol: str, max_age_ms: int) -> _Found | None:
        with reaching_redis(f"reading the rules of {symbol}"):
            pipeline = self._client.pipeline()
            pipeline.pttl(self._keys.markets)
            pipeline.hmget(self._keys.markets, [_SHAPE, symbol, _OFF + symbol])
            left_ms, (shape, text, off) = pipeline.execute()
        age_ms = STALE_MS - left_ms
        if shape != SHAPE or left_ms < 0 or age_ms >= max_age_ms:
            return None
        if text is None:
            return _Found(None, age_ms)
        market = from_json(text)
        return _Found(market if off is None else replace(market, on_key=False), age_ms)

    def _keep_markets(self) -> None:
        markets = self._fetch_markets()
        rows = [word for symbol, market in markets.items() for word in (symbol, to_json(market))]
        with reaching_redis("keeping the market rules"):
            pipeline = self._client.pipeline()
            pipeline.delete(self._keys.markets)
            pipeline.hset(self._keys.markets, _SHAPE, SHAPE, items=rows)
            pipeline.pexpire(self._keys.markets, STALE_MS)
            pipeline.execute()

    def _price(self, symbol: str, max_age_ms: int) -> Decimal | None:
        quote = self._quote(symbol, max_age_ms)
        return None if quote is None else quote.price

    def _quote(self, symbol: str, max_age_ms: int) -> Quote | None:
        quote = self._at_hand(symbol)
        if quote is None or quote.age_ms >= max_age_ms:
            quote = self._read_quote(symbol)
        return quote if quote is not None and quote.age_ms < max_age_ms else None

    def _at_hand(self, symbol: str) -> Quote | None:
        quote, read_s = self._quotes.get(symbol, (None, 0.0))
        since_ms = round((time.monotonic() - read_s) * 1_000)
        if quote is None or since_ms >= self._look_again_ms:
            return None
        return Quote(quote.price, quote.age_ms + since_ms)

    def _read_quote(self, symbol: str) -> Quote | None:
        read_s = time.monotonic()
        with reaching_redis(f"reading the last price of {symbol}"):
            pipeline = self._client.pipeline()
            pipeline.pttl(self._keys.price(symbol))
            pipeline.get(self._keys.price(symbol))
            left_ms, text = pipeline.execute()
        if text is None:
            return None
        quote = Quote(Decimal(text), REMEMBERED_MS - left_ms)
        self._quotes[symbol] = quote, read_s
        return quote

    def _keep_price(self, symbol: str) -> None:
        price = canonical(self._fetch_price(symbol))
        with reaching_redis(f"keeping the last price of {symbol}"):
            self._client.set(self._keys.price(symbol), price, px=REMEMBERED_MS)
        self._quotes.pop(symbol, None)
