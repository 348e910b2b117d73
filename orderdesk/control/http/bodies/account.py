"""The account: what it holds, what it is held to, and how much of that is used."""

from orderdesk.contracts import Amount, PortfolioReport
from orderdesk.control.http.bodies.basis import Body, Ok, Reason


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
    """How much of each was given in the venue's last second, or ten, and is booked ahead."""
    orders_last_min: int
    paused_ms: int
    paused_for: str


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
