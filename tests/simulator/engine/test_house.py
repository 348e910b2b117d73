"""Laws of the house's ladder."""

from decimal import Decimal

from orderdesk.simulator.engine.house import HouseSide, noise
from orderdesk.simulator.engine.instruments import LISTING, Instrument
from orderdesk.simulator.engine.orders import Side

_MX = next(instrument for instrument in LISTING if instrument.base == "MX")


def _side(side: Side = Side.SELL, instrument: Instrument = _MX, salt: str = "1:MX:0") -> HouseSide:
    return HouseSide(instrument, side, price=instrument.start_price, salt=salt)


def test_noise_when_the_text_is_the_same_then_the_number_is() -> None:
    """Randomness is a function of the seed, the same on every machine and in every process."""
    assert noise("1:BTCUSDT:7:walk") == noise("1:BTCUSDT:7:walk")
    assert noise("1") != noise("2")
    assert noise("a") == Decimal(3391310933) / Decimal(2**32)
    assert all(0 <= noise(str(number)) < 1 for number in range(200))


def test_levels_when_quoted_then_both_sides_lead_away_from_the_price_in_ticks() -> None:
    """Asks rise above the price, bids fall below it, each on a tick and none empty."""
    for instrument in LISTING:
        asks = list(_side(Side.SELL, instrument).levels())
        bids = list(_side(Side.BUY, instrument).levels())
        assert len(asks) == instrument.levels
        assert bids[0][0] < instrument.start_price < asks[0][0]
        assert [price for price, _ in asks] == sorted({price for price, _ in asks})
        assert [price for price, _ in bids] == sorted({p for p, _ in bids}, reverse=True)
        assert all(price % instrument.tick == 0 for price, _ in asks + bids)
        assert all(quantity > 0 for _, quantity in asks + bids)


def test_eat_when_part_of_a_level_is_taken_then_the_rest_of_it_is_next() -> None:
    """What was eaten is gone; a level that is eaten up gives way to the next one."""
    asks = _side()
    (first, quantity), second, *_ = asks.levels()
    asks.eat(quantity - 1)
    assert asks.best() == (first, Decimal(1))
    asks.eat(Decimal(1))
    assert asks.best() == second


def test_best_when_everything_was_eaten_then_nothing_is_offered() -> None:
    """The house's depth has an end."""
    asks = _side()
    while (level := asks.best()) is not None:
        asks.eat(level[1])
    assert list(asks.levels()) == []


def test_levels_when_bids_would_reach_zero_then_they_stop_above_it() -> None:
    """Nothing is ever bid for at zero or less."""
    bids = HouseSide(_MX, Side.BUY, price=_MX.tick * 3, salt="s")
    assert [price for price, _ in bids.levels()] == [_MX.tick * 2, _MX.tick]
