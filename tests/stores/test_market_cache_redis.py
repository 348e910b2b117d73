"""Rules and prices for all processes: fetched once, served while they are good enough."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import pytest
from redis import Redis

from orderdesk.core.markets import Market
from orderdesk.errors import ExchangeDenied, ExchangeUnreachable, NotYet
from orderdesk.stores.market_cache_redis import (
    FRESH_MS,
    PRICE_MS,
    REMEMBERED_MS,
    STALE_MS,
    MarketCacheRedis,
)
from orderdesk.stores.memory import example_market
from orderdesk.stores.redis_door import Keys

pytestmark = pytest.mark.processes


@dataclass
class Venue:
    """A venue that counts how often it is asked, and does what the test says."""

    tick: Decimal = Decimal("0.01")
    failure: Exception | None = None
    before: Callable[[], object] = lambda: None
    asked: list[str] = field(default_factory=list)

    def markets(self) -> Mapping[str, Market]:
        """Answer with one market, or fail."""
        self._answer("markets")
        return {"BTCUSDT": example_market(tick=self.tick)}

    def price(self, symbol: str) -> Decimal:
        """Answer with a price, or fail."""
        self._answer(symbol)
        return Decimal(65_000)

    def _answer(self, question: str) -> None:
        self.asked.append(question)
        self.before()
        if self.failure is not None:
            raise self.failure


@pytest.fixture
def venue() -> Venue:
    """Give a venue that answers."""
    return Venue()


@pytest.fixture
def process(client: Redis, desk_id: str, venue: Venue) -> Callable[[], MarketCacheRedis]:
    """Give a way to make the cache of one process after the other."""
    return lambda: MarketCacheRedis(
        client, desk_id=desk_id, fetch_markets=venue.markets, fetch_price=venue.price
    )


@pytest.fixture
def age(client: Redis, desk_id: str) -> Callable[[int], object]:
    """Give a way to make the kept rules so many ms old."""
    return lambda ms: client.pexpire(Keys(desk_id).markets, STALE_MS - ms)


Process = Callable[[], MarketCacheRedis]
Age = Callable[[int], object]


def test_market_when_another_process_fetched_then_nobody_asks_again(
    process: Process, venue: Venue
) -> None:
    """One fetch serves all, for an hour."""
    for cache in (process(), process()):
        assert cache.market("BTCUSDT") is not None
        assert cache.market("NOSUCHUSDT") is None
    assert venue.asked == ["markets"]


def test_market_when_an_hour_is_over_then_it_is_fetched_again(
    process: Process, venue: Venue, age: Age
) -> None:
    """New rules come within an hour, and a minute for processes that have the old ones."""
    old = process()
    assert old.market("BTCUSDT") is not None
    age(FRESH_MS)
    venue.tick = Decimal(1)
    assert process().market("BTCUSDT") == example_market(tick=Decimal(1))
    assert old.market("BTCUSDT") == example_market()
    assert len(venue.asked) == 2


def test_market_when_the_venue_cannot_be_asked_then_old_rules_serve_for_a_day(
    process: Process, venue: Venue, age: Age
) -> None:
    """Yesterday's rules are better than no orders; older ones are not."""
    process().market("BTCUSDT")
    venue.failure = ExchangeUnreachable("no answer")
    age(FRESH_MS + 1)
    assert process().market("BTCUSDT") == example_market()
    age(STALE_MS)
    with pytest.raises(ExchangeUnreachable, match="no answer"):
        process().market("BTCUSDT")


def test_market_when_there_is_nothing_then_the_fetcher_gets_its_own_error(
    process: Process, venue: Venue
) -> None:
    """A refused key is a refused key, not an empty cache."""
    venue.failure = ExchangeDenied("key expired", "402")
    with pytest.raises(ExchangeDenied):
        process().market("BTCUSDT")


def test_market_when_another_shape_was_kept_then_it_is_not_read(
    process: Process, venue: Venue, client: Redis, desk_id: str
) -> None:
    """A cache of another release is no cache."""
    process().market("BTCUSDT")
    client.hset(Keys(desk_id).markets, "@shape", "symbol,something")
    process().market("BTCUSDT")
    assert len(venue.asked) == 2


def test_disable_when_the_rules_are_fetched_again_then_the_symbol_is_back(
    process: Process, age: Age
) -> None:
    """A mark is as old as the rules it marks; all processes see it."""
    process().market("BTCUSDT")
    process().disable("BTCUSDT", "10007")
    marked = process().market("BTCUSDT")
    assert marked is not None
    assert not marked.on_key
    age(FRESH_MS)
    assert process().market("BTCUSDT") == example_market()


