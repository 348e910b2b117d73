"""Ports that count pass everything on, and count it right."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from orderdesk.core.clock_offset import ClockOffset
from orderdesk.core.tokens import Caps, Cost, Lane
from orderdesk.stores.memory.clock import FakeClock
from orderdesk.stores.memory.markets import FakeMarkets
from orderdesk.stores.memory.throttle import FakeThrottle
from orderdesk.telemetry.metrics.watching import (
    Fetches,
    counted_clock,
    counted_markets,
    counted_throttle,
)
from tests.telemetry.metrics.test_counted import Desk

CAPS = Caps("test", orders_per_s=10, requests_per_s=10, weight_per_10_s=300)
COST = Cost("GET /api/v3/order")


class Cache(FakeMarkets):
    """Prices that are fetched once."""

    def __init__(self, fetches: Fetches) -> None:
        super().__init__()
        self._fetch = fetches.counted(lambda: Decimal(50_000))
        self._kept: Decimal | None = None

    def last_price(self, symbol: str) -> Decimal | None:  # noqa: ARG002 - there is one price
        """Fetch, or give what was fetched."""
        self._kept = self._kept or self._fetch()
        return self._kept


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A process that counts."""
    desk = Desk(tmp_path)
    yield desk
    desk.files.close()


def test_throttle_when_slots_are_booked_then_their_waits_are_told(desk: Desk) -> None:
    """What the throttle answered goes on unchanged."""
    plain, clock = FakeThrottle(FakeClock(), CAPS, Fraction(1)), FakeClock()
    counted = counted_throttle(FakeThrottle(clock, CAPS, Fraction(1)), desk.counted)
    for _ in range(3):
        assert counted.book("main", COST, Lane.PLACE) == plain.book("main", COST, Lane.PLACE)
    assert desk.told("orderdesk_throttle_wait_seconds_count", lane="PLACE") == 3


def test_throttle_when_it_is_paused_then_no_slot_is_told_as_deferred(desk: Desk) -> None:
    """A pause goes through, and whoever asks is sent away."""
    counted = counted_throttle(FakeThrottle(FakeClock(), CAPS, Fraction(1)), desk.counted)
    counted.pause("main", 60_000, "429")
    assert not counted.book("main", COST, Lane.POLL).booked
    assert counted.pause_left("main") == (60_000, "429")
    assert desk.told("orderdesk_throttle_deferred_total", lane="POLL") == 1


def test_cache_when_it_must_ask_the_venue_then_that_is_a_miss(desk: Desk) -> None:
    """The first question fetches; the next ones are hits."""
    fetches = Fetches()
    markets = counted_markets(Cache(fetches), desk.counted, fetches)
    assert [markets.last_price("BTCUSDT") for _ in range(4)] == [Decimal(50_000)] * 4
    assert desk.told("orderdesk_cache_lookups_total", cache="last_prices", result="miss") == 1
    assert desk.told("orderdesk_cache_lookups_total", cache="last_prices", result="hit") == 3


def test_cache_when_rules_are_asked_for_then_they_have_a_name_of_their_own(desk: Desk) -> None:
    """Rules live for an hour and prices for two seconds: together they would say nothing."""
    fetches = Fetches()
    plain = FakeMarkets()
    markets = counted_markets(plain, desk.counted, fetches)
    assert markets.market("BTCUSDT") == plain.market("BTCUSDT")
    assert desk.told("orderdesk_cache_lookups_total", cache="market_rules", result="hit") == 1


def test_clock_when_an_offset_is_measured_then_it_is_shared_and_told(desk: Desk) -> None:
    """The exchange's clock against this host's wall clock."""
    plain = FakeClock()
    counted = counted_clock(plain, desk.counted)
    ahead_ms = plain.unix_ms() - plain.monotonic_ms() + 1_500
    offset = ClockOffset(offset_ms=ahead_ms, doubt_ms=7, measured_ms=plain.monotonic_ms())
    counted.remember(offset)
    assert counted.offset() == plain.offset() == offset
    assert desk.told("orderdesk_clock_offset_seconds") == pytest.approx(1.5)
    assert desk.told("orderdesk_clock_doubt_seconds") == pytest.approx(0.007)
