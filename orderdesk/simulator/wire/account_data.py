"""The endpoints that show what is the account's: balances, trades, fees, symbols.

Source: MEXC spot v3 docs, "Spot Account/Trade", Jan 2026.
"""

from decimal import Decimal

from orderdesk.simulator.engine import refusals
from orderdesk.simulator.engine.accounts import Balance
from orderdesk.simulator.engine.amounts import plain
from orderdesk.simulator.engine.refusals import Refusal
from orderdesk.simulator.keys import uid_of
from orderdesk.simulator.messages import Answer, Call, json_answer, refused
from orderdesk.simulator.venue import Venue
from orderdesk.simulator.wire.market_data import open_symbols
from orderdesk.simulator.wire.parameters import Reach, missing, read_window
from orderdesk.simulator.wire.shapes import Json, traded

# myTrades goes back one month (30 days here) and gives 100 rows, by default and at most
# (MEXC spot v3 docs, "Account Trade List", Jan 2026).
_MONTH_MS = 30 * 86_400_000
_TRADES = Reach(span_ms=_MONTH_MS, look_back_ms=_MONTH_MS, rows=100, most_rows=100)


def account(venue: Venue, call: Call) -> Answer:
    """Give the balances that are not zero; `available` is `free` here."""
    balances = venue.exchange.ledger.account(call.account).balances
    return json_answer(
        {
            "makerCommission": None,
            "takerCommission": None,
            "buyerCommission": None,
            "sellerCommission": None,
            "canTrade": True,
            "canWithdraw": False,
            "canDeposit": False,
            "updateTime": None,
            "accountType": "SPOT",
            "balances": [_held(asset, held) for asset, held in balances.items() if _any(held)],
            "permissions": ["SPOT"],
        }
    )


def my_trades(venue: Venue, call: Call) -> Answer:
    """Give the account's trades in a symbol, or of one order, ascending by time."""
    refusal = missing(call.params, ("symbol",))
    if refusal is None and venue.exchange.market(call.params["symbol"]) is None:
        refusal = refusals.SYMBOL_UNKNOWN
    window = refusal or read_window(call, _TRADES)
    if isinstance(window, Refusal):
        return refused(window)
    order_id = call.params.get("orderId")
    found = venue.exchange.ledger.history.trades_between(
        call.account, call.params["symbol"], from_ms=window.from_ms, to_ms=window.to_ms
    )
    trades = [
        trade
        for trade in found
        if trade.hidden_until_ms <= call.now_ms and order_id in (None, trade.order_id)
    ]
    return json_answer([traded(trade) for trade in window.cut(trades)])


def trade_fee(venue: Venue, call: Call) -> Answer:
    """Give the account's fee rates, as JSON numbers such as 0E-18: MEXC does so here only."""
    refusal = missing(call.params, ("symbol",))
    if refusal is None and venue.exchange.market(call.params["symbol"]) is None:
        refusal = refusals.SYMBOL_UNKNOWN
    if refusal is not None:
        return refused(refusal)
    holder = venue.exchange.ledger.account(call.account)
    # Written by hand, for the json module has no way to write a Decimal as a number.
    text = (
        f'{{"data":{{"makerCommission":{_number(holder.maker_rate)},'
        f'"takerCommission":{_number(holder.taker_rate)}}},'
        f'"code":0,"msg":"success","timestamp":{call.now_ms}}}'
    )
    return Answer(200, text)


def uid(_venue: Venue, call: Call) -> Answer:
    """Tell the number that MEXC knows the key's account by, as text (docs since 2025-09-17)."""
    return json_answer({"uid": uid_of(call.account)})


def self_symbols(venue: Venue, call: Call) -> Answer:
    """List the symbols that this key may trade."""
    mine = [symbol for symbol in open_symbols(venue) if symbol not in call.closed_symbols]
    return json_answer({"code": 200, "data": mine, "msg": None})


def _any(balance: Balance) -> bool:
    return bool(balance.free or balance.locked)


def _held(asset: str, balance: Balance) -> Json:
    free = plain(balance.free)
    return {"asset": asset, "free": free, "locked": plain(balance.locked), "available": free}


def _number(rate: Decimal) -> str:
    return str(rate.quantize(Decimal("1E-18")))