def test_market_when_many_miss_it_at_once_then_one_fetches_and_all_are_served(
    process: Process, venue: Venue, client: Redis
) -> None:
    """The others wait in Redis until it has landed."""
    # Given a fetch that goes on until three others wait for it
    waiting = threading.Event()
    venue.before = lambda: waiting.wait(10)
    found: list[Market | None] = []
    caches = [process() for _ in range(4)]
    threads = [
        threading.Thread(target=lambda cache=cache: found.append(cache.market("BTCUSDT")))
        for cache in caches
    ]
    for thread in threads:
        thread.start()
    # When it ends
    while client.info("clients")["blocked_clients"] < 3:
        assert not waiting.wait(0.005)
    waiting.set()
    for thread in threads:
        thread.join()
    # Then
    assert found == [example_market()] * 4
    assert venue.asked == ["markets"]


def test_market_when_somebody_fetches_then_old_rules_serve_meanwhile(
    process: Process, venue: Venue, age: Age
) -> None:
    """Nobody waits for new rules who has old ones."""
    process().market("BTCUSDT")
    age(FRESH_MS)
    seen: list[Market | None] = []
    venue.before = lambda: seen.append(process().market("BTCUSDT"))
    venue.tick = Decimal(1)
    assert process().market("BTCUSDT") == example_market(tick=Decimal(1))
    assert seen == [example_market()]


def test_last_price_when_it_is_two_seconds_old_then_it_is_asked_again(
    process: Process, venue: Venue, client: Redis, desk_id: str
) -> None:
    """A price is shared while it is fresh, and remembered for a minute."""
    process().last_price("BTCUSDT")
    assert process().last_price("BTCUSDT") == Decimal(65_000)
    assert venue.asked == ["BTCUSDT"]
    client.pexpire(Keys(desk_id).price("BTCUSDT"), REMEMBERED_MS - PRICE_MS)
    remembered = process().remembered_price("BTCUSDT")
    assert remembered is not None
    assert remembered.price == Decimal(65_000)
    assert venue.asked == ["BTCUSDT"]
    process().last_price("BTCUSDT")
    assert venue.asked == ["BTCUSDT"] * 2


@pytest.mark.parametrize("failure", [ExchangeUnreachable("no answer"), NotYet("no slot", 50)])
def test_last_price_when_it_cannot_be_had_now_then_an_old_one_is_not_passed_off_as_new(
    process: Process, venue: Venue, client: Redis, desk_id: str, failure: Exception
) -> None:
    """None, although an older one is at hand."""
    process().last_price("BTCUSDT")
    client.pexpire(Keys(desk_id).price("BTCUSDT"), REMEMBERED_MS - PRICE_MS)
    venue.failure = failure
    assert process().last_price("BTCUSDT") is None


@pytest.mark.parametrize(("look_again_ms", "at_hand"), [(REMEMBERED_MS, True), (0, False)])
def test_price_when_it_was_read_a_moment_ago_then_orders_share_it_at_its_age(
    client: Redis, desk_id: str, venue: Venue, *, look_again_ms: int, at_hand: bool
) -> None:
    """It is not read again so soon, and has the age that it has by now."""
    cache = MarketCacheRedis(
        client,
        desk_id=desk_id,
        fetch_markets=venue.markets,
        fetch_price=venue.price,
        look_again_ms=look_again_ms,
    )
    cache.last_price("BTCUSDT")
    client.pexpire(Keys(desk_id).price("BTCUSDT"), REMEMBERED_MS - 30_000)
    assert (quote := cache.remembered_price("BTCUSDT")) is not None
    assert (quote.age_ms < 30_000) == at_hand
    client.delete(Keys(desk_id).price("BTCUSDT"))
    assert (cache.remembered_price("BTCUSDT") is not None) == at_hand


def test_last_price_when_the_venue_refuses_then_that_is_told(
    process: Process, venue: Venue
) -> None:
    """A refused key is not a missing price."""
    venue.failure = ExchangeDenied("key expired", "402")
    with pytest.raises(ExchangeDenied):
        process().last_price("BTCUSDT")


def test_last_price_when_the_one_at_hand_is_too_old_then_what_another_process_has_is_read(
    client: Redis, desk_id: str, venue: Venue, process: Process
) -> None:
    """What is shared for a moment must not hide a newer price from whoever needs one."""
    cache = MarketCacheRedis(
        client,
        desk_id=desk_id,
        fetch_markets=venue.markets,
        fetch_price=venue.price,
        look_again_ms=REMEMBERED_MS,
    )
    process().last_price("BTCUSDT")
    client.pexpire(Keys(desk_id).price("BTCUSDT"), REMEMBERED_MS - 30_000)
    assert (quote := cache.remembered_price("BTCUSDT")) is not None
    assert quote.age_ms >= 30_000
    client.set(Keys(desk_id).price("BTCUSDT"), "77", px=REMEMBERED_MS)
    assert cache.last_price("BTCUSDT") == Decimal(77)
    assert (quote := cache.remembered_price("BTCUSDT")) is not None
    assert quote.price == Decimal(77)
