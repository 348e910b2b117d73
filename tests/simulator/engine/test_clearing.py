"""Laws of reserves, fills and fees."""

from decimal import Decimal

import pytest

from orderdesk.simulator.engine.accounts import FEES, HOUSE, Account
from orderdesk.simulator.engine.clearing import Clearing, Fill
from orderdesk.simulator.engine.instruments import LISTING, Instrument
from orderdesk.simulator.engine.ledger import Ledger
from orderdesk.simulator.engine.orders import Order, Side
from tests.simulator.engine.drafts import an_order

_TEN = Decimal(10)
_BY_BASE = {instrument.base: instrument for instrument in LISTING}


def _cleared(instrument: Instrument, order: Order, *, is_maker: bool) -> Ledger:
    """Fill an order of account `a`, who has 100 of each asset and pays 1 % as a taker."""
    ledger = Ledger()
    ledger.accounts["a"] = account = Account("a", taker_rate=Decimal("0.01"))
    for asset in (instrument.base, instrument.quote):
        account.credit(asset, Decimal(100))
    clearing = Clearing(instrument, ledger)
    clearing.reserve(order)
    clearing.book(Fill(order, None, _TEN, Decimal(1), is_maker=is_maker, now_ms=5))
    return ledger


@pytest.mark.parametrize(
    ("base", "side", "asset", "fee"),
    [
        ("BTC", Side.BUY, "USDT", "0.1"),
        ("BTC", Side.SELL, "USDT", "0.1"),
        ("SOL", Side.BUY, "SOL", "0.01"),
        ("SOL", Side.SELL, "USDT", "0.1"),
    ],
)
def test_book_when_a_taker_trades_then_the_fee_is_in_the_asset_that_is_reported(
    base: str, side: Side, asset: str, fee: str
) -> None:
    """A sell pays in quote; a buy in quote, or in base where the symbol says so."""
    instrument = _BY_BASE[base]
    order = an_order(symbol=instrument.symbol, side=side)
    ledger = _cleared(instrument, order, is_maker=False)
    [trade] = ledger.drain().trades
    assert (trade.commission_asset, trade.commission) == (asset, Decimal(fee))
    assert ledger.account(FEES).balance(asset).free == Decimal(fee)


def test_book_when_a_maker_trades_then_there_is_no_fee() -> None:
    """Makers pay nothing by default."""
    ledger = _cleared(_BY_BASE["BTC"], an_order(), is_maker=True)
    [trade] = ledger.drain().trades
    assert trade.is_maker
    assert trade.commission == 0


def test_book_when_the_house_is_the_other_side_then_it_gives_and_takes_the_same() -> None:
    """What a trader gets comes from somebody."""
    ledger = _cleared(_BY_BASE["BTC"], an_order(), is_maker=False)
    assert ledger.account(HOUSE).balance("USDT").free == _TEN
    assert ledger.account(HOUSE).balance("BTC").free == -1
    assert ledger.account("a").balance("BTC").free == 101


def test_release_when_an_order_rests_then_only_what_it_can_still_cost_stays_locked() -> None:
    """A resting buy holds its rest at its price, without a taker's fee; an ended one nothing."""
    ledger, order = Ledger(), an_order()
    ledger.accounts["a"] = account = Account("a", taker_rate=Decimal("0.01"))
    account.credit("USDT", Decimal(100))
    clearing = Clearing(_BY_BASE["BTC"], ledger)
    clearing.reserve(order)
    assert account.balance("USDT").locked == Decimal("40.4")
    clearing.release(order)
    assert account.balance("USDT").locked == order.locked == 40
    order.become(working=False, now_ms=2)
    clearing.release(order)
    assert account.balance("USDT").locked == 0
    assert account.balance("USDT").free == 100
