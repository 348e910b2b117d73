"""Look at how the desk stands, for whoever draws it: nothing is asked of the exchange."""

from collections.abc import Sequence

from orderdesk.core.figures import AtRisk, Figures, LedgerFigures, RedisFigures
from orderdesk.core.money import ZERO
from orderdesk.core.risk.exposure import Counters, Standing, rolled
from orderdesk.errors import LedgerUnavailable, StoreUnavailable
from orderdesk.flows import gate, kill_switch
from orderdesk.ports import Desk


def look(desk: Desk) -> Figures:
    """Return every figure; a part that is away is None, and the rest is still told."""
    return Figures(ledger=_ledger(desk), redis=_redis(desk))


def _ledger(desk: Desk) -> LedgerFigures | None:
    now_ms = desk.time.now_ms()
    try:
        doubt = desk.ledger.doubt()
        return LedgerFigures(
            now_ms=now_ms,
            work=desk.ledger.open_work(),
            accounts=[_at_risk(desk, account, now_ms) for account in desk.rules.accounts],
            kill=desk.ledger.switch(kill_switch.KILL),
            in_doubt=doubt is not None and now_ms < doubt.until_ms,
        )
    except LedgerUnavailable:
        # Said by the figure's absence: whoever draws it shows the ledger as away.
        return None


def _at_risk(desk: Desk, account: str, now_ms: int) -> AtRisk:
    whole, *symbols = desk.ledger.exposures(account)
    kept = desk.ledger.asset_books(account)
    books = kept.books if kept else {}
    return AtRisk(
        whole=whole,
        symbols=_by_cost(symbols),
        limits=gate.limits_of(desk.rules, Standing(whole, Counters(account))),
        drifting={asset: book.drift for asset, book in books.items() if book.drift != ZERO},
        day_loss=-rolled(whole, now_ms).day_result,
    )


def _by_cost(symbols: Sequence[Counters]) -> Sequence[Counters]:
    return sorted(symbols, key=lambda one: -one.position.cost)


def _redis(desk: Desk) -> RedisFigures | None:
    try:
        now_ms = desk.intake.now_ms()
        head_ms = desk.queue.head_ms("place_order")
        behind = desk.intake.entries(desk.intake.cursor(), 1)
        pauses = {account: desk.throttle.pause_left(account) for account in desk.rules.accounts}
        return RedisFigures(
            queues=desk.queue.waiting(),
            # 0: the queue does not tell how long its first message has waited.
            oldest_order_ms=max(0, now_ms - head_ms) if head_ms else None,
            oldest_intake_ms=max(0, now_ms - behind[0].taken_ms) if behind else None,
            pauses={account: left[0] if left else 0 for account, left in pauses.items()},
            throttle=[desk.throttle.overview(account) for account in desk.rules.accounts],
        )
    except StoreUnavailable:
        return None
