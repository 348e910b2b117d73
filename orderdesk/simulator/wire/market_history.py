"""The endpoints that show what a market has traded: trades, candles, averages, the day.

They know what happened since the simulator was first started on its home, and no invented past.
Source: MEXC spot v3 docs, "Market Data Endpoints", Jan 2026.
"""

from decimal import Decimal

from orderdesk.simulator.engine import refusals
from orderdesk.simulator.engine.amounts import ZERO, plain
from orderdesk.simulator.engine.market import Market
from orderdesk.simulator.engine.refusals import Refusal
from orderdesk.simulator.engine.tape import MINUTE_MS, Candle, Print
from orderdesk.simulator.messages import Answer, Call, json_answer, refused
from orderdesk.simulator.venue import Venue
from orderdesk.simulator.wire.klines import INTERVALS, closing_ms, klines, opening_ms
from orderdesk.simulator.wire.market_data import one_market, ticker, touch
from orderdesk.simulator.wire.parameters import Reach, missing, read_limit, read_window
from orderdesk.simulator.wire.shapes import Json

_DAY_MS = 86_400_000
_AVERAGE_MINUTES = 5
# 500 rows by default and 1000 at most, of trades, aggTrades and klines alike.
_ROWS, _MOST_ROWS = 500, 1_000
_FOREVER_MS = 100 * 365 * _DAY_MS
_WIDE = Reach(span_ms=_FOREVER_MS, look_back_ms=_FOREVER_MS, rows=_ROWS, most_rows=_MOST_ROWS)


def trades(venue: Venue, call: Call) -> Answer:
    """Give the latest trades of everybody, oldest first; they have no ids at MEXC."""
    market = one_market(venue, call)
    limit = read_limit(call, default=_ROWS, most=_MOST_ROWS)
    if isinstance(market, Refusal):
        return refused(market)
    if isinstance(limit, Refusal):
        return refused(limit)
    return json_answer([_traded(row) for row in list(market.tape.prints)[-limit:]])


def aggregate_trades(venue: Venue, call: Call) -> Answer:
    """Give trades of a span of time; startTime and endTime come together or not at all."""
    market = one_market(venue, call)
    if isinstance(market, Refusal):
        return refused(market)
    if ("startTime" in call.params) != ("endTime" in call.params):
        return refused(refusals.COMBINATION_INVALID)
    window = read_window(call, _WIDE)
    if isinstance(window, Refusal):
        return refused(window)
    found = [row for row in market.tape.prints if window.from_ms <= row.time_ms <= window.to_ms]
    return json_answer([_aggregated(row) for row in window.cut(found)])


def candles(venue: Venue, call: Call) -> Answer:
    """Give candles that open within startTime and endTime, oldest first."""
    market = one_market(venue, call)
    refusal = missing(call.params, ("interval",))
    if isinstance(market, Refusal):
        return refused(market)
    if refusal is not None:
        return refused(refusal)
    interval = call.params["interval"]
    window = read_window(call, _WIDE)
    if interval not in INTERVALS:
        return refused(refusals.parameter_error("interval"))
    if isinstance(window, Refusal):
        return refused(window)
    # Nothing opens after now; beyond the year 9999 there is no month to ask for.
    from_ms = min(window.from_ms, call.now_ms + 1)
    # A candle that opened before the span is not of it, so its minutes are left out whole.
    if opening_ms(interval, from_ms) < from_ms and "startTime" in call.params:
        from_ms = closing_ms(interval, opening_ms(interval, from_ms))
    rows = klines(market.tape.minutes(from_ms=from_ms, to_ms=window.to_ms), interval)
    return json_answer(window.cut(rows))


def average_price(venue: Venue, call: Call) -> Answer:
    """Give the average of the last 5 minutes by volume; the last price if nothing traded."""
    market = one_market(venue, call)
    if isinstance(market, Refusal):
        return refused(market)
    since_ms = call.now_ms - _AVERAGE_MINUTES * MINUTE_MS
    recent = list(market.tape.minutes(from_ms=since_ms, to_ms=call.now_ms))
    volume = sum((candle.volume for candle in recent), ZERO)
    quote = sum((candle.quote_volume for candle in recent), ZERO)
    price = (quote / volume).quantize(market.instrument.tick) if volume else market.last
    return json_answer({"mins": _AVERAGE_MINUTES, "price": plain(price)})


def ticker_day(venue: Venue, call: Call) -> Answer:
    """Give the figures of the last 24 hours, of one symbol or of all."""
    return ticker(venue, call, lambda market: _day(market, call.now_ms))


def _traded(row: Print) -> Json:
    return {
        "id": None,
        "price": plain(row.price),
        "qty": plain(row.quantity),
        "quoteQty": plain(row.price * row.quantity),
        "time": row.time_ms,
        "isBuyerMaker": row.buyer_is_maker,
        "isBestMatch": True,
        "tradeType": "ASK" if row.buyer_is_maker else "BID",
    }


def _aggregated(row: Print) -> Json:
    return {
        "a": None,
        "f": None,
        "l": None,
        "p": plain(row.price),
        "q": plain(row.quantity),
        "T": row.time_ms,
        "m": row.buyer_is_maker,
        "M": True,
    }


def _day(market: Market, now_ms: int) -> Json:
    since_ms = now_ms - _DAY_MS
    still = [Candle(now_ms, market.last, market.last, market.last, market.last)]
    day = list(market.tape.minutes(from_ms=since_ms, to_ms=now_ms)) or still
    opened, change = day[0].open, market.last - day[0].open
    return {
        "priceChange": plain(change),
        "priceChangePercent": plain((change / opened).quantize(Decimal("0.0001"))),
        "prevClosePrice": plain(opened),
        "lastPrice": plain(market.last),
        **touch(market),
        "openPrice": plain(opened),
        "highPrice": plain(max(candle.high for candle in day)),
        "lowPrice": plain(min(candle.low for candle in day)),
        "volume": plain(sum((candle.volume for candle in day), ZERO)),
        "quoteVolume": plain(sum((candle.quote_volume for candle in day), ZERO)),
        "openTime": since_ms,
        "closeTime": now_ms,
        "count": None,
    }
