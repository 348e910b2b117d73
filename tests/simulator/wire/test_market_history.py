"""Laws of what a market tells of its past."""

from decimal import Decimal

from tests.simulator.floor import START_MS, Floor

_MINUTE_MS = 60_000
# The start of the minute in which the floor opens.
_FIRST_MS = START_MS - START_MS % _MINUTE_MS


def _buy(floor: Floor, quantity: str = "0.01") -> None:
    floor.signed("POST", "order", symbol="BTCUSDT", side="BUY", type="MARKET", quantity=quantity)


def _walk_minutes(floor: Floor, minutes: int) -> None:
    for _ in range(minutes):
        floor.now_ms += _MINUTE_MS
        floor.venue.walk()


def test_ticker_day_when_the_price_moved_then_the_figures_tell_it(floor: Floor) -> None:
    """Change, high and low are against the first price of the last 24 hours."""
    _buy(floor)
    floor.venue.exchange.set_price("BTCUSDT", Decimal(66_000), now_ms=START_MS)
    day = floor.public("ticker/24hr", symbol="BTCUSDT")
    first = Decimal(floor.public("trades", symbol="BTCUSDT")[0]["price"])
    assert Decimal(day["openPrice"]) == first
    assert Decimal(day["priceChange"]) == 66_000 - first
    assert (day["highPrice"], day["lastPrice"], day["volume"]) == ("66000", "66000", "0.01")
    # When: a day later, the trade is no longer part of it.
    floor.now_ms += 86_400_000 + _MINUTE_MS
    day = floor.public("ticker/24hr", symbol="BTCUSDT")
    assert (day["openPrice"], day["volume"], day["priceChange"]) == ("66000", "0", "0")


def test_trades_when_somebody_traded_then_everybody_sees_it_without_an_id(floor: Floor) -> None:
    """Price, quantity and who took; neither ids nor accounts."""
    assert floor.public("trades", symbol="BTCUSDT") == []
    _buy(floor)
    [row] = floor.public("trades", symbol="BTCUSDT")
    assert (row["id"], row["qty"], row["isBuyerMaker"], row["tradeType"]) == (
        None,
        "0.01",
        False,
        "BID",
    )
    assert Decimal(row["quoteQty"]) == Decimal(row["price"]) * Decimal(row["qty"])
    assert row["time"] == START_MS


def test_trades_when_the_price_walks_then_the_others_trade_too(floor: Floor) -> None:
    """A step of the walk is a trade at the new price, the same for the same seed."""
    floor.venue.walk()
    [row] = floor.public("trades", symbol="ETHUSDT")
    assert row["price"] == floor.public("ticker/price", symbol="ETHUSDT")["price"]
    twin = Floor()
    twin.venue.walk()
    assert twin.public("trades", symbol="ETHUSDT") == [row]


def test_trades_when_a_limit_is_given_then_the_newest_are_kept(floor: Floor) -> None:
    """500 by default and 1000 at most, oldest first."""
    for _ in range(12):
        floor.now_ms += 1
        floor.venue.walk()
    rows = floor.public("trades", symbol="BTCUSDT", limit=3)
    assert [row["time"] for row in rows] == [START_MS + 10, START_MS + 11, START_MS + 12]
    rows = floor.public("aggTrades", symbol="BTCUSDT", startTime=START_MS + 2, endTime=START_MS + 4)
    assert [row["T"] for row in rows] == [START_MS + 2, START_MS + 3, START_MS + 4]
    assert set(rows[0]) == {"a", "f", "l", "p", "q", "T", "m", "M"}


def test_klines_when_minutes_passed_then_each_has_eight_figures(floor: Floor) -> None:
    """Open, high, low, close and volume are those of the trades of the minute."""
    floor.venue.walk()
    floor.venue.walk()
    prices = [Decimal(row["price"]) for row in floor.public("trades", symbol="BTCUSDT")]
    volume = sum(Decimal(row["qty"]) for row in floor.public("trades", symbol="BTCUSDT"))
    _walk_minutes(floor, 2)
    first, second, third = floor.public("klines", symbol="BTCUSDT", interval="1m")
    assert first[0] == _FIRST_MS
    assert [Decimal(figure) for figure in first[1:5]] == [
        prices[0],
        max(prices),
        min(prices),
        prices[1],
    ]
    assert (Decimal(first[5]), first[6], len(first)) == (volume, second[0], 8)
    assert third[0] == _FIRST_MS + 2 * _MINUTE_MS


def test_klines_when_an_interval_is_longer_then_it_holds_its_minutes(floor: Floor) -> None:
    """Five minutes are what their minutes were, and begin at a multiple of five."""
    floor.venue.walk()
    _walk_minutes(floor, 11)
    minutes = floor.public("klines", symbol="BTCUSDT", interval="1m")
    fives = floor.public("klines", symbol="BTCUSDT", interval="5m")
    assert all(row[0] % (5 * _MINUTE_MS) == 0 for row in fives)
    for row in fives:
        inside = [one for one in minutes if row[0] <= one[0] < row[6]]
        assert (row[1], row[4]) == (inside[0][1], inside[-1][4])
        assert Decimal(row[2]) == max(Decimal(one[2]) for one in inside)
        assert Decimal(row[5]) == sum(Decimal(one[5]) for one in inside)
    later = floor.public("klines", symbol="BTCUSDT", interval="5m", startTime=fives[0][0] + 1)
    assert later == fives[1:]
    assert floor.public("klines", symbol="BTCUSDT", interval="1m", limit=2) == minutes[-2:]
    for interval in ("15m", "30m", "60m", "4h", "1d", "1W", "1M"):
        rows = floor.public("klines", symbol="BTCUSDT", interval=interval)
        assert sum(Decimal(row[5]) for row in rows) == sum(Decimal(row[5]) for row in minutes)


def test_average_price_when_there_was_trade_then_it_is_weighed_by_volume(floor: Floor) -> None:
    """The last five minutes count, each trade by its size; without trade it is the last price."""
    assert floor.public("avgPrice", symbol="MXUSDT") == {"mins": 5, "price": "2.5"}
    _buy(floor)
    rows = floor.public("trades", symbol="BTCUSDT")
    quote = sum((Decimal(row["quoteQty"]) for row in rows), Decimal(0))
    average = quote / sum((Decimal(row["qty"]) for row in rows), Decimal(0))
    told = Decimal(floor.public("avgPrice", symbol="BTCUSDT")["price"])
    assert abs(told - average) <= Decimal("0.01")


def test_klines_when_they_are_asked_for_beyond_every_calendar_then_there_are_none(
    floor: Floor,
) -> None:
    """A time that no month has is no reason to break."""
    floor.venue.walk()
    for interval in ("1M", "1W", "1m"):
        beyond = {"interval": interval, "startTime": "9" * 18}
        assert floor.public("klines", symbol="BTCUSDT", **beyond) == []
