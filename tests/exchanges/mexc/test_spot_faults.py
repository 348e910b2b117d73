"""MexcSpot when the venue goes wrong in its ways: against the simulator, over real HTTP."""

import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import pytest

from orderdesk.core.answers import Accepted, Answer, Refused, Unclear, Why
from orderdesk.core.markets import Size
from orderdesk.core.orders import OrderStatus, OrderType, Side
from orderdesk.errors import ExchangeUnreachable
from orderdesk.exchanges.http import HttpDoor
from orderdesk.exchanges.mexc import paging
from orderdesk.exchanges.mexc.spot import MexcSpot
from orderdesk.ports import NewOrder
from orderdesk.simulator.running import RunningSimulator, running_simulator

pytestmark = pytest.mark.processes

SYMBOL = "BTCUSDT"
RESTING = Size(Side.BUY, OrderType.LIMIT, Decimal("0.001"), None, Decimal(50_000))


@dataclass
class Venue:
    """The simulator, a client of it, and a few verbs; every order has an id of its own."""

    simulator: RunningSimulator
    spot: MexcSpot
    name: str
    placed: int = 0

    def order(self) -> NewOrder:
        """Return a new order that will rest."""
        self.placed += 1
        return NewOrder(SYMBOL, f"{self.name}-{self.placed}", RESTING)

    def place(self, order: NewOrder, window_ms: int = 3_000) -> Answer:
        """Place it now."""
        return self.spot.place(
            order,
            stamp_ms=time.time_ns() // 1_000_000,
            window_ms=window_ms,
            send_by_ms=time.monotonic_ns() // 1_000_000 + 5_000,
        )

    def really_there(self, order: NewOrder) -> int:
        """Count what the venue holds under an id, whatever it shows."""
        by_id: dict[str, int] = self.simulator.door.state()["orders_by_client_id"]
        return by_id.get(order.client_order_id, 0)


@pytest.fixture(scope="module")
def simulator() -> Iterator[RunningSimulator]:
    """Run one simulator for all tests of this file."""
    with running_simulator() as simulator:
        yield simulator


@pytest.fixture
def venue(simulator: RunningSimulator, door: HttpDoor) -> Iterator[Venue]:
    """Give a client of a simulator without faults left over."""
    simulator.door.clear_faults()
    spot = MexcSpot(
        base_url=simulator.base_url,
        api_key=simulator.api_key,
        api_secret=simulator.api_secret,
        door=door,
        pace=lambda _cost: None,
        stamp=lambda: time.time_ns() // 1_000_000,
    )
    yield Venue(simulator, spot, f"od1-{uuid.uuid4().hex[:16]}")
    simulator.door.clear_faults()
    spot.cancel_everything()


def test_answer_when_it_is_lost_then_unclear_and_the_order_is_found_by_its_id(
    venue: Venue,
) -> None:
    """The case that doubles orders elsewhere: asking by client id is what tells."""
    order = venue.order()
    venue.simulator.door.lose_next_answer()

    assert isinstance(venue.place(order), Unclear)
    found = venue.spot.order(SYMBOL, order.client_order_id)
    assert found is not None
    assert found.status is OrderStatus.NEW
    assert venue.really_there(order) == 1


def test_request_when_it_is_lost_then_unclear_and_nothing_is_there(venue: Venue) -> None:
    """From here it looks the same as a lost answer; only asking tells them apart."""
    order = venue.order()
    venue.simulator.door.fault("lose_request", method="POST")

    assert isinstance(venue.place(order), Unclear)
    assert venue.spot.order(SYMBOL, order.client_order_id) is None


def test_server_when_it_fails_after_accepting_then_unclear_and_the_order_is_there(
    venue: Venue,
) -> None:
    """A 5xx is not a no: MEXC's docs say so, and here is the order that proves it."""
    order = venue.order()
    venue.simulator.door.fault("status", method="POST", status=503, when="after")

    assert isinstance(venue.place(order), Unclear)
    assert venue.really_there(order) == 1


@pytest.mark.parametrize(("status", "pause_ms"), [(403, 60_000), (418, 7_000)])
def test_wall_when_it_answers_then_unclear_with_a_pause(
    venue: Venue, status: int, pause_ms: int
) -> None:
    """A firewall and a ban say nothing of the order, and ask everybody to stop."""
    retry_after_s = None if status == 403 else 7
    venue.simulator.door.fault("status", status=status, retry_after_s=retry_after_s, count=2)

    answer = venue.place(venue.order())
    assert isinstance(answer, Unclear)
    assert answer.pause_ms == pause_ms
    with pytest.raises(ExchangeUnreachable) as raised:
        venue.spot.open_orders(SYMBOL)
    assert raised.value.retry_after_ms == pause_ms


