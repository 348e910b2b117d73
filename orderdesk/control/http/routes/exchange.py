"""The exchange, as the user's endpoints show it (seed S3 L360-L380): questions and test orders.

Questions wait for their slot of the shared throttle in the lane of polls, or are answered from
what was asked a moment ago; so many clients cost no more than one.
"""

from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AfterValidator

from orderdesk.control.http import bodies
from orderdesk.control.http.doors import Operator, Reader
from orderdesk.control.http.house import House, Inside
from orderdesk.control.http.noes import noes
from orderdesk.control.http.trial_order import TrialOrder, placed, tried
from orderdesk.core.markets import Market, normalise_symbol
from orderdesk.core.orders import Side
from orderdesk.core.tokens import Lane
from orderdesk.errors import ExchangeUnreachable, InvalidOrder, UnknownOrder

routes = APIRouter(prefix="/exchange", tags=["exchange"], responses=noes(404, 502))

PING_MS = 2_000
BALANCE_MS = 5_000
"""An account query may be made twice a second (MEXC spot v3 docs, Jan 2026) by the whole desk."""


def _side(text: str) -> str:
    if text.upper() not in SIDES:
        raise ValueError("must be buy or sell")
    return text.upper()


SIDES = tuple(str(side) for side in Side)
AnySide = Annotated[
    str,
    AfterValidator(_side),
    # Without flags: a pattern of OpenAPI is JavaScript's.
    Query(json_schema_extra={"pattern": "^([Bb][Uu][Yy]|[Ss][Ee][Ll][Ll])$"}),
]
"""BUY or SELL, in any case."""


@routes.get("/ping")
def ping(house: Inside, _reader: Reader) -> bodies.Ping:
    """Say whether the exchange answers, and how many markets it has; asked every two seconds."""
    venue = house.desk.exchange(house.sign.account, Lane.POLL)
    house.remembered.get("ping", venue.ping, for_ms=PING_MS)
    count = len(house.desk.markets.symbols())
    return bodies.Ping(exchange=house.sign.exchange, markets_count=count)


@routes.get("/balance")
def balance(house: Inside, _reader: Reader) -> bodies.Balances:
    """Show what the account holds; the exchange is asked every five seconds at most."""
    venue = house.desk.exchange(house.sign.account, Lane.POLL)
    held = house.remembered.get("balance", venue.balances, for_ms=BALANCE_MS)
    rows = {
        one.asset: bodies.BalanceRow(free=one.free, locked=one.locked, total=one.total)
        for one in held
    }
    return bodies.Balances(exchange=house.sign.exchange, account=house.sign.account, balances=rows)


@routes.get("/markets")
def markets(
    house: Inside, _reader: Reader, limit: Annotated[int, Query(ge=1, le=500)] = 100
) -> bodies.Markets:
    """Show the first markets in alphabetical order, from the desk's cache."""
    names = house.desk.markets.symbols()
    found = (house.desk.markets.market(name) for name in names[:limit])
    return bodies.Markets(
        exchange=house.sign.exchange,
        markets_count=len(names),
        markets=tuple(_row(market) for market in found if market is not None),
    )


@routes.get("/ticker/{symbol:path}")
def ticker(house: Inside, _reader: Reader, symbol: str) -> bodies.Ticker:
    """Show a last price at most two seconds old; BTCUSDT and BTC/USDT are the same."""
    market = known_market(house, symbol)
    price = house.desk.markets.last_price(market.symbol)
    if price is None:
        raise ExchangeUnreachable(f"the exchange gave no price of {market.symbol}; ask again")
    return bodies.Ticker(
        exchange=house.sign.exchange, symbol=f"{market.base}/{market.quote}", price=price
    )


@routes.post("/test-order", responses=noes(403, 404, 409, 502))
def try_order(
    house: Inside,
    operator: Operator,
    symbol: str,
    side: AnySide,
    notional_usd: Annotated[Decimal, Query(gt=0, le=1_000_000)],
    *,
    dry_run: bool = True,
) -> bodies.TestOrder:
    """Try an order at market of about so many dollars; `dry_run=false` places it.

    A dry run passes the desk's market rules, is priced, and is checked by the exchange itself
    (`POST /order/test`); nothing is placed, and nothing is filled. Without it the order goes
    the way of every order, risk gate and all.
    """
    market = known_market(house, symbol)
    order = TrialOrder(market, side, notional_usd)
    return tried(house, order) if dry_run else placed(house, order, by=operator)


def known_market(house: House, symbol: str) -> Market:
    """Return a symbol's rules.

    Raises:
        InvalidOrder: it cannot be a symbol.
        UnknownOrder: the venue has no such symbol.
    """
    try:
        name = normalise_symbol(symbol)
    except ValueError as error:
        raise InvalidOrder(str(error), "symbol", symbol) from None
    market = house.desk.markets.market(name)
    if market is None:
        raise UnknownOrder(f"the venue has no symbol {name}: /exchange/markets lists them", name)
    return market


def _row(market: Market) -> bodies.MarketRow:
    return bodies.MarketRow(
        symbol=market.symbol,
        base=market.base,
        quote=market.quote,
        tradable=market.online and market.api_trading and market.on_key,
        tick=market.tick,
        lot=market.lot,
        min_notional=market.min_notional,
        max_notional=market.max_notional,
    )
