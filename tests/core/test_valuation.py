"""What an account is worth: every fee taken off once, and no deposit in any profit."""

from decimal import Decimal

from orderdesk.core.answers import Balance
from orderdesk.core.portfolio import Position
from orderdesk.core.valuation import Price, equity, profit, valued

PRICES = {
    "USDT": Price(Decimal(1), 0),
    "BTC": Price(Decimal(120), 700),
    "MX": Price(Decimal(3), 900),
}
POSITION = Position(
    quantity=Decimal("0.999"),
    cost=Decimal(100),
    realised=Decimal(5),
    fees={"USDT": Decimal("0.1"), "BTC": Decimal("0.001"), "MX": Decimal("0.5")},
)


def test_valued_when_it_has_a_price_then_exposure_and_profit_are_at_it() -> None:
    """With the age of the price beside it, and each fee valued."""
    one = valued("BTCUSDT", POSITION, base="BTC", quote="USDT", prices=PRICES)
    assert [one.price, one.price_age_ms] == [120, 700]
    assert one.exposure == Decimal("119.88")
    assert one.unrealised == Decimal("19.88")
    assert one.fees_value == Decimal("0.1") + Decimal("0.12") + Decimal("1.5")
    assert one.third_fees_value == Decimal("1.5")


def test_valued_when_it_has_no_price_then_it_counts_at_its_cost() -> None:
    """No profit is claimed from a price that is not there."""
    one = valued("BTCUSDT", POSITION, base="BTC", quote="USDT", prices={})
    assert [one.price, one.unrealised, one.exposure, one.fees_value] == [None, None, 100, 0]


def test_profit_when_fees_were_paid_then_each_is_taken_off_once() -> None:
    """In quote and base by the position itself, in MX here."""
    one = valued("BTCUSDT", POSITION, base="BTC", quote="USDT", prices=PRICES)
    assert list(profit([one])) == [Decimal("3.5"), Decimal("19.88")]
    assert list(profit([])) == [0, 0]


def test_equity_when_balances_have_prices_then_they_add_up() -> None:
    """What has no price counts nothing; locked counts like free."""
    balances = [
        Balance("USDT", Decimal(10), Decimal(5)),
        Balance("BTC", Decimal(1), Decimal(0)),
        Balance("XYZ", Decimal(7), Decimal(0)),
    ]
    assert equity(balances, PRICES) == 135
