"""Turn a command into exactly what would be sent, or into the refusal that says why not."""

from dataclasses import replace
from decimal import Decimal

from orderdesk.contracts import PlaceOrder
from orderdesk.core.intents import Draft, Intent
from orderdesk.core.markets import Market, Refusal, Size, fit
from orderdesk.core.order_ids import client_order_id
from orderdesk.core.orders import OrderType
from orderdesk.core.risk.rules import Proposal, assess
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
    )


def fitted(desk: Desk, draft: Draft) -> tuple[Draft, Refusal | None]:
    """Fit a draft to its market and hold it against the rules.

    Returns the draft as it would be sent, and the first refusal if there is one.

    Raises:
        ExchangeUnreachable: the market's rules are not at hand, and could not be had.
    """
    if draft.account not in desk.rules.accounts:
        accounts = ", ".join(desk.rules.accounts)
        message = f"this desk trades for {accounts}"
        return draft, Refusal("ACCOUNT", "account", draft.account, message)
    market = desk.markets.market(draft.symbol)
    if market is None:
        return draft, Refusal("SYMBOL", "symbol", draft.symbol, "the venue has no such symbol")
    return _fitted(desk, draft, market)


def names_nothing(refusal: Refusal | None) -> bool:
    """True if a refusal says that there is no such account or symbol to be asked about."""
    return refusal is not None and refusal.rule in ("ACCOUNT", "SYMBOL")


def gate(desk: Desk, draft: Draft) -> Refusal | None:
    """Ask again, inside the opening transaction, the rules that age; asks nobody outside."""
    return assess(Proposal(draft.symbol, draft.notional), desk.rules.risk)


def with_slot(draft: Draft, throttled_ms: int) -> Draft:
    """Return the draft with the time at which the throttle let it pass."""
    return replace(draft, throttled_ms=throttled_ms)


def _fitted(desk: Desk, draft: Draft, market: Market) -> tuple[Draft, Refusal | None]:
    price = _reference_price(desk, draft)
    fitted = fit(draft.size, market, price)
    if isinstance(fitted, Refusal):
        return draft, fitted
    draft = replace(draft, size=fitted, notional=fitted.notional(price))
    return draft, gate(desk, draft)


def _reference_price(desk: Desk, draft: Draft) -> Decimal | None:
    # A market order by quantity needs a fresh price to be valued; the others take what is
    # at hand: a question in their way would cost more than the check is worth.
    if draft.size.type is OrderType.MARKET and draft.size.quote_quantity is None:
        return desk.markets.last_price(draft.symbol)
    return desk.markets.remembered_price(draft.symbol)
