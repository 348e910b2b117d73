"""Laws of balances."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from orderdesk.simulator.engine.accounts import HOUSE, Account, Overdrawn


def _account() -> Account:
    account = Account("a")
    account.credit("USDT", Decimal(10))
    account.lock("USDT", Decimal(4))
    return account


def test_lock_when_free_is_enough_then_the_sum_stays() -> None:
    """Locking moves, it does not make or lose."""
    balance = _account().balance("USDT")
    assert (balance.free, balance.locked) == (Decimal(6), Decimal(4))


@pytest.mark.parametrize(
    "overdraw",
    [
        lambda account: account.lock("USDT", Decimal(7)),
        lambda account: account.unlock("USDT", Decimal(5)),
        lambda account: account.spend_locked("USDT", Decimal(5)),
        lambda account: account.credit("USDT", Decimal(-7)),
        lambda account: account.lock("BTC", Decimal(1)),
    ],
)
def test_account_when_it_would_go_below_zero_then_it_raises_and_nothing_moved(
    overdraw: Callable[[Account], None],
) -> None:
    """No trader's balance is ever negative, not even half-way."""
    account = _account()
    with pytest.raises(Overdrawn):
        overdraw(account)
    balance = account.balance("USDT")
    assert (balance.free, balance.locked) == (Decimal(6), Decimal(4))


def test_credit_when_the_house_gives_more_than_it_has_then_it_owes() -> None:
    """The house stands for everybody else and may owe."""
    house = Account(HOUSE, bottomless=True)
    house.credit("USDT", Decimal(-5))
    assert house.balance("USDT").free == Decimal(-5)
