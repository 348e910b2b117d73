"""What every source of markets does, the fake and the real one."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from orderdesk.errors import ExchangeUnreachable
from orderdesk.ports import Markets
from orderdesk.stores.market_cache_redis import MarketCacheRedis
from orderdesk.stores.memory import FakeMarkets, example_market
from tests.stores.kinds import BOTH

MARKETS = {
    "BTCUSDT": example_market(),
    "ETHUSDC": example_market("ETHUSDC", quote="USDC", band_up=Decimal("0.050"), online=False),
}
PRICES = {"BTCUSDT": Decimal("65000.10")}

Make = Callable[[], Markets]


def _fetch_price(symbol: str) -> Decimal:
    if symbol not in PRICES:
        raise ExchangeUnreachable("no answer")
    return PRICES[symbol]


@pytest.fixture(params=BOTH)
def markets(request: pytest.FixtureRequest) -> Markets:
    """Give two markets, and a price for one of them."""
    if request.param == "fake":
        return FakeMarkets(MARKETS, PRICES)
    return MarketCacheRedis(
        request.getfixturevalue("client"),
        desk_id=request.getfixturevalue("desk_id"),
        fetch_markets=lambda: MARKETS,
        fetch_price=_fetch_price,
    )


def test_market_when_the_venue_has_it_then_its_rules_come_exactly(markets: Markets) -> None:
    """Amounts, flags and what is not there survive any cache."""
    assert markets.market("BTCUSDT") == MARKETS["BTCUSDT"]
    assert markets.market("ETHUSDC") == MARKETS["ETHUSDC"]
    assert markets.market("ETHUSDC") == MARKETS["ETHUSDC"]


def test_market_when_the_venue_has_no_such_symbol_then_there_is_none(markets: Markets) -> None:
    """No symbol is a refusal for the flow to make, not an error."""
    assert markets.market("NOSUCHUSDT") is None


def test_symbols_when_asked_then_every_one_is_named_once_and_in_order(markets: Markets) -> None:
    """What else a cache notes beside the rules is no symbol; nor does a refusal take one away."""
    assert markets.symbols() == ["BTCUSDT", "ETHUSDC"]
    markets.disable("BTCUSDT", "10007 api market order is not allowed")
    assert markets.symbols() == ["BTCUSDT", "ETHUSDC"]


def test_disable_when_the_venue_refused_the_symbol_then_it_is_not_on_this_key(
    markets: Markets,
) -> None:
    """One refusal is enough; the other symbols stay."""
    assert markets.market("BTCUSDT") == MARKETS["BTCUSDT"]
    markets.disable("BTCUSDT", "10007 api market order is not allowed")
    disabled = markets.market("BTCUSDT")
    assert disabled is not None
    assert not disabled.on_key
    assert markets.market("ETHUSDC") == MARKETS["ETHUSDC"]


def test_last_price_when_the_venue_answers_then_it_is_exact_and_remembered(
    markets: Markets,
) -> None:
    """What was asked for is at hand for whoever may not ask."""
    assert markets.remembered_price("BTCUSDT") is None
    assert markets.last_price("BTCUSDT") == Decimal("65000.1")
    remembered = markets.remembered_price("BTCUSDT")
    assert remembered is not None
    assert remembered.price == Decimal("65000.1")
    assert 0 <= remembered.age_ms < 60_000


def test_last_price_when_the_venue_does_not_answer_then_there_is_none(markets: Markets) -> None:
    """No price is a value: whoever needs one says so."""
    assert markets.last_price("ETHUSDC") is None
    assert markets.remembered_price("ETHUSDC") is None
