"""One reader for all pages: nothing is read while nobody looks, and once for however many do."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from orderdesk.control.http.sections import SECTIONS, written
from orderdesk.control.http.watching import Watching
from orderdesk.errors import LedgerUnavailable, StoreUnavailable
from tests.control.http.served import Served


class Tail:
    """A stream's end in the test's hand."""

    def __init__(self) -> None:
        self.told = threading.Semaphore(0)
        self.asked = 0
        self.away = False

    def __call__(self, _for_ms: int) -> bool:
        """Wait until the test tells something."""
        self.asked += 1
        if self.away:
            raise StoreUnavailable("Redis is away")
        return self.told.acquire(timeout=0.05)


@contextmanager
def _watching(desk: Served, tail: Tail) -> Iterator[Watching]:
    watching = Watching(desk.house, tail=tail)
    watching.start()
    try:
        yield watching
    finally:
        watching.stop()


async def _until(desk: Served, name: str, truth: str) -> str:
    async for section in desk.house.board.look():
        if section.name == name and truth in section.text:
            return section.text
    raise AssertionError


def _seen(desk: Served, name: str, truth: str) -> str:
    return asyncio.run(asyncio.wait_for(_until(desk, name, truth), 10))


def test_watching_when_nobody_looks_then_nothing_is_read(desk: Served) -> None:
    """A desk whose page is closed pays nothing for it."""
    unseen, seen = Tail(), Tail()
    with _watching(desk, unseen):
        pass
    with _watching(desk, seen):
        _seen(desk, "orders", "live")
    assert (unseen.asked, seen.asked) == (0, 1)


def test_watching_when_an_order_is_placed_then_its_row_is_pushed(desk: Served) -> None:
    """By `delay()`, by HTTP or by whomever: the ledger is what is read."""
    tail = Tail()
    with _watching(desk, tail):
        _seen(desk, "desk", "now_ms")
        desk.trial.place(desk.trial.order("k-1"))
        tail.told.release()
        orders = json.loads(_seen(desk, "orders", '"k-1"'))
    [row] = orders["live"]
    assert (row["status"], row["live"]) == ("NEW", True)


def test_watching_when_redis_is_away_then_the_ledger_is_read_all_the_same(desk: Served) -> None:
    """A page that goes dark when something breaks is of no use to anybody."""
    tail = Tail()
    tail.away = True
    with _watching(desk, tail):
        _seen(desk, "desk", "now_ms")
        desk.trial.place(desk.trial.order("k-1"))
        assert "k-1" in _seen(desk, "orders", '"k-1"')


def test_processes_when_they_are_looked_at_then_parts_and_processes_are_told(
    desk: Served,
) -> None:
    """What all of them need stands first."""
    with _watching(desk, Tail()):
        rows = json.loads(_seen(desk, "processes", "placing"))["processes"]
    names = [row["name"] for row in rows]
    assert names == ["ledger", "queue (Redis)", "exchange time", "placing"]


def test_section_when_it_cannot_be_read_then_it_says_why(desk: Served) -> None:
    """The others are still shown."""

    def breaks(_house: object) -> dict[str, object]:
        raise LedgerUnavailable("the ledger is locked")

    assert json.loads(written(breaks, desk.house)) == {"trouble": "the ledger is locked"}


def test_sections_when_the_desk_is_busy_then_each_is_json_with_what_a_page_needs(
    desk: Served,
) -> None:
    """An order in every state a page has a place for."""
    desk.trial.place(desk.trial.market_order("filled"))
    desk.trial.work()
    desk.trial.place(desk.trial.order("rests"))
    desk.trial.venue.hold_back += 1
    desk.trial.place(desk.trial.order("lost"))
    told = {name: json.loads(written(read, desk.house)) for name, read in SECTIONS.items()}

    assert {one["idempotency_key"] for one in told["orders"]["live"]} == {"rests", "lost"}
    assert [one["idempotency_key"] for one in told["orders"]["ended"]] == ["filled"]
    assert [one["idempotency_key"] for one in told["unknown"]["orders"]] == ["lost"]
    assert [one["symbol"] for one in told["positions"]["positions"]] == ["BTCUSDT"]
    assert told["limits"]["caps"]["profile"] == "test"
    assert told["desk"]["live"]["active"] is True
    assert told["letters"]["letters"] == []
    kinds = [one["kind"] for one in told["feed"]["events"]]
    assert {"ORDER_UNKNOWN", "ORDER_NEW", "FILL_BOOKED"} <= set(kinds)
    ids = [one["id"] for one in told["feed"]["events"]]
    assert ids == sorted(ids, reverse=True)


def test_stream_when_it_is_followed_then_it_is_server_sent_events(desk: Served) -> None:
    """The board as it is, to who shows a token; a full house is told so."""
    assert desk.client.get("/stream").status_code == 401
    desk.house.board._most = 0
    assert desk.get("/stream").status_code == 503
