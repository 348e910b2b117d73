"""The contract of the `Exchange` port: every adapter and the shipped fake pass the same tests.

A class of tests inherits `ExchangeContract` and gives a fixture `bench`.
"""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import pytest

from orderdesk.core.answers import Accepted, Answer, Refused, Unsent, Why
from orderdesk.core.markets import Size
from orderdesk.core.money import passive_price
from orderdesk.core.orders import ON_EXCHANGE, OrderStatus, OrderType, Side
from orderdesk.errors import ExchangeRefused
from orderdesk.ports import Exchange, NewOrder

WINDOW_MS = 3_000


@dataclass
class Bench:
    """An exchange with one account that holds enough of everything, and a few verbs."""

    exchange: Exchange
    stamp_ms: Callable[[], int]
    """Exchange time now, for stamps."""
    symbol: str = "BTCUSDT"
    unknown_symbol: str = "NOSUCHUSDT"
    quantity: Decimal = Decimal("0.001")

    def limit(self, side: Side = Side.BUY, *, symbol: str = "") -> NewOrder:
        """A LIMIT a tenth away from the price, where it rests."""
        last = self.exchange.last_price(self.symbol)
        away = Decimal("0.9") if side is Side.BUY else Decimal("1.1")
        tick = self.exchange.markets()[self.symbol].tick
        price = passive_price(last * away, tick, buying=side is Side.BUY)
        return self.new(Size(side, OrderType.LIMIT, self.quantity, None, price), symbol=symbol)

    def new(self, size: Size, *, symbol: str = "") -> NewOrder:
        """An order under a client id of its own."""
        return NewOrder(symbol or self.symbol, f"od1-{uuid.uuid4().hex[:28]}", size)

    def place(
        self, order: NewOrder, *, stamp_ms: int | None = None, send_by_ms: int | None = None
    ) -> Answer:
        """Place it now, unless told otherwise."""
        now_ms = time.monotonic_ns() // 1_000_000
        return self.exchange.place(
            order,
            stamp_ms=self.stamp_ms() if stamp_ms is None else stamp_ms,
            window_ms=WINDOW_MS,
            send_by_ms=now_ms + 5_000 if send_by_ms is None else send_by_ms,
        )

    def placed_order(self, order: NewOrder) -> Accepted:
        """Place it, and see it accepted."""
        answer = self.place(order)
        assert isinstance(answer, Accepted), answer
        return answer


