"""The shipped fake: it keeps the port's contract, and goes wrong exactly as told."""

import time
from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest

from orderdesk.core.answers import Accepted, Balance, Refused, Unclear, Unsent, Why
from orderdesk.core.markets import Market
from orderdesk.core.orders import OrderStatus
from orderdesk.core.tokens import Cost
from orderdesk.errors import ExchangeUnreachable
from orderdesk.exchanges.in_memory import InMemoryExchange, InMemoryVenue
from tests.exchanges.contract import WINDOW_MS, Bench, ExchangeContract

START_MS = 1_800_000_000_000

BTCUSDT = Market(
    symbol="BTCUSDT",
    base="BTC",
    quote="USDT",
    online=True,
    api_trading=True,
    buying_allowed=True,
    selling_allowed=True,
    tick=Decimal("0.01"),
    lot=Decimal("0.000001"),
    min_quantity=Decimal("0.000001"),
    min_notional=Decimal(1),
    min_notional_market=Decimal(1),
    max_notional=Decimal(0),
    max_notional_market=Decimal(0),
    quote_step=Decimal("0.01"),
    band_up=None,
    band_down=None,
    market_orders=True,
)


class Hands:
    """A venue with its clock, its paces and a lane on it."""

    def __init__(self) -> None:
        self.now_ms = START_MS
        self.paced: list[Cost] = []
        self.venue = InMemoryVenue(
            lambda: self.now_ms,
            listed={"BTCUSDT": BTCUSDT},
            holdings=[Balance("USDT", Decimal(1_000), Decimal(0))],
        )
        exchange = InMemoryExchange(
            self.venue,
            pace=self.paced.append,
            monotonic_ms=lambda: time.monotonic_ns() // 1_000_000,
        )
        self.bench = Bench(exchange, stamp_ms=lambda: self.now_ms)


@pytest.fixture
def hands() -> Hands:
    """Give a fresh venue."""
    return Hands()


class TestContract(ExchangeContract):
    """The port's contract."""

    @pytest.fixture
    def bench(self, hands: Hands) -> Bench:
        """Give the fake."""
        return hands.bench


def test_answer_when_it_is_lost_then_the_order_is_there(hands: Hands) -> None:
    """The case that doubles orders elsewhere: accepted, and nobody heard it."""
    order = hands.bench.limit()
    hands.venue.lose_answers = 1

    assert isinstance(hands.bench.place(order), Unclear)
    assert len(hands.venue.of(order.client_order_id)) == 1
    assert isinstance(hands.bench.place(order), Accepted)


def test_order_when_held_back_then_it_lands_within_its_window_only(hands: Hands) -> None:
    """Late bytes are judged by the stamp they carry."""
    early, late = hands.bench.limit(), hands.bench.limit()

    # Given two orders on the wire, the second of which arrives after its window.
    hands.venue.hold_back = 1
    assert isinstance(hands.bench.place(early), Unclear)
    hands.now_ms += WINDOW_MS
    assert len(hands.venue.land()) == 1
    hands.venue.hold_back = 1
    assert isinstance(hands.bench.place(late), Unclear)
    hands.now_ms += WINDOW_MS + 1
    assert hands.venue.land() == []

    # Then only the first is there, unless the venue breaks its promise.
    assert [len(hands.venue.of(o.client_order_id)) for o in (early, late)] == [1, 0]
    hands.venue.force(late)
    assert len(hands.venue.of(late.client_order_id)) == 1


@pytest.mark.parametrize(
    "answer",
    [Refused(Why.REJECT, "30004", "Insufficient position"), Unsent("refused"), Unclear("429", 1)],
)
def test_answer_when_steered_then_nothing_lands(
    hands: Hands, answer: Refused | Unsent | Unclear
) -> None:
    """The next answer is the test's."""
    order = hands.bench.limit()
    hands.venue.next_answers = [answer]

    assert hands.bench.place(order) is answer
    assert hands.venue.of(order.client_order_id) == []


