"""The risk gate: which limits hold for an order, and what the rules say to it.

Asked twice: before the throttle, so that a refused order takes no slot, and again inside the
opening transaction, where what is at risk is locked and nothing has aged unseen.
"""

from dataclasses import replace

from orderdesk.core.intents import Draft
from orderdesk.core.orders import OrderType
from orderdesk.core.risk.exposure import Standing
from orderdesk.core.risk.limits import RiskLimits, layered
from orderdesk.core.risk.rules import NOBODY, Proposal, assess, worst
from orderdesk.core.risk.verdicts import Verdict
from orderdesk.ports import Desk, Quote, Rules


def limits_of(rules: Rules, standing: Standing) -> RiskLimits:
    """Return the limits that hold for an account and symbol.

    What is set at run time wins over settings of the same scope, a symbol's over its account's.
    """
    account, symbol = standing.account, standing.symbol
    return layered(
        rules.risk,
        rules.scoped.get((account.account, ""), {}),
        account.limits,
        rules.scoped.get((symbol.account, symbol.symbol), {}) if symbol.symbol else {},
        symbol.limits if symbol.symbol else {},
    )


def priced(desk: Desk, symbol: str, limits: RiskLimits, *, needed: bool) -> Quote | None:
    """Return the market's price, asked for only if it is needed and the one at hand is old.

    One that has used up half its life is asked for anew, so that it does not go stale while
    the order waits for its slot.
    """
    at_hand = desk.markets.remembered_price(symbol)
    limit = limits.price_max_age_ms
    fresh = at_hand is not None and (limit is None or at_hand.age_ms * 2 <= limit)
    if fresh or not needed:
        return at_hand
    asked = desk.markets.last_price(symbol)
    if asked is None:
        return at_hand
    # It may be as old as the cache lets it be.
    return desk.markets.remembered_price(symbol) or Quote(asked, 0)


def needs_price(draft: Draft, limits: RiskLimits) -> bool:
    """True if an order cannot be judged without the market's price."""
    return draft.size.type is OrderType.MARKET or limits.price_collar_pct is not None


def valued(desk: Desk, draft: Draft, quote: Quote | None, limits: RiskLimits) -> Draft:
    """Return the draft with what it is worth, and with what it may cost at worst."""
    price = None if quote is None else quote.price
    draft = replace(
        draft,
        value=draft.size.notional(price),
        market_price=price,
        priced_ms=desk.clock.monotonic_ms() - (0 if quote is None else quote.age_ms),
    )
    return replace(draft, notional=worst(_proposal(desk, draft, NOBODY), limits))


def judge(desk: Desk, draft: Draft, standing: Standing) -> Verdict:
    """Return what the rules say; asks nobody outside."""
    return assess(_proposal(desk, draft, standing), limits_of(desk.rules, standing))


def _proposal(desk: Desk, draft: Draft, standing: Standing) -> Proposal:
    size = draft.size
    # By the monotonic clock: exchange time may be measured for the first time in between.
    price_age_ms = desk.clock.monotonic_ms() - draft.priced_ms
    return Proposal(
        symbol=draft.symbol,
        value=draft.value,
        side=size.side,
        type=size.type,
        price=size.price,
        quote=draft.quote,
        market_price=draft.market_price,
        price_age_ms=None if draft.market_price is None else price_age_ms,
        by_quantity=size.quote_quantity is None,
        now_ms=desk.time.now_ms(),
        standing=standing,
    )
