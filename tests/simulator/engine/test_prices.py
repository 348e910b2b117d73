"""Laws of where prices come from."""

from decimal import Decimal

import pytest

from orderdesk.simulator.engine.exchange import Exchange
from orderdesk.simulator.engine.instruments import LISTING
from orderdesk.simulator.engine.prices import Recording, Walk

_BTC = LISTING[0]
_ETH = LISTING[1]
_ROWS = [
    (2_000, "BTCUSDT", Decimal(63_000)),
    (1_000, "BTCUSDT", Decimal(61_000)),
    (1_500, "BTCUSDT", Decimal(62_000)),
]


def _played(exchange: Exchange, symbol: str, steps: int) -> list[Decimal]:
    prices = []
    for now_ms in range(steps):
        exchange.walk(now_ms=now_ms)
        prices.append(exchange.markets[symbol].last)
    return prices


def test_recording_when_it_is_played_then_each_step_is_the_latest_price_by_then() -> None:
    """It opens at the first price, and begins again at its end."""
    exchange = Exchange(LISTING, seed=1, prices=Recording(_ROWS, step_ms=500, seed=1))
    assert exchange.markets["BTCUSDT"].last == 61_000
    assert _played(exchange, "BTCUSDT", 5) == [62_000, 63_000, 61_000, 62_000, 63_000]


def test_recording_when_a_market_resumes_then_it_goes_on_at_its_step() -> None:
    """Where it stood is the step, which is kept."""
    recording = Recording(_ROWS, step_ms=500, seed=1)
    exchange = Exchange(LISTING, seed=1, prices=recording)
    exchange.markets["BTCUSDT"].resume(step=1, price=Decimal(62_000))
    assert _played(exchange, "BTCUSDT", 1) == [63_000]


def test_recording_when_a_symbol_is_not_in_it_then_it_walks_as_the_seed_says() -> None:
    """A recording of one symbol leaves the others alive."""
    recorded = Exchange(LISTING, seed=1, prices=Recording(_ROWS, step_ms=500, seed=1))
    walked = Exchange(LISTING, seed=1, prices=Walk(1))
    assert _played(recorded, "ETHUSDT", 5) == _played(walked, "ETHUSDT", 5)


@pytest.mark.parametrize("rows", [[], [(1, "BTCUSDT", Decimal(0))], [(1, "X", Decimal(-1))]])
def test_recording_when_it_holds_no_price_then_it_is_refused(
    rows: list[tuple[int, str, Decimal]],
) -> None:
    """A price is above zero, and there is one."""
    with pytest.raises(ValueError, match="price"):
        Recording(rows, step_ms=1, seed=1)


def test_walk_when_asked_twice_then_a_step_has_one_price_and_each_symbol_its_own() -> None:
    """A step's price depends on seed, symbol, step and the price before."""
    walk, last = Walk(1), Decimal(100)
    assert walk.at(5, _BTC, last=last) == Walk(1).at(5, _BTC, last=last)
    others = (Walk(2).at(5, _BTC, last=last), walk.at(6, _BTC, last=last))
    assert walk.at(5, _BTC, last=last) not in (*others, walk.at(5, _ETH, last=last))


def test_follow_when_a_price_is_named_then_it_reaches_resting_orders_there() -> None:
    """A live price moves the market as a walk does; what is not named walks."""
    exchange = Exchange(LISTING, seed=1)
    exchange.follow({"BTCUSDT": Decimal("70000.004"), "NOSUCH": Decimal(1)}, now_ms=1)
    assert exchange.markets["BTCUSDT"].last == Decimal("70000.00")
    assert exchange.markets["ETHUSDT"].step == 1


def test_market_when_its_first_price_is_below_a_tick_then_it_opens_at_one() -> None:
    """There is no price of zero."""
    recording = Recording([(1, "BTCUSDT", Decimal("0.0001"))], step_ms=1, seed=1)
    assert Exchange(LISTING, seed=1, prices=recording).markets["BTCUSDT"].last == Decimal("0.01")
