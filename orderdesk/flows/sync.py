"""Read the account's balances, keep a snapshot, and report them."""

from orderdesk.contracts import Holding, PortfolioReport, SyncPortfolio
from orderdesk.core.orders import IN_DOUBT, ON_EXCHANGE
from orderdesk.core.tokens import Lane
from orderdesk.ports import Desk


def sync(desk: Desk, command: SyncPortfolio) -> PortfolioReport:
    """Return what the account holds now.

    Raises:
        ExchangeUnreachable: the exchange gave no usable answer.
        NotYet: no slot is near.
    """
    balances = desk.exchange(command.account, Lane.POLL).balances()
    now_ms = desk.time.now_ms()
    desk.ledger.save_balances(command.account, balances, now_ms=now_ms)
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
