"""The endpoints that need no signature: time, symbols, book, prices.

Source: MEXC spot v3 docs, "Market Data Endpoints", Jan 2026.
"""

from collections.abc import Callable

from orderdesk.simulator.engine import refusals
from orderdesk.simulator.engine.amounts import ZERO, plain
from orderdesk.simulator.engine.instruments import PAUSED
from orderdesk.simulator.engine.market import Market, Offer
from orderdesk.simulator.engine.orders import Side
from orderdesk.simulator.engine.refusals import Refusal
from orderdesk.simulator.messages import Answer, Call, json_answer, refused
from orderdesk.simulator.venue import MAKER_RATE, TAKER_RATE, Venue
from orderdesk.simulator.wire.parameters import missing, read_limit
from orderdesk.simulator.wire.shapes import Json, levels, listed

# depth: 100 levels by default, 5000 at most (MEXC spot v3 docs, "Order Book", Jan 2026).
_DEPTH, _MOST_DEPTH = 100, 5_000


def ping(_venue: Venue, _call: Call) -> Answer:
    """Answer that it is there."""
    return json_answer({})


def server_time(_venue: Venue, call: Call) -> Answer:
    """Tell the exchange's clock."""
    return json_answer({"serverTime": call.now_ms})


def default_symbols(venue: Venue, _call: Call) -> Answer:
    """List the symbols that are open to the API in general."""
    return json_answer({"code": 200, "data": open_symbols(venue), "msg": None})


def open_symbols(venue: Venue) -> list[str]:
    """Give the symbols that are open to the API, whatever a single key may do."""
    markets = venue.exchange.markets
    return [symbol for symbol, market in markets.items() if market.instrument.open_to_api]


def exchange_info(venue: Venue, call: Call) -> Answer:
    """List symbols with their rules: all, one (`symbol`), or some (`symbols`, commas between)."""
    named = call.params.get("symbols") or call.params.get("symbol")
    chosen = _chosen(venue, named.split(",") if named else list(venue.exchange.markets))
    if isinstance(chosen, Refusal):
        return refused(chosen)
    return json_answer(
        {
            "timezone": "CST",
            "serverTime": call.now_ms,
            # Always empty at MEXC: the caps cannot be discovered.
            "rateLimits": [],
            "exchangeFilters": [],
            "symbols": [
                listed(market.instrument, maker_rate=MAKER_RATE, taker_rate=TAKER_RATE)
                for market in chosen
            ],
        }
    )


def offline_symbols(venue: Venue, _call: Call) -> Answer:
    """List the symbols that are paused (state 2); none is delisted here (new on 2025-12-08)."""
    paused = [
        {"symbol": symbol, "state": 2}
        for symbol, market in venue.exchange.markets.items()
        if market.instrument.status == PAUSED
    ]
    return json_answer({"data": paused})


def contracts(_venue: Venue, _call: Call) -> Answer:
    """List no futures: clients that load spot and futures at once ask for them to start."""
    return json_answer({"success": True, "code": 0, "data": []})


def depth(venue: Venue, call: Call) -> Answer:
    """Give the book of one symbol."""
    market = one_market(venue, call)
    limit = read_limit(call, default=_DEPTH, most=_MOST_DEPTH)
    if isinstance(market, Refusal):
        return refused(market)
    if isinstance(limit, Refusal):
        return refused(limit)
    return json_answer(
        {
            "lastUpdateId": market.version,
            "bids": levels(market.ladder(Side.BUY, limit)),
            "asks": levels(market.ladder(Side.SELL, limit)),
            "timestamp": call.now_ms,
        }
    )


def ticker_price(venue: Venue, call: Call) -> Answer:
    """Give the last price, of one symbol or of all."""
    return ticker(venue, call, lambda market: {"price": plain(market.last)})


def ticker_book(venue: Venue, call: Call) -> Answer:
    """Give the best bid and ask, of one symbol or of all."""
    return ticker(venue, call, touch)


def ticker(venue: Venue, call: Call, shape: Callable[[Market], Json]) -> Answer:
    """Give one row for each symbol that is asked for: a list, or an object for a single one."""
    symbol = call.params.get("symbol")
    chosen = _chosen(venue, [symbol] if symbol else list(venue.exchange.markets))
    if isinstance(chosen, Refusal):
        return refused(chosen)
    rows = [{"symbol": market.instrument.symbol, **shape(market)} for market in chosen]
    return json_answer(rows[0] if symbol else rows)


def touch(market: Market) -> Json:
    """Give the best bid and ask of a market as a ticker shows them; 0 where there is none."""
    bid, ask = (market.best(side) or _nothing() for side in (Side.BUY, Side.SELL))
    return {
        "bidPrice": plain(bid.price),
        "bidQty": plain(bid.quantity),
        "askPrice": plain(ask.price),
        "askQty": plain(ask.quantity),
    }


def _nothing() -> Offer:
    return Offer(ZERO, ZERO, None)


def one_market(venue: Venue, call: Call) -> Market | Refusal:
    """Give the market of the mandatory parameter `symbol`."""
    refusal = missing(call.params, ("symbol",))
    if refusal is not None:
        return refusal
    return venue.exchange.market(call.params["symbol"]) or refusals.SYMBOL_UNKNOWN


def _chosen(venue: Venue, symbols: list[str]) -> list[Market] | Refusal:
    markets = venue.exchange.markets
    if any(symbol not in markets for symbol in symbols):
        return refusals.SYMBOL_UNKNOWN
    return [markets[symbol] for symbol in symbols]