def test_rate_limit_when_said_in_mexcs_own_words_then_a_no_to_this_attempt(venue: Venue) -> None:
    """It comes before matching, so the same id may be sent again after the pause."""
    order = venue.order()
    venue.simulator.door.fault("status", status=429, retry_after_s=7)

    answer = venue.place(order)
    assert isinstance(answer, Refused)
    assert (answer.why, answer.retry_after_ms) == (Why.RATE, 7_000)
    assert isinstance(venue.place(order), Accepted)
    assert venue.really_there(order) == 1


def test_order_when_it_was_held_up_past_its_window_then_the_venue_refuses_it(
    venue: Venue,
) -> None:
    """The window is judged when the bytes arrive: late bytes never become an order."""
    order = venue.order()
    venue.simulator.door.fault("hang_before", method="POST", ms=250)

    answer = venue.place(order, window_ms=200)
    assert isinstance(answer, Refused)
    assert answer.why is Why.CLOCK
    assert venue.really_there(order) == 0


def test_order_when_its_answer_comes_too_late_then_unclear_and_it_is_there(venue: Venue) -> None:
    """We stop waiting when the window is over; the order may have landed long before."""
    order = venue.order()
    venue.simulator.door.fault("hang", method="POST", ms=2_000)

    assert isinstance(venue.place(order, window_ms=200), Unclear)
    assert venue.really_there(order) == 1


def test_order_when_it_is_not_visible_yet_then_no_question_shows_it(venue: Venue) -> None:
    """Absent is not proof: the venue accepted it, and denies it for a while."""
    since_ms = venue.spot.time_ms() - 1_000
    order = venue.order()
    venue.simulator.door.fault("invisible", ms=60_000)

    assert isinstance(venue.place(order), Accepted)
    assert venue.really_there(order) == 1
    assert venue.spot.order(SYMBOL, order.client_order_id) is None
    assert not venue.spot.cancel(SYMBOL, order.client_order_id)
    shown = [*venue.spot.open_orders(SYMBOL), *venue.spot.all_orders(SYMBOL, since_ms)]
    assert order.client_order_id not in {each.client_order_id for each in shown}


def test_clock_when_the_venues_is_off_then_its_time_says_so_and_stamps_are_refused(
    venue: Venue,
) -> None:
    """The venue's clock is the one that counts, and GET time is how we learn it."""
    venue.simulator.door.fault("clock", offset_ms=3_600_000)
    off_ms = venue.spot.time_ms() - time.time_ns() // 1_000_000

    assert abs(off_ms - 3_600_000) < 5_000
    answer = venue.place(venue.order())
    assert isinstance(answer, Refused)
    assert answer.why is Why.CLOCK
    with pytest.raises(ExchangeUnreachable):
        venue.spot.balances()


@pytest.mark.parametrize("kind", ["lose_request", "lose_answer"])
def test_question_when_it_gets_no_answer_then_it_is_unreachable_and_can_be_asked_again(
    venue: Venue, kind: str
) -> None:
    """No answer is never an empty list, and never "no such order"."""
    order = venue.order()
    venue.place(order)
    for ask in (
        lambda: venue.spot.order(SYMBOL, order.client_order_id),
        lambda: venue.spot.open_orders(SYMBOL),
        lambda: venue.spot.cancel(SYMBOL, order.client_order_id),
    ):
        venue.simulator.door.fault(kind)
        with pytest.raises(ExchangeUnreachable):
            ask()
    # The cancel whose answer was lost has been done.
    assert venue.spot.cancel(SYMBOL, order.client_order_id) is (kind == "lose_request")


def test_trades_when_there_are_more_than_a_page_then_all_come_out_once(venue: Venue) -> None:
    """MEXC shows a hundred trades at most; what we did is more, and adds up."""
    since_ms = venue.spot.time_ms() - 1_000
    quantity, ids = Decimal("0.0001"), []
    for number in range(120):
        side = Side.BUY if number % 2 else Side.SELL
        size = Size(side, OrderType.MARKET, quantity, None, None)
        answer = venue.place(NewOrder(SYMBOL, f"{venue.name}-m{number}", size))
        assert isinstance(answer, Accepted)
        ids.append(answer.order_id)

    fills = [fill for fill in venue.spot.trades(SYMBOL, since_ms) if fill.order_id in ids]
    assert len(fills) > paging.MY_TRADES_ROWS
    assert len({fill.trade_id for fill in fills}) == len(fills)
    assert {fill.order_id for fill in fills} == set(ids)
    assert sum(fill.quantity for fill in fills) == 120 * quantity
