"""What the exchange must not forget: accounts, history, the running number, and what changed.

Whoever changes an order, a trade, a balance or a market says so here; whoever writes to disk
takes the changes from here. That is the whole contract between the engine and the journal.
"""

from dataclasses import dataclass, field

from orderdesk.simulator.engine.accounts import FEES, HOUSE, Account
from orderdesk.simulator.engine.history import History
from orderdesk.simulator.engine.orders import Order, Trade
from orderdesk.simulator.engine.self_trade import TradeGroups
from orderdesk.simulator.engine.tape import Candle


@dataclass(slots=True)
class Changes:
    """What is different since the last look; names, not copies, except for trades and candles."""

    orders: dict[str, Order] = field(default_factory=dict)
    trades: list[Trade] = field(default_factory=list)
    balances: set[tuple[str, str]] = field(default_factory=set)
    symbols: set[str] = field(default_factory=set)
    candles: list[tuple[str, Candle]] = field(default_factory=list)
    groups: bool = False

    def __bool__(self) -> bool:
        """Say whether anything changed."""
        parts = (self.orders, self.trades, self.balances, self.symbols, self.candles, self.groups)
        return any(parts)


class Ledger:
    """Accounts and history with a list of what changed."""

    def __init__(self) -> None:
        """Start with the house and the fee pot only."""
        self.accounts: dict[str, Account] = {
            HOUSE: Account(HOUSE, bottomless=True),
            FEES: Account(FEES),
        }
        self.history = History()
        self.groups = TradeGroups()
        self.sequence = 0
        self._changes = Changes()

    def next_sequence(self) -> int:
        """Give the next running number; orders and trades share it."""
        self.sequence += 1
        return self.sequence

    def account(self, name: str) -> Account:
        """Give an account that was opened.

        Raises:
            KeyError: there is none of this name.
        """
        return self.accounts[name]

    def note_order(self, order: Order) -> None:
        """Say that an order changed."""
        self.history.note(order)
        self._changes.orders[order.order_id] = order

    def note_trade(self, trade: Trade) -> None:
        """Take in a new trade."""
        self.history.add_trade(trade)
        self._changes.trades.append(trade)

    def note_balance(self, account: str, asset: str) -> None:
        """Say that a balance changed."""
        self._changes.balances.add((account, asset))

    def note_symbol(self, symbol: str) -> None:
        """Say that a market's price moved in a way worth keeping."""
        self._changes.symbols.add(symbol)

    def note_candle(self, symbol: str, candle: Candle) -> None:
        """Say that a symbol's minute closed."""
        self._changes.candles.append((symbol, candle))

    def note_groups(self) -> None:
        """Say that the groups of accounts that must not trade with each other changed."""
        self._changes.groups = True

    def drain(self) -> Changes:
        """Give what changed since the last call, and start a new list."""
        changes, self._changes = self._changes, Changes()
        return changes
