"""Say what an account holds, at what profit, and what it is worth: `sync_portfolio`'s answer."""

from collections.abc import Mapping, Sequence

from orderdesk.contracts import AssetReport, Holding, PortfolioReport, PositionReport
from orderdesk.core.answers import Balance
from orderdesk.core.asset_books import AssetBook, Drift
from orderdesk.core.money import ZERO, minus, plus, product
from orderdesk.core.orders import IN_DOUBT, ON_EXCHANGE
from orderdesk.core.portfolio import Position
from orderdesk.core.risk.exposure import Counters
from orderdesk.core.valuation import Prices, Valued, equity, profit, valued
from orderdesk.flows.prices import prices
from orderdesk.ports import Desk


def report_of(
    desk: Desk,
    account: str,
    balances: Sequence[Balance],
    books: Mapping[str, AssetBook],
    drifts: Sequence[Drift],
) -> PortfolioReport:
    """Return the report; what has no price is said so and counts nothing."""
    whole, *symbols = desk.ledger.exposures(account)
    traded = [one for one in symbols if one.position != Position()]
    known = prices(desk, _assets(traded, balances))
    positions = [
        valued(one.symbol, one.position, base=one.base, quote=one.quote, prices=known)
        for one in traded
    ]
    realised, unrealised = profit(positions)
    live = desk.ledger.live(account)
    return PortfolioReport(
        account=account,
        at_ms=desk.time.now_ms(),
        holdings=tuple(_holding(balance, known) for balance in balances),
        positions=tuple(_position(one) for one in positions),
        assets=tuple(_asset(books[one.asset], one) for one in drifts),
        equity=equity(balances, known),
        exposure=plus(*(one.exposure for one in positions)),
        reserved=whole.reserved_buy,
        realised=realised,
        unrealised=unrealised,
        fees_value=plus(*(one.fees_value for one in positions)),
        not_priced=tuple(one.asset for one in balances if one.asset not in known),
        open_orders=sum(intent.status in ON_EXCHANGE for intent in live),
        in_doubt=sum(intent.status in IN_DOUBT for intent in live),
    )


def _assets(symbols: Sequence[Counters], balances: Sequence[Balance]) -> list[str]:
    """Return every asset that needs a price, positions first."""
    held = [one.base for one in symbols if one.position.quantity]
    fees = [asset for one in symbols for asset in one.position.fees]
    quotes = [one.quote for one in symbols]
    return [*held, *fees, *quotes, *(one.asset for one in balances if one.total)]


def _holding(balance: Balance, known: Prices) -> Holding:
    price = known.get(balance.asset)
    return Holding(
        asset=balance.asset,
        free=balance.free,
        locked=balance.locked,
        total=balance.total,
        value=None if price is None else product(balance.total, price.value),
        price_age_ms=None if price is None else price.age_ms,
    )


def _position(one: Valued) -> PositionReport:
    return PositionReport(
        symbol=one.symbol,
        quantity=one.position.quantity,
        average_entry=one.position.average_entry,
        price=one.price,
        price_age_ms=one.price_age_ms,
        realised=one.position.realised,
        unrealised=one.unrealised,
        exposure=one.exposure,
        fees=dict(one.position.fees),
        fees_value=one.fees_value,
        sold_beyond=one.position.uncovered,
    )


def _asset(book: AssetBook, drift: Drift) -> AssetReport:
    # What is kept apart by this very sync is its drift still: it is told here, once.
    moved = minus(book.moved, drift.drift) if drift.kept_apart else book.moved
    return AssetReport(
        asset=drift.asset,
        total=drift.total,
        baseline=book.baseline,
        from_fills=drift.ours,
        fees=book.fees,
        moved=moved,
        drift=drift.drift,
        explanation=drift.explanation,
        foreign=drift.foreign if drift.kept_apart else ZERO,
    )
