"""Laws of the tape."""

from decimal import Decimal

from orderdesk.simulator.engine.tape import MINUTE_MS, Candle, Print, Tape


def _print(price: int, quantity: int, time_ms: int) -> Print:
    return Print(Decimal(price), Decimal(quantity), time_ms, False)


def test_trade_when_a_minute_ends_then_its_candle_is_closed_once() -> None:
    """A candle is told when the first trade of another minute comes, and never again."""
    tape = Tape()
    for trade in (_print(10, 1, 0), _print(12, 2, 59_999), _print(11, 1, MINUTE_MS)):
        tape.trade(trade)
    first = Candle(0, *map(Decimal, (10, 12, 10, 12, 3, 34)))
    assert tape.take_closed() == [first]
    assert tape.take_closed() == []
    assert [candle.open_ms for candle in tape.all_minutes()] == [0, MINUTE_MS]


def test_quote_when_a_price_is_only_put_somewhere_then_no_volume_comes_of_it() -> None:
    """The candle shows the price; nothing was traded."""
    tape = Tape()
    tape.quote(Decimal(9), now_ms=5)
    assert tape.all_minutes() == [Candle(0, *map(Decimal, (9, 9, 9, 9)))]
    assert not tape.prints


def test_restore_when_a_candle_came_twice_then_the_later_one_counts() -> None:
    """A minute that was written half done and again is there once."""
    tape = Tape()
    half, whole = (Candle(0, *map(Decimal, (1, 2, 1, close))) for close in (1, 2))
    tape.restore(half)
    tape.restore(whole)
    assert tape.all_minutes() == [whole]
