"""What the desk answers: plain JSON, amounts as text, times in Unix ms."""

from pydantic import Field

from orderdesk.contracts.messages import Amount, Message
from orderdesk.core import money
from orderdesk.core.asset_books import Explanation
from orderdesk.core.orders import OrderStatus, OrderType, Side
from orderdesk.core.reconcile import Action, Kind


class Times(Message):
    """When what happened, Unix ms: the intake by Redis' clock, the rest by exchange time."""

    received: int | None = None
    throttled: int | None = None
    """When the throttle gave the slot."""
    sent: int | None = None
    """When the attempt was stamped; the stamp itself leans a little earlier, to be on the safe
    side of the exchange's clock."""
    acknowledged: int | None = None
    filled: int | None = None
    """When the last fill traded."""
    ended: int | None = None


class OrderReport(Message):
    """What became of one intent. A refusal is a report too: see `reason` and `code`."""

    account: str
    idempotency_key: str
    client_order_id: str
    order_id: str | None = None
    symbol: str
    side: Side
    type: OrderType
    status: OrderStatus
    quantity: Amount | None = None
    quote_quantity: Amount | None = None
    price: Amount | None = None
    executed_quantity: Amount = money.ZERO
    executed_quote: Amount = money.ZERO
    average_price: Amount | None = None
    """executed_quote / executed_quantity, to 12 significant digits after rounding half even."""
    commissions: dict[str, Amount] = Field(default_factory=dict)
    """What was paid, by asset."""
    fills: int = 0
    attempts: int = 0
    reason: str | None = None
    code: str | None = None
    trace_id: str = ""
    times: Times = Times()


class CancelAllReport(Message):
    """What became of a cancel-all: how many orders it asked for, and which are still open."""

    account: str
    symbol: str | None = None
    requested: int
    canceled: int
    still_open: tuple[str, ...] = ()
    """Idempotency keys; their cancels are written down and go on."""


class KillReport(Message):
    """The kill switch as it stands after a call: engaged, and whether that is verified."""

    engaged: bool
    at_ms: int
    by: str
    reason: str
    verified_ms: int | None = None
    """When it was proven that nothing is open; None: ENGAGED, NOT YET VERIFIED."""
    still_open: tuple[str, ...] = ()
    """Keys of orders that rest or may rest."""


class Holding(Message):
    """What the account holds of one asset."""

    asset: str
    free: Amount
    locked: Amount
    total: Amount
    value: Amount | None = None
    """In `currency`; missing if the asset has no price."""
    price_age_ms: int | None = None


class PositionReport(Message):
    """One symbol's position by our fills; amounts in quote, quantity in base."""

    symbol: str
    quantity: Amount
    average_entry: Amount | None = None
    price: Amount | None = None
    price_age_ms: int | None = None
    realised: Amount
    """After fees that were paid in quote."""
    unrealised: Amount | None = None
    exposure: Amount
    """The quantity at the price, or its cost where there is no price."""
    fees: dict[str, Amount] = Field(default_factory=dict)
    """All that was paid, by asset."""
    fees_value: Amount = money.ZERO
    """The same in `currency`, at today's prices."""
    sold_beyond: Amount = money.ZERO
    """So much was sold beyond what our fills had bought: without profit or loss here."""


class AssetReport(Message):
    """Our fills against their balance of one asset, since the first sync."""

    asset: str
    total: Amount
    """What the exchange shows."""
    baseline: Amount
    """What it showed at the first sync."""
    from_fills: Amount
    """What our fills moved since, fees included."""
    fees: Amount
    """What our fills paid in it since: a fee in MX is explained here."""
    moved: Amount
    """Deposits, withdrawals and foreign trades since: in the equity, in no profit or loss."""
    drift: Amount
    """total − (baseline + from_fills + moved before this sync); 0 is the goal."""
    explanation: Explanation = Explanation.NONE
    foreign: Amount = money.ZERO
    """How much of the drift trades of this account explain that are not ours."""


class PortfolioReport(Message):
    """The account at one time: balances, positions, profit and loss, equity, drift."""

    account: str
    at_ms: int
    currency: str = "USDT"
    holdings: tuple[Holding, ...]
    positions: tuple[PositionReport, ...] = ()
    assets: tuple[AssetReport, ...] = ()
    equity: Amount = money.ZERO
    exposure: Amount = money.ZERO
    """All positions together."""
    reserved: Amount = money.ZERO
    """What open orders may still buy for."""
    realised: Amount = money.ZERO
    """After every fee; those in a third asset at today's price."""
    unrealised: Amount = money.ZERO
    fees_value: Amount = money.ZERO
    not_priced: tuple[str, ...] = ()
    """Assets without a price: they count nothing in the equity."""
    open_orders: int
    in_doubt: int


class Discrepancy(Message):
    """One difference between the books, and what was done about it."""

    kind: Kind
    """`core/reconcile.py` says what each means, and why it is healed or alarmed."""
    symbol: str
    order: str = ""
    """The idempotency key, if the ledger knows the order."""
    order_id: str = ""
    trade_id: str = ""
    detail: str = ""
    action: Action
    outcome: str = ""


class ReconcileReport(Message):
    """What a reconciliation compared and found. A run that had to wait for slots tells what it
    compared after the last wait; alarms of all of it are events.
    """

    account: str
    at_ms: int
    orders_since_ms: int = 0
    """Orders placed since were compared, and older ones that rest."""
    trades_since_ms: int = 0
    beyond_look_back: str = ""
    """What was asked for and the exchange does not list any more; empty if nothing."""
    symbols: tuple[str, ...] = ()
    not_compared: tuple[str, ...] = ()
    """Symbols that the exchange refuses to speak of, each with its reason."""
    compared: int = 0
    """Orders of ours."""
    compared_fills: int = 0
    """Trades of theirs."""
    findings: tuple[Discrepancy, ...] = ()
