"""Laws of self-trade prevention: who is oneself, and which of the two orders ends."""

from decimal import Decimal

import pytest

from orderdesk.simulator.engine.accounts import Account
from orderdesk.simulator.engine.exchange import Exchange
from orderdesk.simulator.engine.instruments import LISTING
from orderdesk.simulator.engine.orders import Order, OrderRequest, OrderType, Side, Status
from orderdesk.simulator.engine.self_trade import MOST_GROUPS, StpMode, TradeGroups

_RICH = {"USDT": Decimal(100_000), "MX": Decimal(10_000)}
_INSIDE = "2.4995"  # between the house's best bid and ask


def _place(
    exchange: Exchange, side: Side, kind: OrderType = OrderType.LIMIT, **given: str
) -> Order:
    order = exchange.place(
        given.get("account", "a"),
        OrderRequest(
            symbol="MXUSDT",
            side=side,
            type=kind,
            quantity=Decimal(given.get("quantity", "10")),
            price=Decimal(given.get("price", _INSIDE)),
            stp_mode=given.get("mode", ""),
        ),
        now_ms=1,
    )
    assert isinstance(order, Order)
    return order


def _exchange(members: str) -> Exchange:
    exchange = Exchange(LISTING, seed=1)
    for name in ("a", "b", "c"):
        exchange.open_account(Account(name), deposits=_RICH)
    group = exchange.ledger.groups.create("g", owner="a", now_ms=1)
    assert group is not None
    group.accounts |= set(members)
    return exchange


@pytest.mark.parametrize(
    ("mode", "maker", "taker"),
    [
        (StpMode.CANCEL_MAKER, Status.CANCELED, Status.NEW),
        (StpMode.CANCEL_TAKER, Status.NEW, Status.CANCELED),
        (StpMode.CANCEL_BOTH, Status.CANCELED, Status.CANCELED),
        ("", Status.FILLED, Status.FILLED),
    ],
)
def test_prevent_when_orders_of_a_group_meet_then_the_takers_mode_says_which_ends(
    mode: str, maker: Status, taker: Status
) -> None:
    """No trade between the two, no money locked for what ended, and MEXC's word for the reason."""
    exchange = _exchange("ab")
    resting = _place(exchange, Side.SELL, account="b")
    coming = _place(exchange, Side.BUY, mode=mode)
    assert (resting.status, coming.status) == (maker, taker)
    for order in (resting, coming):
        ended = order.status is Status.CANCELED
        assert order.cancel_reason == ("stp_cancel" if ended else "")
        assert order.is_open or order.locked == 0


@pytest.mark.parametrize(("members", "other"), [("", "a"), ("a", "b"), ("bc", "b"), ("bc", "a")])
def test_prevent_when_no_group_holds_both_then_they_trade(members: str, other: str) -> None:
    """A mode alone prevents nothing; an account that met itself says so in its trades."""
    exchange = _exchange(members)
    _place(exchange, Side.SELL, account=other)
    coming = _place(exchange, Side.BUY, mode=StpMode.CANCEL_BOTH)
    assert coming.status is Status.FILLED
    trades = exchange.ledger.history.trades_between("a", "MXUSDT", from_ms=0, to_ms=9)
    assert {trade.is_self_trade for trade in trades} == {other == "a"}


def test_prevent_when_the_maker_ends_then_the_taker_goes_on_to_the_next() -> None:
    """What is behind one's own order is still to be had."""
    exchange = _exchange("a")
    mine = _place(exchange, Side.SELL)
    theirs = _place(exchange, Side.SELL, account="b")
    coming = _place(exchange, Side.BUY, mode=StpMode.CANCEL_MAKER)
    assert (mine.status, theirs.status) == (Status.CANCELED, Status.FILLED)
    assert coming.status is Status.FILLED


def test_prevent_when_the_taker_ends_then_what_it_took_before_stays() -> None:
    """A LIMIT order that met itself does not rest: canceled with its fills."""
    exchange = _exchange("a")
    _place(exchange, Side.SELL, account="b", price="2.4994", quantity="4")
    _place(exchange, Side.SELL)
    coming = _place(exchange, Side.BUY, mode=StpMode.CANCEL_TAKER)
    assert (coming.status, coming.executed) == (Status.PARTIALLY_CANCELED, Decimal(4))


@pytest.mark.parametrize(
    ("mode", "status"),
    [(StpMode.CANCEL_MAKER, Status.FILLED), (StpMode.CANCEL_TAKER, Status.CANCELED)],
)
def test_fill_or_kill_when_its_own_order_is_in_the_way_then_it_counts_without_it(
    mode: StpMode, status: Status
) -> None:
    """All or nothing looks at what it could really take."""
    exchange = _exchange("a")
    _place(exchange, Side.SELL)
    _place(exchange, Side.SELL, account="b")
    coming = _place(exchange, Side.BUY, OrderType.FILL_OR_KILL, mode=mode)
    assert coming.status is status
    assert coming.executed in (Decimal(0), Decimal(10))


def test_create_when_an_owner_has_ten_then_no_more_are_made() -> None:
    """The cap is the owner's, and numbers are never used twice."""
    groups = TradeGroups()
    made = [groups.create("g", owner="a", now_ms=1) for _ in range(MOST_GROUPS + 1)]
    assert made[-1] is None
    assert groups.create("g", owner="b", now_ms=1) is not None
    first = made[0]
    assert first is not None
    groups.drop(first)
    again = groups.create("g", owner="a", now_ms=1)
    assert again is not None
    assert again.group_id > MOST_GROUPS