@pytest.mark.parametrize("view", ["order", "open_orders", "all_orders", "trades"])
def test_view_when_blind_then_it_alone_shows_nothing_until_later(hands: Hands, view: str) -> None:
    """Some queries lag behind others; in the end all agree."""
    order = hands.bench.limit()
    order_id = hands.bench.placed_order(order).order_id
    hands.venue.fill(order_id, Decimal("0.0004"))
    hands.venue.visible_from_ms = hands.now_ms + 1_000
    hands.venue.blind = frozenset({view})

    def seen() -> dict[str, bool]:
        exchange, symbol = hands.bench.exchange, order.symbol
        return {
            "order": exchange.order(symbol, order.client_order_id) is not None,
            "open_orders": bool(exchange.open_orders(symbol)),
            "all_orders": bool(exchange.all_orders(symbol, START_MS)),
            "trades": bool(exchange.trades(symbol, START_MS)),
        }

    assert [name for name, shown in seen().items() if not shown] == [view]
    hands.now_ms += 1_000
    assert all(seen().values())


def test_cancel_when_the_order_is_not_visible_yet_then_unknown(hands: Hands) -> None:
    """An early cancel meets "unknown order" although the order is there."""
    order = hands.bench.limit()
    hands.bench.placed_order(order)
    hands.venue.visible_from_ms = hands.now_ms + 1_000

    assert not hands.bench.exchange.cancel(order.symbol, order.client_order_id)
    hands.now_ms += 1_000
    assert hands.bench.exchange.cancel(order.symbol, order.client_order_id)


def test_questions_when_silenced_then_so_many_fail(hands: Hands) -> None:
    """No answer is an error that may be asked again."""
    hands.venue.silent_questions = 2
    for _ in range(2):
        with pytest.raises(ExchangeUnreachable):
            hands.bench.exchange.open_orders("BTCUSDT")

    assert list(hands.bench.exchange.open_orders("BTCUSDT")) == []
    assert hands.venue.calls == Counter({"open_orders": 3})


def test_resting_order_when_filled_in_parts_then_it_moves_and_a_cancel_keeps_its_fills(
    hands: Hands,
) -> None:
    """Partly filled and then cancelled is PARTIALLY_CANCELED, as at MEXC."""
    order = hands.bench.limit()
    order_id = hands.bench.placed_order(order).order_id

    hands.venue.fill(order_id, Decimal("0.0004"))
    [filled] = hands.venue.orders
    assert filled.status is OrderStatus.PARTIALLY_FILLED
    hands.bench.exchange.cancel(order.symbol, order.client_order_id)
    [ended] = hands.venue.orders
    assert ended.status is OrderStatus.PARTIALLY_CANCELED
    assert ended.executed_quantity == Decimal("0.0004")


def test_resting_order_when_filled_whole_then_filled(hands: Hands) -> None:
    """The last part ends it."""
    order_id = hands.bench.placed_order(hands.bench.limit()).order_id
    for quantity in ("0.0004", "0.0006"):
        hands.venue.fill(order_id, Decimal(quantity))

    assert hands.venue.orders[0].status is OrderStatus.FILLED
    assert len(hands.venue.fills) == 2


def test_steering_when_the_order_does_not_exist_then_it_says_so(hands: Hands) -> None:
    """A test that steers what is not there is wrong."""
    with pytest.raises(ValueError, match="X9"):
        hands.venue.fill("X9", Decimal(1))
    with pytest.raises(ValueError, match="X9"):
        hands.venue.end("X9")


def test_pace_when_anything_but_place_is_asked_then_it_is_called_first(hands: Hands) -> None:
    """Every request waits for its slot by itself; a placement was booked before."""
    order = hands.bench.limit()
    asked = len(hands.paced)
    hands.bench.placed_order(order)
    assert len(hands.paced) == asked

    hands.bench.exchange.cancel(order.symbol, order.client_order_id)
    assert hands.paced[-1] == replace(hands.paced[-1], weight=1, orders=1)
