"""One flight at a time."""

import threading

import pytest
from redis import Redis

from orderdesk.errors import ExchangeUnreachable
from orderdesk.stores.flights_redis import FLIGHT_MS, Flights
from orderdesk.stores.redis_door import Keys

pytestmark = pytest.mark.processes


class Shelf:
    """Where a flight puts what it fetched."""

    def __init__(self) -> None:
        self.found: str | None = None
        self.fetches = 0

    def look(self) -> str | None:
        """Return what is there."""
        return self.found

    def fetch(self) -> None:
        """Put something there."""
        self.fetches += 1
        self.found = "goods"

    def fail(self) -> None:
        """Bring nothing."""
        self.fetches += 1
        raise ExchangeUnreachable("no answer")


@pytest.fixture
def shelf() -> Shelf:
    """Give an empty shelf."""
    return Shelf()


def test_fetch_once_when_somebody_was_quicker_then_nothing_is_fetched(
    client: Redis, desk_id: str, shelf: Shelf
) -> None:
    """What landed between looking and taking off is not fetched again."""
    shelf.found = "goods"
    flights = Flights(client, desk_id=desk_id)
    assert flights.fetch_once("x", look=shelf.look, fetch=shelf.fetch, wait_ms=0) == "goods"
    assert shelf.fetches == 0


def test_fetch_once_when_the_fetch_fails_then_the_fetcher_is_told_and_the_next_may_try(
    client: Redis, desk_id: str, shelf: Shelf
) -> None:
    """A failed flight has landed too."""
    flights = Flights(client, desk_id=desk_id)
    with pytest.raises(ExchangeUnreachable):
        flights.fetch_once("x", look=shelf.look, fetch=shelf.fail, wait_ms=0)
    assert flights.fetch_once("x", look=shelf.look, fetch=shelf.fetch, wait_ms=0) == "goods"


def test_fetch_once_when_the_fetcher_died_then_the_others_wait_no_longer_than_they_said(
    client: Redis, desk_id: str, shelf: Shelf
) -> None:
    """A lease without a holder ends by itself; until then nobody is kept."""
    client.set(Keys(desk_id).lease("x"), "dead", px=FLIGHT_MS)
    flights = Flights(client, desk_id=desk_id)
    assert flights.fetch_once("x", look=shelf.look, fetch=shelf.fetch, wait_ms=30) is None
    assert shelf.fetches == 0


def test_fetch_once_when_another_fetches_in_vain_then_who_waits_finds_nothing(
    client: Redis, desk_id: str, shelf: Shelf
) -> None:
    """Those who wait are woken by a failure as well, and do not all try in turn."""
    # Given a fetch that fails once somebody waits for it
    waiting = threading.Event()

    def fail() -> None:
        assert waiting.wait(10)
        shelf.fail()

    def fly() -> None:
        with pytest.raises(ExchangeUnreachable):
            Flights(client, desk_id=desk_id).fetch_once("x", look=shelf.look, fetch=fail, wait_ms=0)

    def wake_when_blocked() -> None:
        while client.info("clients")["blocked_clients"] < 1:
            assert not waiting.wait(0.005)
        waiting.set()

    flight, watch = threading.Thread(target=fly), threading.Thread(target=wake_when_blocked)
    flight.start()
    while client.get(Keys(desk_id).lease("x")) is None:
        assert flight.is_alive()
    watch.start()
    # When
    found = Flights(client, desk_id=desk_id).fetch_once(
        "x", look=shelf.look, fetch=shelf.fetch, wait_ms=10_000
    )
    flight.join()
    watch.join()
    # Then
    assert found is None
    assert shelf.fetches == 1
