"""What the HTTP side answers and takes: `ok` in every answer, amounts as text, times in Unix ms."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from orderdesk.contracts import Amount, KillReport, OrderReport, PortfolioReport

Id = Annotated[int, Field(ge=1, le=2**63 - 1)]
"""A number that the ledger has given."""

Reason = Annotated[str, Field(min_length=1, max_length=500)]


class Body(BaseModel):
    """The base: frozen, and strict about names, so that a misspelt field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class No(Body):
    """Every no; which fields it has beside `error` depends on what it is."""

    ok: Literal[False]
    error: str
    kind: str | None = None
    """The error's class in the desk, which tells its fate."""
    field: str | None = None
    retry_after_ms: int | None = None
    idempotency_key: str | None = None
    task_id: str | None = None
    parts: dict[str, str] | None = None
    """What each part of the desk says, where some of them are not well."""


class Ok(Body):
    """Every yes."""

    ok: Literal[True] = True


class Me(Ok):
    """Whose token was shown."""

    name: str
    acts: bool
    """False: this one may only look."""


class Ready(Ok):
    """The parts without which nothing works here."""

    parts: dict[str, str]


# -- the exchange (seed S3 L60-L113)


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


# -- the desk


class LiveStatus(Ok):
    """The kill switch (seed S5 L173), and how far it has come."""

    kill_switch: bool
    reason: str
    mode: Literal["paper", "live"]
    active: bool
    """True if orders are being sent: no kill, no pause."""
    kill: KillReport


class Placed(Ok):
    """An order that is kept and on its way; `order` is its report, once that has come."""

    idempotency_key: str
    client_order_id: str
    task_id: str
    order: OrderReport | None = None


class CancelAsked(Ok):
    """A cancel that is kept and on its way; `order` is the order's report, once it has ended."""

    name: str
    """The order, as it was named."""
    task_id: str
    order: OrderReport | None = None


class OrderRow(OrderReport):
    """An order as it stands, with what is only the desk's."""

    id: int
    deadline_ms: int
    cancel_requested_ms: int | None = None
    live: bool
    """True if more is expected of it."""


class Orders(Ok):
    """Orders, the newest first."""

    orders: tuple[OrderRow, ...]
    next_before: int | None = None
    """Ask with `before` this for the next older ones; missing at the end."""


class StoryLine(Body):
    """One thing that happened to an order."""

    at_ms: int
    kind: str
    says: str


class StoryAttempt(Body):
    """One try to place it."""

    number: int
    state: str
    stamp_ms: int
    fence_ms: int
    proof_ms: int
    absences_ms: tuple[int, ...]
    answer: str | None = None


class StoryFill(Body):
    """One trade."""

    trade_id: str
    traded_ms: int
    quantity: Amount
    price: Amount
    commission: Amount
    commission_asset: str
    is_maker: bool


class OrderStory(Ok):
    """Everything that is known of one order, in the order it happened."""

    order: OrderRow
    attempts: tuple[StoryAttempt, ...]
    fills: tuple[StoryFill, ...]
    story: tuple[StoryLine, ...]


class UnknownRow(Body):
    """An order that may be on the exchange, and from when on absence is evidence."""

    idempotency_key: str
    client_order_id: str
    symbol: str
    side: str
    type: str
    status: str
    quantity: Amount | None = None
    quote_quantity: Amount | None = None
    price: Amount | None = None
    reason: str | None = None
    since_ms: int
    fence_ms: int | None = None
    """From here on nothing can land any more; missing where no attempt is open."""
    proof_ms: int | None = None
    """An absence after this, the last of `absences_needed`, is proof."""
    absences: int = 0
    absences_needed: int


class Unknowns(Ok):
    """Orders in doubt, and the exchange's time to count by."""

    now_ms: int
    orders: tuple[UnknownRow, ...]


class Portfolio(Ok):
    """The account as `sync_portfolio` reports it."""

    portfolio: PortfolioReport


class LimitRow(Body):
    """One limit as it holds."""

    name: str
    value: str
    source: str


class Limits(Ok):
    """Every limit of an account or a symbol."""

    account: str
    symbol: str
    limits: tuple[LimitRow, ...]


class LimitChangeBody(Body):
    """A change of one limit, from now on and for every worker."""

    name: str
    value: str
    """The new value, `none` for no limit, `default` for the settings'."""
    reason: Reason
    symbol: str = ""


class LimitChanged(Ok):
    """What was changed."""

    name: str
    old: str | None = None
    new: str | None = None
    by: str


class UseRow(Body):
    """How much of a limit is used."""

    name: str
    used: Amount
    limit: Amount | None = None
    """Missing: no limit."""
    unit: str = ""


class LimitsInUse(Ok):
    """How much of each limit of an account is used."""

    account: str
    limits: tuple[UseRow, ...]


class Caps(Ok):
    """What the venue allows and the desk uses of it, and whether the venue paused us."""

    profile: str
    buffer_pct: Amount
    orders_per_s: int
    requests_per_s: int
    weight_per_10_s: int
    pools: tuple[UseRow, ...]
    """How much of each was taken in the venue's last second, or ten."""
    orders_last_min: int
    paused_ms: int
    paused_for: str


class LetterRow(Body):
    """Work that could not be finished."""

    id: int
    at_ms: int
    task: str
    reason: str
    message: str
    attempts: int
    state: str
    order: str | None = None
    account: str | None = None
    note: str | None = None


class Letters(Ok):
    """Dead letters, the newest first."""

    letters: tuple[LetterRow, ...]


class Letter(Ok):
    """One dead letter whole."""

    letter: LetterRow
    arguments: dict[str, object]
    trace: str


class ProcessRow(Body):
    """One process of the desk, or one part that they all need."""

    name: str
    well: bool
    says: str
    since_ms: int | None = None
    """When it was last started."""
    restarts: int = 0
    """How often it was seen to have died since this process has looked."""


class PositionRow(Body):
    """One symbol's position by our fills; amounts in quote, quantity in base."""

    symbol: str
    quantity: Amount
    average_entry: Amount | None = None
    price: Amount | None = None
    """The last price it was valued at."""
    value: Amount
    unrealised: Amount | None = None
    realised: Amount
    fees: dict[str, Amount]
    most: Amount | None = None
    """What one symbol's position may cost; missing: no limit."""


class Positions(Body):
    """Every position, and what today has brought."""

    positions: tuple[PositionRow, ...]
    today: Amount
    unrealised: Amount
    exposure: Amount
    valued_ms: int | None = None


class FeedRow(Body):
    """One event in words."""

    id: int
    at_ms: int
    kind: str
    alarm: bool
    order: str
    says: str


class DiscardBody(Body):
    """Why a dead letter is closed for good."""

    reason: Reason


class LetterClosed(Ok):
    """What became of a dead letter."""

    id: int
    state: Literal["REPLAYED", "DISCARDED"]
    order: str | None = None
