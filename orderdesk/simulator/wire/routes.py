"""Every endpoint in one table, and the way of a call through it: from `Call` to `Answer`."""

from collections.abc import Callable
from dataclasses import dataclass

from orderdesk.simulator.engine import refusals
from orderdesk.simulator.keys import Permission
from orderdesk.simulator.messages import Answer, Call, envelope, refused
from orderdesk.simulator.venue import Venue
from orderdesk.simulator.wire import (
    account_data,
    admin,
    admin_accounts,
    admin_caps,
    batch,
    market_data,
    market_history,
    trade_groups,
    trading,
    wallet,
)
from orderdesk.simulator.wire.gate import admit

ADMIN = "/admin/"
# Closed since 2023-04-14 (MEXC spot v3 docs, change log).
_MARGIN = "/api/v3/margin/"
_NOT_FOUND, _NOT_ALLOWED = 404, 405


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What answers a method on a path, and what a key needs for it; None: nobody signs."""

    answer: Callable[[Venue, Call], Answer]
    permission: Permission | None = None


_READ_ACCOUNT, _READ_ORDERS = Permission.READ_ACCOUNT, Permission.READ_ORDERS
_WRITE_ACCOUNT, _WRITE_ORDERS = Permission.WRITE_ACCOUNT, Permission.WRITE_ORDERS


ENDPOINTS: dict[str, dict[str, Endpoint]] = {
    "/api/v3/ping": {"GET": Endpoint(market_data.ping)},
    "/api/v3/time": {"GET": Endpoint(market_data.server_time)},
    "/api/v3/defaultSymbols": {"GET": Endpoint(market_data.default_symbols)},
    "/api/v3/exchangeInfo": {"GET": Endpoint(market_data.exchange_info)},
    "/api/v3/depth": {"GET": Endpoint(market_data.depth)},
    "/api/v3/symbol/offline": {"GET": Endpoint(market_data.offline_symbols)},
    "/api/v1/contract/detail": {"GET": Endpoint(market_data.contracts)},
    "/api/v3/trades": {"GET": Endpoint(market_history.trades)},
    "/api/v3/historicalTrades": {"GET": Endpoint(market_history.trades)},
    "/api/v3/aggTrades": {"GET": Endpoint(market_history.aggregate_trades)},
    "/api/v3/klines": {"GET": Endpoint(market_history.candles)},
    "/api/v3/avgPrice": {"GET": Endpoint(market_history.average_price)},
    "/api/v3/ticker/price": {"GET": Endpoint(market_data.ticker_price)},
    "/api/v3/ticker/bookTicker": {"GET": Endpoint(market_data.ticker_book)},
    "/api/v3/ticker/24hr": {"GET": Endpoint(market_history.ticker_day)},
    "/api/v3/order": {
        "POST": Endpoint(trading.place, _WRITE_ORDERS),
        "GET": Endpoint(trading.query, _READ_ORDERS),
        "DELETE": Endpoint(trading.cancel, _WRITE_ORDERS),
    },
    "/api/v3/order/test": {"POST": Endpoint(trading.test, _WRITE_ORDERS)},
    "/api/v3/batchOrders": {"POST": Endpoint(batch.place_batch, _WRITE_ORDERS)},
    "/api/v3/order/all": {"DELETE": Endpoint(trading.cancel_everything, _WRITE_ORDERS)},
    "/api/v3/openOrders": {
        "GET": Endpoint(trading.open_orders, _READ_ORDERS),
        "DELETE": Endpoint(trading.cancel_open_orders, _WRITE_ORDERS),
    },
    "/api/v3/allOrders": {"GET": Endpoint(trading.all_orders, _READ_ORDERS)},
    "/api/v3/myTrades": {"GET": Endpoint(account_data.my_trades, _READ_ACCOUNT)},
    "/api/v3/account": {"GET": Endpoint(account_data.account, _READ_ACCOUNT)},
    "/api/v3/uid": {"GET": Endpoint(account_data.uid, _READ_ACCOUNT)},
    "/api/v3/tradeFee": {"GET": Endpoint(account_data.trade_fee, _READ_ACCOUNT)},
    "/api/v3/selfSymbols": {"GET": Endpoint(account_data.self_symbols, _READ_ACCOUNT)},
    "/api/v3/strategy/group": {
        "POST": Endpoint(trade_groups.create, _WRITE_ACCOUNT),
        "GET": Endpoint(trade_groups.listed, _READ_ACCOUNT),
        "DELETE": Endpoint(trade_groups.drop, _WRITE_ACCOUNT),
    },
    "/api/v3/strategy/group/uid": {
        "POST": Endpoint(trade_groups.join, _WRITE_ACCOUNT),
        "DELETE": Endpoint(trade_groups.leave, _WRITE_ACCOUNT),
    },
    "/api/v3/capital/config/getall": {"GET": Endpoint(wallet.coins, Permission.READ_WALLET)},
    "/admin/faults": {
        "GET": Endpoint(admin.list_faults),
        "POST": Endpoint(admin.add_fault),
        "DELETE": Endpoint(admin.clear_faults),
    },
    "/admin/habits": {
        "GET": Endpoint(admin.show_habits),
        "POST": Endpoint(admin.change_habits),
    },
    "/admin/fault-plan": {"POST": Endpoint(admin.plan_faults)},
    "/admin/accounts": {
        "GET": Endpoint(admin_accounts.listed),
        "POST": Endpoint(admin_accounts.open_key),
    },
    "/admin/deposits": {"POST": Endpoint(admin_accounts.deposit)},
    "/admin/caps": {
        "GET": Endpoint(admin_caps.show),
        "POST": Endpoint(admin_caps.configure),
        "DELETE": Endpoint(admin_caps.reset),
    },
    "/admin/arrivals": {"GET": Endpoint(admin_caps.arrivals)},
    "/admin/state": {"GET": Endpoint(admin.state)},
    "/admin/price": {"POST": Endpoint(admin.set_price)},
    "/admin/walk": {"POST": Endpoint(admin.walk)},
}


def answer(venue: Venue, call: Call) -> Answer:
    """Judge a call at the exchange's present time, and carry it out.

    Raises:
        JournalBroken: it was carried out but not written down; nobody may hear a yes.
    """
    call.now_ms = venue.clock() + call.clock_offset_ms
    methods = ENDPOINTS.get(call.path)
    if call.path.startswith(_MARGIN):
        return refused(refusals.INTERFACE_CLOSED)
    if methods is None:
        return envelope(_NOT_FOUND, f"no such path: {call.path}", status=_NOT_FOUND)
    endpoint = methods.get(call.method)
    if endpoint is None:
        return envelope(_NOT_ALLOWED, f"Method {call.method} not allowed", status=_NOT_ALLOWED)
    if call.path.startswith(ADMIN) and not admin.is_loopback(call.peer):
        return admin.forbidden()
    refusal = endpoint.permission and admit(venue.keys, call, endpoint.permission)
    return refused(refusal) if refusal else endpoint.answer(venue, call)
