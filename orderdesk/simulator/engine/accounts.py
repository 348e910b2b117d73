"""Who holds what: free and locked amounts of each asset, per account.

Nothing else may change a balance. An account that is not the outside world never goes below zero;
trying it is a mistake of the engine and raises `Overdrawn`.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from orderdesk.simulator.engine.amounts import ZERO

# The two accounts that are not a trader's: the other side of every trade that no trader took, and
# where the fees go. Together with the traders' they always add up to what was there at the start.
HOUSE = "house"
FEES = "fees"


class Overdrawn(ValueError):
    """Raised when the engine spends what an account does not have: (account, asset, amount)."""


@dataclass(slots=True)
class Balance:
    """One asset of one account."""

    free: Decimal = ZERO
    locked: Decimal = ZERO


@dataclass(slots=True)
class Account:
    """A holder of balances with fee rates of its own, as fractions (0.0005 = 0.05 %).

    `bottomless` is true for the house only: it stands for everybody else.
    """

    name: str
    maker_rate: Decimal = ZERO
    taker_rate: Decimal = ZERO
    bottomless: bool = False
    balances: dict[str, Balance] = field(default_factory=dict)

    def balance(self, asset: str) -> Balance:
        """Give the balance of an asset, zero if it was never held."""
        return self.balances.setdefault(asset, Balance())

    def lock(self, asset: str, amount: Decimal) -> None:
        """Reserve a free amount.

        Raises:
            Overdrawn: less than that is free.
        """
        balance = self.balance(asset)
        self._demand(balance.free >= amount, asset, amount)
        balance.free -= amount
        balance.locked += amount

    def unlock(self, asset: str, amount: Decimal) -> None:
        """Give a reserved amount back.

        Raises:
            Overdrawn: less than that is locked.
        """
        balance = self.balance(asset)
        self._demand(balance.locked >= amount, asset, amount)
        balance.locked -= amount
        balance.free += amount

    def spend_locked(self, asset: str, amount: Decimal) -> None:
        """Take away a reserved amount.

        Raises:
            Overdrawn: less than that is locked.
        """
        balance = self.balance(asset)
        self._demand(balance.locked >= amount, asset, amount)
        balance.locked -= amount

    def credit(self, asset: str, amount: Decimal) -> None:
        """Add to the free amount; a negative amount takes away.

        Raises:
            Overdrawn: it would leave less than nothing.
        """
        balance = self.balance(asset)
        self._demand(self.bottomless or balance.free + amount >= ZERO, asset, amount)
        balance.free += amount

    def _demand(self, holds: bool, asset: str, amount: Decimal) -> None:
        if not holds:
            raise Overdrawn(self.name, asset, amount)
