"""The exchange as the user's endpoints show it (seed S3 L60-L113)."""

from typing import Literal

from orderdesk.contracts import Amount, OrderReport
from orderdesk.control.http.bodies.basis import Body, Ok


class Ping(Ok):
    """Whether the exchange answers."""

    exchange: str
    markets_count: int


class MarketRow(Body):
    """One symbol's rules. Notionals in quote, quantities in base; 0 is no limit."""

    symbol: str
    base: str
    quote: str
    tradable: bool
    tick: Amount
    lot: Amount
    min_notional: Amount
    max_notional: Amount


class Markets(Ok):
    """The first symbols in alphabetical order, and how many there are."""

    exchange: str
    markets_count: int
    markets: tuple[MarketRow, ...]


class Ticker(Ok):
    """A last price."""

    exchange: str
    symbol: str
    """As the user writes it: BTC/USDT."""
    price: Amount


class BalanceRow(Body):
    """What the account holds of one asset."""

    free: Amount
    locked: Amount
    total: Amount


class Balances(Ok):
    """What the account holds, by asset."""

    exchange: str
    account: str
    balances: dict[str, BalanceRow]


class TestOrder(Ok):
    """What became of a test order, or would become of it."""

    mode: Literal["dry_run", "paper", "live"]
    symbol: str
    side: str
    qty: Amount
    price: Amount
    filled: bool
    """True only if it was placed and filled: a dry run fills nothing."""
    order: OrderReport | None = None
    """The order, if one was placed."""
