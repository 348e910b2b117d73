"""Laws of one symbol's book and its walking price."""

from decimal import Decimal

from orderdesk.simulator.engine.instruments import LISTING
from orderdesk.simulator.engine.market import Market
from orderdesk.simulator.engine.orders import Side
from tests.simulator.engine.drafts import an_order

_BTC = LISTING[0]


def _walked(seed: int, steps: int) -> Market:
    market = Market(_BTC, seed=seed)
    for _ in range(steps):
        market.walk(now_ms=0)
    return market


def test_walk_when_the_seed_is_the_same_then_prices_and_depth_are() -> None:
    """A market is a function of its seed and its step."""
    one, two, other = _walked(1, 50), _walked(1, 50), _walked(2, 50)
    assert one.last == two.last != other.last
    assert one.ladder(Side.BUY, 20) == two.ladder(Side.BUY, 20) != other.ladder(Side.BUY, 20)
    assert one.last % _BTC.tick == 0


def test_resume_when_a_market_stands_where_another_did_then_they_go_on_alike() -> None:
    """Step and price are all that a walk needs to remember."""
    before, after = _walked(1, 9), Market(_BTC, seed=1)
    after.resume(step=before.step, price=before.last)
    before.walk(now_ms=0)
    after.walk(now_ms=0)
    assert before.last == after.last


def test_move_to_when_a_price_is_set_then_it_is_the_last_and_lies_in_the_spread() -> None:
    """The price that was set is what a ticker tells, and the ladder is around it."""
    market = _walked(1, 1)
    market.move_to(Decimal("50000.01"), now_ms=0)
    bid, ask = market.best(Side.BUY), market.best(Side.SELL)
    assert bid is not None
    assert ask is not None
    assert bid.price < market.last == Decimal("50000.01") < ask.price
    assert market.tape.all_minutes()[0].low == Decimal("50000.01")


def test_offers_when_a_trader_and_the_house_have_one_price_then_the_trader_is_first() -> None:
    """The house quotes anew at every step, so it queues behind at its own price."""
    market = _walked(1, 0)
    best = market.best(Side.SELL)
    assert best is not None
    market.resting[Side.SELL].add(an_order(side=Side.SELL, price=best.price))
    first, second = list(market.offers(Side.SELL))[:2]
    assert first.maker is not None
    assert (second.price, second.maker) == (best.price, None)
    assert market.ladder(Side.SELL, 1) == [(best.price, best.quantity + 4)]


def test_offers_when_a_trader_is_better_than_the_house_then_it_leads() -> None:
    """The best price leads, whoever offers it."""
    market = _walked(1, 0)
    market.resting[Side.BUY].add(an_order(price=market.last))
    market.resting[Side.BUY].add(an_order(price=Decimal(1), sequence=2))
    offers = list(market.offers(Side.BUY))
    assert offers[0].price == market.last
    assert offers[-1].price == Decimal(1)
    assert len(offers) == _BTC.levels + 2
