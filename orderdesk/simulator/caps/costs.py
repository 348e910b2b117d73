"""What each request costs: weight in its address's pool, weight in its account's, orders.

Weights are of the MEXC spot v3 docs (Jan 2026), or of ccxt 4.5.90 (Oct 2026) where it asks more:
ccxt followed the docs through the re-weighting of 2026. Both stand behind such a row.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cost:
    """One request: `ip_weight` and `uid_weight` in weights, `orders` in orders and cancels."""

    ip_weight: int = 1
    uid_weight: int = 0
    orders: int = 0


# Orders and cancels share one bucket a UID that counts requests (docs as read on 2026-09-25 by the
# public "MEXC trading connector" spec), so a batch is one, and so is a cancel of many.
COSTS: dict[str, Cost] = {
    "GET /api/v3/symbol/offline": Cost(10),
    "GET /api/v3/exchangeInfo": Cost(25),  # docs 10, ccxt 25
    "GET /api/v3/depth": Cost(3),  # docs 1, ccxt 3
    "GET /api/v3/trades": Cost(5),
    "GET /api/v3/ticker/24hr": Cost(25),  # docs 1 for one symbol, ccxt 25
    "GET /api/v3/ticker/price": Cost(10),  # docs 1, ccxt 10
    "GET /api/v3/ticker/bookTicker": Cost(10),  # docs 1, ccxt 10
    "POST /api/v3/order": Cost(1, uid_weight=1, orders=1),
    "POST /api/v3/batchOrders": Cost(10, uid_weight=1, orders=1),  # docs 1, ccxt 10
    "DELETE /api/v3/order": Cost(1, orders=1),
    "DELETE /api/v3/openOrders": Cost(1, orders=1),
    "DELETE /api/v3/order/all": Cost(1, orders=1),  # ccxt and JKorf.Mexc.Net 6.1.0, Jul 2026
    "GET /api/v3/order": Cost(2),
    "GET /api/v3/openOrders": Cost(3),
    "GET /api/v3/allOrders": Cost(10),
    "GET /api/v3/myTrades": Cost(10),
    "GET /api/v3/account": Cost(10),
    "GET /api/v3/tradeFee": Cost(20),
    "POST /api/v3/strategy/group": Cost(20),
    "GET /api/v3/strategy/group": Cost(20),
    "DELETE /api/v3/strategy/group": Cost(20),
    "POST /api/v3/strategy/group/uid": Cost(20),
    "DELETE /api/v3/strategy/group/uid": Cost(20),
    "GET /api/v3/capital/config/getall": Cost(10),
}
_PLAIN = Cost()
# All symbols at once weigh more (MEXC spot v3 docs, "24hr Ticker Price Change", Jan 2026).
_ALL_TICKERS = Cost(40)


def cost_of(endpoint: str, *, names_symbol: bool) -> Cost:
    """Give what a request costs; an endpoint that is in no table weighs 1.

    Args:
        endpoint: method and path, such as `GET /api/v3/time`.
        names_symbol: whether the request asks for one symbol.
    """
    if endpoint == "GET /api/v3/ticker/24hr" and not names_symbol:
        return _ALL_TICKERS
    return COSTS.get(endpoint, _PLAIN)
