"""The law of price and time, against a second way of matching that is slow and obvious."""

from dataclasses import dataclass
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from orderdesk.simulator.engine.accounts import Account
from orderdesk.simulator.engine.exchange import Exchange
from orderdesk.simulator.engine.instruments import LISTING
from orderdesk.simulator.engine.orders import Order, OrderRequest, OrderType, Side

_RICH = {"USDT": Decimal(1_000_000), "MX": Decimal(1_000_000)}
# All of them between the house's best bid and ask, so that traders meet traders only.
_PRICES = [Decimal(text) for text in ("2.4996", "2.4998", "2.5", "2.5002")]


@dataclass
class _Slip:
    """One order as a clerk would note it."""

    side: Side
    price: Decimal
    left: int
    rests: bool = True


def _by_hand(slips: list[_Slip]) -> list[int]:
    """Match slip by slip: the best price first, and of equal ones the one that came first."""
    for number, coming in enumerate(slips):
        waiting = [
            slip
            for slip in slips[:number]
            if slip.rests and slip.side is not coming.side and _suits(slip, coming)
        ]
        waiting.sort(key=lambda slip: slip.price, reverse=coming.side is Side.SELL)
        for slip in waiting:
            traded = min(slip.left, coming.left)
            slip.left, coming.left = slip.left - traded, coming.left - traded
    return [slip.left for slip in slips]


def _suits(slip: _Slip, coming: _Slip) -> bool:
    buys = coming.side is Side.BUY
    return slip.price <= coming.price if buys else slip.price >= coming.price


def _by_the_exchange(slips: list[_Slip]) -> list[int]:
    exchange = Exchange(LISTING, seed=1)
    orders = []
    for number, slip in enumerate(slips):
        account = Account(f"trader-{number}")
        exchange.open_account(account, deposits=_RICH)
        request = OrderRequest(
            symbol="MXUSDT",
            side=slip.side,
            type=OrderType.LIMIT if slip.rests else OrderType.IMMEDIATE_OR_CANCEL,
            quantity=Decimal(slip.left),
            price=slip.price,
        )
        order = exchange.place(account.name, request, now_ms=number)
        assert isinstance(order, Order)
        orders.append(order)
    return [int(order.quantity - order.executed) for order in orders]


_slips = st.builds(
    _Slip,
    side=st.sampled_from(list(Side)),
    price=st.sampled_from(_PRICES),
    left=st.integers(1, 9),
    rests=st.sampled_from([True, True, True, False]),
)


@given(st.lists(_slips, min_size=2, max_size=15))
@settings(max_examples=100, deadline=None)
def test_matching_when_orders_meet_then_the_best_price_goes_first_and_then_the_oldest(
    slips: list[_Slip],
) -> None:
    """Both ways leave the same of every order unfilled."""
    exchanges = _by_the_exchange(slips)
    assert exchanges == _by_hand(slips)
