"""Read the account's balances, keep a snapshot, and report them."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from orderdesk.contracts import PortfolioReport, SyncPortfolio
from orderdesk.core.answers import Balance
from orderdesk.core.events import Event, EventKind
from orderdesk.core.money import ZERO, canonical, minus, plus, product
from orderdesk.core.orders import IN_DOUBT
from orderdesk.core.risk.exposure import DUST, Counters
from orderdesk.core.tokens import Lane
from orderdesk.flows import asset_drift, portfolio_report
from orderdesk.ports import Desk

TOLERANCE = Decimal("0.001")
"""Less than this share of a position is no drift: MEXC rounds fees its own way."""


def sync(desk: Desk, command: SyncPortfolio) -> PortfolioReport:
    """Return what the account holds now, at what profit, and where the books differ.

    Raises:
        ExchangeUnreachable: the exchange gave no usable answer.
        NotYet: no slot is near.
    """
    account = command.account
    fill_id, asked_ms = desk.ledger.last_fill_id(), desk.time.now_ms()
    settled, in_flight = _settled(desk, account), _in_flight(desk, account)
    balances = desk.exchange(account, Lane.POLL).balances()
    desk.ledger.save_balances(account, balances, now_ms=desk.time.now_ms())
    # Only what had no order under way both before and after can be held against the balances.
    in_flight |= _in_flight(desk, account)
    settled = [one for one in settled if one in _settled(desk, account)]
    _note_drift(desk, account, settled, balances)
    shown = asset_drift.Shown(balances, asked_ms, fill_id, frozenset(in_flight))
    books, drifts = asset_drift.hold_against(desk, account, shown)
    return portfolio_report.report_of(desk, account, balances, books, drifts)


def _in_flight(desk: Desk, account: str) -> set[str]:
    """Return the assets that an order may be moving without our knowing.

    An order that rests is not among them: a fill that nobody has seen yet is known within a
    cycle of following, and no difference counts that does not stand for two syncs.
    """
    moving = [intent for intent in desk.ledger.live(account) if intent.status in IN_DOUBT]
    moving += desk.ledger.awaiting_fills(account)
    names = {intent.symbol for intent in moving}
    symbols = desk.ledger.exposures(account)[1:]
    known = {one.symbol: one for one in symbols if one.symbol in names}
    return {asset for one in known.values() for asset in (one.base, one.quote)}


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
