"""The account: what it holds and made, the limits it is held to, and the venue's caps."""

from typing import Annotated

from fastapi import APIRouter, Query

from orderdesk.contracts import DEFAULT_ACCOUNT, PortfolioReport
from orderdesk.contracts.commands import Account
from orderdesk.control.http import bodies, views
from orderdesk.control.http.doors import Known, Operator, Reader
from orderdesk.control.http.house import House, Inside
from orderdesk.control.http.noes import noes
from orderdesk.core.markets import normalise_symbol
from orderdesk.core.tokens import Lane
from orderdesk.errors import InvalidOrder, UnknownOrder
from orderdesk.flows import limits, portfolio_report

routes = APIRouter(tags=["account"])

PORTFOLIO_MS = 10_000
"""Balances and up to twenty prices: some 200 of weight, so they are asked for seldom."""

Of = Annotated[Account, Query(description="the account's alias")]


@routes.get("/me", responses=noes())
def me(found: Known) -> bodies.Me:
    """Say whose token this is, and whether it may act."""
    return bodies.Me(name=found.name, acts=found.acts)


@routes.get("/portfolio", responses=noes(404, 502))
def portfolio(house: Inside, _reader: Reader, account: Of = DEFAULT_ACCOUNT) -> bodies.Portfolio:
    """Show balances, positions, profit and equity; the exchange is asked every ten seconds."""
    desk = house.desk
    _require(house, account)

    def ask() -> PortfolioReport:
        held = desk.exchange(account, Lane.POLL).balances()
        return portfolio_report.report_of(desk, account, held, {}, ())

    report = house.remembered.get(f"portfolio:{account}", ask, for_ms=PORTFOLIO_MS)
    return bodies.Portfolio(portfolio=report)


@routes.get("/limits", responses=noes(404))
def limits_in_force(
    house: Inside, _reader: Reader, account: Of = DEFAULT_ACCOUNT, symbol: str = ""
) -> bodies.Limits:
    """Show every limit that holds, and where it comes from."""
    _require(house, account)
    name = _symbol(symbol)
    rows = limits.in_force(house.desk, account, name)
    return bodies.Limits(
        account=account,
        symbol=name,
        limits=tuple(
            bodies.LimitRow(name=one.name, value=one.value, source=one.source) for one in rows
        ),
    )


@routes.post("/limits", responses=noes(403, 404))
def change_limit(
    house: Inside,
    operator: Operator,
    change: bodies.LimitChangeBody,
    account: Of = DEFAULT_ACCOUNT,
) -> bodies.LimitChanged:
    """Change one limit from now on, for every worker; recorded with who and why."""
    _require(house, account)
    changed = limits.change(
        house.desk,
        account=account,
        symbol=_symbol(change.symbol),
        name=change.name,
        value=change.value,
        by=operator,
        reason=change.reason,
    )
    return bodies.LimitChanged(name=changed.name, old=changed.old, new=changed.new, by=changed.by)


@routes.get("/limits/in-use", responses=noes(404))
def limits_in_use(
    house: Inside, _reader: Reader, account: Of = DEFAULT_ACCOUNT
) -> bodies.LimitsInUse:
    """Show how much of each limit is used."""
    _require(house, account)
    return bodies.LimitsInUse(
        account=account, limits=tuple(views.limits_in_use(house.desk, account))
    )


@routes.get("/caps", responses=noes())
def caps(house: Inside, _reader: Reader) -> bodies.Caps:
    """Show what the venue allows, the share of it that is used, and whether it paused us."""
    return views.caps_in_use(house)


def _require(house: House, account: str) -> None:
    if account not in house.desk.rules.accounts:
        known = ", ".join(house.desk.rules.accounts)
        raise UnknownOrder(f"this desk trades for {known}, not for {account!r}", account)


def _symbol(text: str) -> str:
    try:
        return normalise_symbol(text) if text else ""
    except ValueError as error:
        raise InvalidOrder(str(error), "symbol", text) from None
