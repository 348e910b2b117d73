"""Turn a command into exactly what would be sent, or into the refusal that says why not."""

from dataclasses import replace

from orderdesk.contracts import PlaceOrder
from orderdesk.core.intents import Draft, Intent
from orderdesk.core.markets import Market, Refusal, Size, fit
from orderdesk.core.order_ids import client_order_id
from orderdesk.core.protective import Candle, protective_prices
from orderdesk.core.risk.verdicts import PASSED, Verdict
from orderdesk.flows import gate
from orderdesk.ports import Desk


def commanded(desk: Desk, command: PlaceOrder, known: Intent | None, *, task_id: str) -> Draft:
    """Return the order as it was commanded, not yet fitted to its market.

    A known intent keeps its first deadline, whatever a repeat says.
    """
    received_ms = known.received_ms if known else command.received_ms or desk.time.now_ms()
    return Draft(
        account=command.account,
        idempotency_key=command.idempotency_key,
        client_order_id=client_order_id(command.account, command.idempotency_key),
        parameter_hash=command.parameter_hash,
        task_id=known.task_id if known else task_id,
        symbol=command.symbol,
        size=Size(
            command.side, command.type, command.quantity, command.quote_quantity, command.price
        ),
        deadline_ms=known.deadline_ms if known else command.deadline_ms(received_ms),
        received_ms=received_ms,
        trace_id=command.trace_id,
        command=command.wire(),
        candles=tuple(Candle(one.high, one.low, one.close) for one in command.candles),
    )


def fitted(desk: Desk, draft: Draft) -> tuple[Draft, Refusal | None, Verdict]:
    """Fit a draft to its market and hold it against the rules.

    Returns the draft as it would be sent, the first refusal if there is one, and what the
    risk gate held against what.

    Raises:
        ExchangeUnreachable: the market's rules are not at hand, and could not be had.
    """
    if draft.account not in desk.rules.accounts:
        accounts = ", ".join(desk.rules.accounts)
        message = f"this desk trades for {accounts}"
        return draft, Refusal("ACCOUNT", "account", draft.account, message), PASSED
    market = desk.markets.market(draft.symbol)
    if market is None:
        refusal = Refusal("SYMBOL", "symbol", draft.symbol, "the venue has no such symbol")
        return draft, refusal, PASSED
    return _fitted(desk, draft, market)


def names_nothing(refusal: Refusal | None) -> bool:
    """True if a refusal says that there is no such account or symbol to be asked about."""
    return refusal is not None and refusal.rule in ("ACCOUNT", "SYMBOL")


def with_slot(draft: Draft, throttled_ms: int) -> Draft:
    """Return the draft with the time at which the throttle let it pass."""
    return replace(draft, throttled_ms=throttled_ms)


def _fitted(desk: Desk, draft: Draft, market: Market) -> tuple[Draft, Refusal | None, Verdict]:
    draft = replace(draft, base=market.base, quote=market.quote)
    standing = desk.ledger.standing(draft.account, draft.symbol)
    limits = gate.limits_of(desk.rules, standing)
    quote = gate.priced(desk, draft.symbol, limits, needed=gate.needs_price(draft, limits))
    price = None if quote is None else quote.price
    fitted = fit(draft.size, market, price)
    if isinstance(fitted, Refusal):
        return draft, fitted, PASSED
    draft = gate.valued(desk, replace(draft, size=fitted), quote, limits)
    verdict = gate.judge(desk, draft, standing)
    return _with_stops(desk, draft, market), verdict.refusal, verdict


def _with_stops(desk: Desk, draft: Draft, market: Market) -> Draft:
    """Return the draft with its protective prices, if candles came with the command."""
    entry = draft.size.price or draft.market_price
    if not draft.candles or entry is None:
        return draft
    policy = desk.rules.policy
    stops = protective_prices(
        draft.size.side,
        entry,
        draft.candles,
        policy=policy.name,
        atr_multiple=policy.stop_atr_multiple,
        reward_risk=policy.reward_risk,
        tick=market.tick,
    )
    return replace(draft, stops=stops)
