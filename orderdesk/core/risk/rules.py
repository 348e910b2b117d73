"""The rules an order must pass before it is sent; each is one small pure function.

A rule returns None where it has nothing to say (its limit is off, or it is no matter of this
order), else what it held against what. Selling can only lessen what is at risk, because spot
knows no short position: so no rule about exposure keeps anybody from selling.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from orderdesk.core.money import ZERO, canonical, plus, product
from orderdesk.core.orders import OrderType, Side
from orderdesk.core.risk.exposure import DUST, Counters, Standing, rolled
from orderdesk.core.risk.limits import RiskLimits
from orderdesk.core.risk.tally import MINUTE, counted
from orderdesk.core.risk.verdicts import Check, Verdict

DOLLARS = frozenset({"USDT", "USDC", "USD1", "USDE", "FDUSD", "DAI"})
"""Quote currencies that count as one dollar: only these can be added up and held to a limit.

Source: MEXC exchangeInfo, `quoteAsset` of its spot markets, Jan 2026.
"""

NOBODY = Standing(Counters(""), Counters(""))


@dataclass(frozen=True, slots=True)
class Proposal:
    """An order as the risk gate sees it. Amounts are in quote."""

    symbol: str
    value: Decimal | None
    """What it is worth at its own price, or at the market's; None if nothing values it."""
    side: Side = Side.BUY
    type: OrderType = OrderType.LIMIT
    price: Decimal | None = None
    """Its own price."""
    quote: str = "USDT"
    market_price: Decimal | None = None
    price_age_ms: int | None = None
    """How old the market's price is now; None if there is none at hand."""
    by_quantity: bool = True
    now_ms: int = 0
    standing: Standing = field(default=NOBODY)

    @property
    def buying(self) -> bool:
        """True if it adds to what is at risk."""
        return self.side is Side.BUY


Rule = Callable[[Proposal, RiskLimits], Check | None]


def worst(order: Proposal, limits: RiskLimits) -> Decimal | None:
    """Return what an order may cost at worst: a buy at market may fill a collar away."""
    at_market = order.type is OrderType.MARKET and order.by_quantity
    if order.value is None or limits.price_collar_pct is None or not at_market or not order.buying:
        return order.value
    return product(order.value, 1 + limits.price_collar_pct / 100)


def symbols(order: Proposal, limits: RiskLimits) -> Check | None:
    """Hold the symbol against the desk's allow-list."""
    if limits.symbols is None:
        return None
    listed = ",".join(sorted(limits.symbols))
    return Check(
        "RISK_SYMBOLS",
        order.symbol in limits.symbols,
        "symbol",
        order.symbol,
        listed,
        f"this desk trades only {listed or 'nothing'} (RISK_SYMBOLS)",
    )


def price_max_age_ms(order: Proposal, limits: RiskLimits) -> Check | None:
    """Refuse what needs the market's price where there is none, or only a stale one."""
    limit, age_ms = limits.price_max_age_ms, order.price_age_ms
    collared = limits.price_collar_pct is not None
    if limit is None or not (collared or order.type is OrderType.MARKET):
        return None
    known = order.market_price is not None and age_ms is not None
    shown = f"{age_ms}" if known else "no price at hand"
    return Check(
        "RISK_PRICE_MAX_AGE_MS",
        age_ms is not None and known and age_ms <= limit,
        "price_age_ms",
        shown,
        str(limit),
        f"the market's price may be at most {limit} ms old (RISK_PRICE_MAX_AGE_MS)",
    )


def valued(order: Proposal, limits: RiskLimits) -> Check | None:
    """Refuse an order that nothing values in dollars while a limit would have to hold it."""
    held = (limits.min_notional, limits.max_notional, limits.max_position, limits.max_exposure)
    if all(limit is None for limit in held):
        return None
    if order.value is None:
        message = "no fresh price values this order, so its limit cannot be held"
        return Check("RISK_UNVALUED", False, "symbol", order.symbol, "a price", message)
    dollars = ",".join(sorted(DOLLARS))
    message = f"its quote currency is none of {dollars}, so no limit in dollars can be held"
    passed = order.quote in DOLLARS
    return Check("RISK_UNVALUED", passed, "quote", order.quote, "dollars", message)


def price_collar_pct(order: Proposal, limits: RiskLimits) -> Check | None:
    """Hold a price against the market's: a buy not far above it, a sell not far below it."""
    collar, last = limits.price_collar_pct, order.market_price
    if collar is None or last is None or order.price is None:
        return None
    bound = product(last, 1 + (collar if order.buying else -collar) / 100)
    passed = order.price <= bound if order.buying else order.price >= bound
    side, word = ("a buy", "at most") if order.buying else ("a sell", "at least")
    message = (
        f"{side} may ask for {word} {canonical(bound)}, {canonical(collar)} % from the market's "
        f"{canonical(last)} (RISK_PRICE_COLLAR_PCT)"
    )
    return Check(
        "RISK_PRICE_COLLAR_PCT", passed, "price", canonical(order.price), canonical(bound), message
    )


def min_notional(order: Proposal, limits: RiskLimits) -> Check | None:
    """Refuse an order smaller than the desk's minimum."""
    if limits.min_notional is None or order.value is None:
        return None
    limit = limits.min_notional
    return _amount("RISK_MIN_NOTIONAL", "notional", order.value, limit, at_least=True)


def max_notional(order: Proposal, limits: RiskLimits) -> Check | None:
    """Refuse an order larger than the desk's maximum."""
    cost = worst(order, limits)
    if limits.max_notional is None or cost is None:
        return None
    return _amount("RISK_MAX_NOTIONAL", "notional", cost, limits.max_notional)


