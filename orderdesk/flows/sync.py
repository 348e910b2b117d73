"""Read the account's balances, keep a snapshot, and report them."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from orderdesk.contracts import Holding, PortfolioReport, SyncPortfolio
from orderdesk.core.answers import Balance
from orderdesk.core.events import Event, EventKind
from orderdesk.core.money import ZERO, canonical, minus, plus, product
from orderdesk.core.orders import IN_DOUBT, ON_EXCHANGE
from orderdesk.core.risk.exposure import DUST, Counters
from orderdesk.core.tokens import Lane
from orderdesk.ports import Desk

TOLERANCE = Decimal("0.001")
"""Less than this share of a position is no drift: MEXC rounds fees its own way."""


def sync(desk: Desk, command: SyncPortfolio) -> PortfolioReport:
    """Return what the account holds now.

    Raises:
        ExchangeUnreachable: the exchange gave no usable answer.
        NotYet: no slot is near.
    """
    settled = _settled(desk, command.account)
    balances = desk.exchange(command.account, Lane.POLL).balances()
    now_ms = desk.time.now_ms()
    desk.ledger.save_balances(command.account, balances, now_ms=now_ms)
    # Only what had no order under way both before and after can be held against the balances.
    settled = [one for one in settled if one in _settled(desk, command.account)]
    _note_drift(desk, command.account, settled, balances)
    live = desk.ledger.live(command.account)
    return PortfolioReport(
        account=command.account,
        at_ms=now_ms,
        holdings=tuple(
            Holding(asset=b.asset, free=b.free, locked=b.locked, total=b.total) for b in balances
        ),
        open_orders=sum(intent.status in ON_EXCHANGE for intent in live),
        in_doubt=sum(intent.status in IN_DOUBT for intent in live),
    )


def _settled(desk: Desk, account: str) -> list[Counters]:
    """Return the positions of symbols on which nothing is under way."""
    busy = {intent.symbol for intent in desk.ledger.live(account)}
    busy |= {intent.symbol for intent in desk.ledger.awaiting_fills(account)}
    symbols = desk.ledger.exposures(account)[1:]
    return [one for one in symbols if one.symbol not in busy and one.position.cost >= DUST]


def _note_drift(
    desk: Desk, account: str, settled: Sequence[Counters], balances: Sequence[Balance]
) -> None:
    """Count a sync that finds less of an asset than our own fills bought of it."""
    total = {balance.asset: balance.total for balance in balances}
    held: dict[str, list[Counters]] = defaultdict(list)
    for one in settled:
        held[one.base].append(one)
    short = {}
    for asset, ones in held.items():
        ours = plus(*(one.position.quantity for one in ones))
        lacking = minus(ours, total.get(asset, ZERO))
        if lacking > product(ours, TOLERANCE):
            short[asset] = canonical(lacking)
    drifts = desk.ledger.note_drift(account, drifted=bool(short))
    if short:
        data = {"missing": short, "syncs": drifts}
        desk.ledger.tell(Event(EventKind.DRIFT, desk.time.now_ms(), account=account, data=data))