class ExchangeContract:
    """What every venue must do; `since_ms` of lists is a second before the test's own orders."""

    def test_ping_and_time_when_reachable_then_they_answer(self, bench: Bench) -> None:
        """The venue has a clock, and it is the one that stamps are held against."""
        bench.exchange.ping()
        assert abs(bench.exchange.time_ms() - bench.stamp_ms()) < 5_000

    def test_markets_when_asked_then_the_rules_of_a_symbol_are_there(self, bench: Bench) -> None:
        """A listed symbol can be fitted to."""
        market = bench.exchange.markets()[bench.symbol]

        assert (market.symbol, market.online, market.on_key) == (bench.symbol, True, True)
        assert market.tick > 0
        assert market.lot > 0

    def test_last_price_when_the_symbol_is_known_or_not_then_price_or_refusal(
        self, bench: Bench
    ) -> None:
        """A price of nothing is an error, never a zero."""
        assert bench.exchange.last_price(bench.symbol) > 0
        with pytest.raises(ExchangeRefused):
            bench.exchange.last_price(bench.unknown_symbol)

    @pytest.mark.parametrize("side", [Side.BUY, Side.SELL])
    def test_limit_when_placed_then_every_list_shows_it(self, bench: Bench, side: Side) -> None:
        """What was accepted can be found, by its client id, with what was asked for."""
        since_ms = bench.stamp_ms() - 1_000
        order = bench.limit(side)
        answer = bench.placed_order(order)

        found = bench.exchange.order(order.symbol, order.client_order_id)
        assert found is not None
        assert found.order_id == answer.order_id
        assert (found.side, found.type, found.status) == (side, OrderType.LIMIT, OrderStatus.NEW)
        assert (found.quantity, found.price) == (order.size.quantity, order.size.price)
        assert found.executed_quantity == found.executed_quote == 0
        assert found.created_ms >= since_ms
        for listed in (
            bench.exchange.open_orders(order.symbol),
            bench.exchange.all_orders(order.symbol, since_ms),
        ):
            assert [o.order_id for o in listed if o.client_order_id == order.client_order_id] == [
                answer.order_id
            ]

    def test_order_when_never_placed_then_none(self, bench: Bench) -> None:
        """Not there is an answer, not an error."""
        assert bench.exchange.order(bench.symbol, "od1-never-placed") is None

    def test_cancel_when_open_then_taken_once(self, bench: Bench) -> None:
        """True means taken; after that there is no such open order."""
        order = bench.limit()
        bench.placed_order(order)

        assert bench.exchange.cancel(order.symbol, order.client_order_id)
        assert not bench.exchange.cancel(order.symbol, order.client_order_id)
        found = bench.exchange.order(order.symbol, order.client_order_id)
        assert found is not None
        assert found.status is OrderStatus.CANCELED
        assert order.client_order_id not in {
            o.client_order_id for o in bench.exchange.open_orders(order.symbol)
        }

    def test_cancel_by_order_id_when_open_then_taken_once(self, bench: Bench) -> None:
        """The venue's own id cancels too."""
        order = bench.limit()
        order_id = bench.placed_order(order).order_id

        assert bench.exchange.cancel_by_order_id(order.symbol, order_id)
        assert not bench.exchange.cancel_by_order_id(order.symbol, order_id)

    def test_cancel_when_never_placed_then_false(self, bench: Bench) -> None:
        """Nothing to cancel is an answer, not an error."""
        assert not bench.exchange.cancel(bench.symbol, "od1-never-placed")

    def test_cancel_open_when_called_twice_then_nothing_is_open(self, bench: Bench) -> None:
        """A symbol can be swept as often as one likes."""
        bench.placed_order(bench.limit())
        bench.placed_order(bench.limit(Side.SELL))

        bench.exchange.cancel_open(bench.symbol)
        bench.exchange.cancel_open(bench.symbol)

        assert list(bench.exchange.open_orders(bench.symbol)) == []

    def test_cancel_everything_when_called_twice_then_nothing_is_open(self, bench: Bench) -> None:
        """So can the account."""
        bench.placed_order(bench.limit())

        bench.exchange.cancel_everything()
        bench.exchange.cancel_everything()

        assert list(bench.exchange.open_orders(bench.symbol)) == []

    @pytest.mark.parametrize(
        "size",
        [
            Size(Side.BUY, OrderType.MARKET, None, Decimal(60), None),
            Size(Side.BUY, OrderType.MARKET, Decimal("0.001"), None, None),
            Size(Side.SELL, OrderType.MARKET, Decimal("0.001"), None, None),
        ],
        ids=["buy-by-quote", "buy", "sell"],
    )
    def test_market_order_when_placed_then_its_fills_add_up(self, bench: Bench, size: Size) -> None:
        """It ends at once, and the trades tell exactly what the order tells."""
        since_ms = bench.stamp_ms() - 1_000
        order = bench.new(size)
        order_id = bench.placed_order(order).order_id

        found = bench.exchange.order(order.symbol, order.client_order_id)
        assert found is not None
        assert found.status in (OrderStatus.FILLED, OrderStatus.PARTIALLY_CANCELED)
        fills = [
            fill
            for fill in bench.exchange.trades(order.symbol, since_ms)
            if fill.order_id == order_id
        ]
        assert sum(fill.quantity for fill in fills) == found.executed_quantity > 0
        assert sum(fill.quote_quantity for fill in fills) == found.executed_quote
        assert {fill.side for fill in fills} == {size.side}
        assert len({fill.trade_id for fill in fills}) == len(fills)
        assert all(fill.commission >= 0 and fill.commission_asset for fill in fills)

    @pytest.mark.parametrize("kind", [OrderType.IMMEDIATE_OR_CANCEL, OrderType.FILL_OR_KILL])
    def test_order_that_ends_at_once_when_out_of_reach_then_it_is_canceled(
        self, bench: Bench, kind: OrderType
    ) -> None:
        """It is taken, and over without a fill; it never rests."""
        resting = bench.limit().size
        order = bench.new(Size(resting.side, kind, resting.quantity, None, resting.price))
        bench.placed_order(order)

        found = bench.exchange.order(order.symbol, order.client_order_id)
        assert found is not None
        assert found.status is OrderStatus.CANCELED
        assert found.executed_quantity == 0

    def test_limit_maker_when_out_of_reach_then_it_rests(self, bench: Bench) -> None:
        """Post-only is a type like the others."""
        size = bench.limit().size
        order = bench.new(Size(size.side, OrderType.LIMIT_MAKER, size.quantity, None, size.price))
        bench.placed_order(order)

        found = bench.exchange.order(order.symbol, order.client_order_id)
        assert found is not None
        assert found.type is OrderType.LIMIT_MAKER
        assert found.status in ON_EXCHANGE

    @pytest.mark.parametrize("off_ms", [-WINDOW_MS - 2_000, 3_000], ids=["stale", "ahead"])
    def test_place_when_the_stamp_is_outside_the_window_then_a_no_to_this_attempt(
        self, bench: Bench, off_ms: int
    ) -> None:
        """The venue's window is our fence: what is too old never lands."""
        order = bench.limit()
        answer = bench.place(order, stamp_ms=bench.stamp_ms() + off_ms)

        assert isinstance(answer, Refused)
        assert answer.why is Why.CLOCK
        assert answer.this_attempt_only
        assert bench.exchange.order(order.symbol, order.client_order_id) is None

    def test_place_when_it_is_too_late_to_send_then_unsent(self, bench: Bench) -> None:
        """Past `send_by_ms` nothing leaves this host."""
        order = bench.limit()
        answer = bench.place(order, send_by_ms=time.monotonic_ns() // 1_000_000 - 1)

        assert isinstance(answer, Unsent)
        assert bench.exchange.order(order.symbol, order.client_order_id) is None

    def test_place_when_the_id_was_used_before_then_both_orders_are_listed(
        self, bench: Bench
    ) -> None:
        """No venue of ours promises to refuse a repeated id; what it took twice it shows twice."""
        since_ms = bench.stamp_ms() - 1_000
        order = bench.limit()
        ids = {bench.placed_order(order).order_id for _ in range(2)}

        listed = bench.exchange.all_orders(order.symbol, since_ms)
        assert len(ids) == 2
        assert {o.order_id for o in listed if o.client_order_id == order.client_order_id} == ids

    def test_place_when_the_symbol_is_unknown_then_refused(self, bench: Bench) -> None:
        """A no before matching is a value; a list of it is refused, and not empty."""
        answer = bench.place(bench.limit(symbol=bench.unknown_symbol))
        assert isinstance(answer, Refused)
        assert (answer.why, answer.this_attempt_only) == (Why.REJECT, False)
        with pytest.raises(ExchangeRefused):
            bench.exchange.open_orders(bench.unknown_symbol)

    def test_test_order_when_asked_then_judged_and_not_placed(self, bench: Bench) -> None:
        """A trial says what placing would say, and leaves nothing behind."""
        good = bench.limit()

        assert bench.exchange.test_order(good) is None
        assert bench.exchange.order(good.symbol, good.client_order_id) is None
        refused = bench.exchange.test_order(bench.limit(symbol=bench.unknown_symbol))
        assert refused is not None
        assert refused.why is Why.REJECT

    def test_lists_when_they_begin_later_then_older_rows_are_not_in_them(
        self, bench: Bench
    ) -> None:
        """`since_ms` is a bound."""
        bench.placed_order(bench.new(Size(Side.SELL, OrderType.MARKET, bench.quantity, None, None)))
        later_ms = bench.stamp_ms() + 4_000

        assert list(bench.exchange.all_orders(bench.symbol, later_ms)) == []
        assert list(bench.exchange.trades(bench.symbol, later_ms)) == []

    def test_uid_when_asked_twice_then_it_is_the_same_number(self, bench: Bench) -> None:
        """A key never changes its account."""
        uid = bench.exchange.uid()
        assert uid
        assert bench.exchange.uid() == uid

    def test_rights_when_asked_then_the_account_may_trade(self, bench: Bench) -> None:
        """What the venue says of the account, in words of its own."""
        rights = bench.exchange.rights()
        assert rights.can_trade is True
        assert rights.permissions == ("SPOT",)

    def test_allowed_symbols_when_asked_then_those_of_the_key(self, bench: Bench) -> None:
        """What the key may trade is told by name."""
        allowed = bench.exchange.allowed_symbols()
        assert allowed is not None
        assert bench.symbol in allowed
        assert bench.unknown_symbol not in allowed

    def test_balances_when_asked_then_what_the_account_holds(self, bench: Bench) -> None:
        """Free and locked come apart."""
        held = {balance.asset: balance for balance in bench.exchange.balances()}

        assert held["USDT"].total > 0
        assert held["USDT"].free <= held["USDT"].total