def portfolio_max_age_ms(order: Proposal, limits: RiskLimits) -> Check | None:
    """Refuse to buy while nobody knows what the open positions are worth now."""
    limit, account = limits.portfolio_max_age_ms, order.standing.account
    if limit is None or not order.buying or account.position.cost < DUST:
        return None
    age_ms = max(0, order.now_ms - (account.marked_ms or 0))
    message = (
        f"the open positions may have been valued at most {limit} ms ago; is beat running? "
        "(RISK_PORTFOLIO_MAX_AGE_MS)"
    )
    return Check(
        "RISK_PORTFOLIO_MAX_AGE_MS", age_ms <= limit, "age_ms", str(age_ms), str(limit), message
    )


def cooldown_ms(order: Proposal, limits: RiskLimits) -> Check | None:
    """Refuse an order too soon after the last one of its symbol; a new attempt is no new order."""
    last_ms = order.standing.symbol.last_order_ms
    if limits.cooldown_ms is None or last_ms is None or order.standing.attempts:
        return None
    rested_ms = order.now_ms - last_ms
    message = (
        f"{order.symbol} rests for {limits.cooldown_ms} ms after each order (RISK_COOLDOWN_MS)"
    )
    return Check(
        "RISK_COOLDOWN_MS",
        rested_ms >= limits.cooldown_ms,
        "since_last_order_ms",
        str(rested_ms),
        str(limits.cooldown_ms),
        message,
    )


def max_orders_per_min(order: Proposal, limits: RiskLimits) -> Check | None:
    """Hold the account's orders of the last minute against a rate."""
    if limits.max_orders_per_min is None or order.standing.attempts:
        return None
    count = counted(order.standing.account.orders, order.now_ms, MINUTE) + 1
    return _count("RISK_MAX_ORDERS_PER_MIN", "orders", count, limits.max_orders_per_min)


def max_open_orders(order: Proposal, limits: RiskLimits) -> Check | None:
    """Hold the number of orders that rest or are in doubt against a limit."""
    if limits.max_open_orders is None:
        return None
    count = order.standing.account.open_orders + 1
    return _count("RISK_MAX_OPEN_ORDERS", "open_orders", count, limits.max_open_orders)


def max_position(order: Proposal, limits: RiskLimits) -> Check | None:
    """Hold what a symbol's position may come to against a limit."""
    cost = worst(order, limits)
    if limits.max_position is None or cost is None or not order.buying:
        return None
    total = plus(order.standing.symbol.exposure, cost)
    return _amount("RISK_MAX_POSITION", "position", total, limits.max_position)


def max_open_positions(order: Proposal, limits: RiskLimits) -> Check | None:
    """Hold the number of symbols with a position, or with a buy that may become one."""
    if limits.max_open_positions is None or not order.buying:
        return None
    standing = order.standing
    count = standing.account.engaged + (1 - standing.symbol.engaged)
    return _count("RISK_MAX_OPEN_POSITIONS", "open_positions", count, limits.max_open_positions)


def max_exposure(order: Proposal, limits: RiskLimits) -> Check | None:
    """Hold everything the account has at risk, this order included, against a limit."""
    cost = worst(order, limits)
    if limits.max_exposure is None or cost is None or not order.buying:
        return None
    total = plus(order.standing.account.exposure, cost)
    return _amount("RISK_MAX_EXPOSURE", "exposure", total, limits.max_exposure)


def max_daily_loss_pct(order: Proposal, limits: RiskLimits) -> Check | None:
    """Refuse to buy on a day that has lost too much, realised and unrealised (UTC)."""
    limit = limits.max_daily_loss
    if limit is None or not order.buying:
        return None
    loss = max(ZERO, -rolled(order.standing.account, order.now_ms).day_result)
    message = (
        f"today's loss reached {canonical(limit)}, {canonical(limits.max_daily_loss_pct or ZERO)} "
        f"% of {canonical(limits.base_equity or ZERO)} (RISK_MAX_DAILY_LOSS_PCT)"
    )
    return Check(
        "RISK_MAX_DAILY_LOSS_PCT",
        loss < limit,
        "daily_loss",
        canonical(loss),
        canonical(limit),
        message,
    )


RULES: tuple[Rule, ...] = (
    symbols,
    price_max_age_ms,
    valued,
    price_collar_pct,
    min_notional,
    max_notional,
    portfolio_max_age_ms,
    cooldown_ms,
    max_orders_per_min,
    max_open_orders,
    max_position,
    max_open_positions,
    max_exposure,
    max_daily_loss_pct,
)
"""In the order they run; the first no is the answer, and what comes after it does not run."""


def assess(order: Proposal, limits: RiskLimits) -> Verdict:
    """Run the rules in their order, up to the first no."""
    checks: list[Check] = []
    for rule in RULES:
        check = rule(order, limits)
        if check is not None:
            checks.append(check)
            if not check.passed:
                break
    return Verdict(tuple(checks))


def _amount(
    rule: str, field: str, figure: Decimal, limit: Decimal, *, at_least: bool = False
) -> Check:
    word = "minimum" if at_least else "maximum"
    message = f"the desk's {word} is {canonical(limit)} ({rule})"
    passed = figure >= limit if at_least else figure <= limit
    return Check(rule, passed, field, canonical(figure), canonical(limit), message)


def _count(rule: str, field: str, figure: int, limit: int) -> Check:
    message = f"the desk's maximum is {limit} ({rule})"
    return Check(rule, figure <= limit, field, str(figure), str(limit), message)
